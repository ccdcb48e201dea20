//! The five fields of a time in a crontab.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::english::nearest;
use crate::model::error::Failure;

/// The values that a field may have.
#[derive(Debug)]
pub(super) struct Range {
    pub(super) property: &'static str,
    low: u32,
    high: u32,
    /// Names for the numbers from `low` on.
    names: &'static [&'static str],
}

pub(super) static MINUTE: Range = Range { property: "minute", low: 0, high: 59, names: &[] };
pub(super) static HOUR: Range = Range { property: "hour", low: 0, high: 23, names: &[] };
pub(super) static DAY: Range = Range { property: "day", low: 1, high: 31, names: &[] };
pub(super) static MONTH: Range = Range {
    property: "month",
    low: 1,
    high: 12,
    names: &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
};
pub(super) static WEEKDAY: Range =
    Range { property: "weekday", low: 0, high: 7, names: &["sun", "mon", "tue", "wed", "thu", "fri", "sat"] };

/// One field: a number, or text in cron's syntax.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(untagged)]
pub(super) enum Field {
    Number(u32),
    /// `*`, numbers, ranges, steps, lists.
    Text(String),
}

impl Default for Field {
    fn default() -> Self {
        Self::Text("*".into())
    }
}

impl std::fmt::Display for Field {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Text(text) => f.write_str(text),
        }
    }
}

impl Field {
    /// Whether it matches at any time.
    pub(super) fn is_any(&self) -> bool {
        matches!(self, Self::Text(text) if text == "*")
    }

    /// Fails for what cron would refuse. cron would ignore the whole file and only log it.
    ///
    /// # Errors
    /// A sentence that names the wrong part.
    pub(super) fn check(&self, range: &Range) -> Result<(), Failure> {
        let text = self.to_string();
        text.split(',').try_for_each(|part| range.part(part, &text))
    }
}

impl Range {
    fn part(&self, part: &str, whole: &str) -> Result<(), Failure> {
        if part.is_empty() {
            return Err(self.wrong(whole, "nothing stands there, or on one side of a comma"));
        }
        let (numbers, step) = match part.split_once('/') {
            Some((numbers, step)) => (numbers, Some(step)),
            None => (part, None),
        };
        if let Some(step) = step {
            match number(step) {
                Some(1..) => {}
                _ => return Err(self.wrong(whole, &format!("the step `{step}` is no number above 0"))),
            }
        }
        if numbers == "*" {
            return Ok(());
        }
        let Some((from, to)) = numbers.split_once('-') else {
            self.value(numbers, whole)?;
            return match step {
                Some(step) => Err(self
                    .wrong(whole, "a step follows `*` or a range")
                    .hint(format!("from there to the end: \"{numbers}-{}/{step}\"", self.high))),
                None => Ok(()),
            };
        };
        let (from, to) = (self.value(from, whole)?, self.value(to, whole)?);
        if from > to {
            return Err(self
                .wrong(whole, &format!("the range `{numbers}` ends before it begins"))
                .hint("write two ranges, separated by a comma"));
        }
        Ok(())
    }

    fn value(&self, word: &str, whole: &str) -> Result<u32, Failure> {
        if let Some(value) = number(word).filter(|value| (self.low..=self.high).contains(value)) {
            return Ok(value);
        }
        let lower = word.to_ascii_lowercase();
        if let Some(at) = self.names.iter().position(|name| *name == lower) {
            return Ok(self.low + u32::try_from(at).unwrap_or_default());
        }
        let failure = self.wrong(whole, &format!("`{word}` is not among {} to {}", self.low, self.high));
        Err(match nearest(&lower, self.names.iter().copied()) {
            Some(near) if !word.is_empty() => failure.hint(format!("did you mean `{near}`?")),
            _ => failure,
        })
    }

    fn wrong(&self, whole: &str, why: &str) -> Failure {
        Failure::new(format!("`{}` is \"{whole}\", and cron does not take that: {why}", self.property))
    }
}

/// Digits only, without a sign.
fn number(word: &str) -> Option<u32> {
    word.bytes().all(|byte| byte.is_ascii_digit()).then(|| word.parse().ok()).flatten()
}
