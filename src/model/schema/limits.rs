//! Limits on values: the allowed ones, a range, a length, a pattern.

use regex_lite::{Regex, RegexBuilder};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Number, Value};

use crate::model::english::{count, list};
use crate::model::error::Failure;

/// Most memory that a compiled pattern may take, in bytes. It bounds the time per character of a text as well.
const PATTERN_BYTES: usize = 256 * 1024;

/// Limits on the values that a property accepts besides its kind. Each is optional.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValueLimits {
    /// The allowed values. Empty if all are allowed. Of a list of strings, each item must be one of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub one_of: Vec<Value>,
    /// What a string must match. Of a list of strings, each item must match.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pattern: Option<TextPattern>,
    /// The least number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<Number>,
    /// The greatest number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<Number>,
    /// Least length: characters of a string, items of a list, keys of a table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_length: Option<usize>,
    /// Greatest length, in the same unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_length: Option<usize>,
    /// What to say if a value is outside of the limits. It replaces the reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

impl ValueLimits {
    /// Whether a single value, or an item of a list of strings, is allowed, whatever its length.
    #[must_use]
    pub fn allow(&self, value: &Value) -> bool {
        let is_at_least = |least: &Number, number: &Number| least.as_f64() <= number.as_f64();
        match value {
            Value::String(text) if self.pattern.as_ref().is_some_and(|pattern| !pattern.matches(text)) => {
                false
            }
            Value::Number(number) if self.min.as_ref().is_some_and(|min| !is_at_least(min, number)) => false,
            Value::Number(number) if self.max.as_ref().is_some_and(|max| !is_at_least(number, max)) => false,
            value => self.one_of.is_empty() || self.one_of.iter().any(|allowed| is_same(allowed, value)),
        }
    }

    /// Whether a length is allowed.
    #[must_use]
    pub fn allow_length(&self, length: usize) -> bool {
        self.min_length.is_none_or(|min| length >= min) && self.max_length.is_none_or(|max| length <= max)
    }

    /// Whether there are limits on the items of a list of strings, besides their number.
    #[must_use]
    pub fn are_on_items(&self) -> bool {
        !self.one_of.is_empty() || self.pattern.is_some()
    }

    /// The allowed values as text: `"a" or "b"`. None if all are allowed.
    #[must_use]
    pub fn choices(&self) -> Option<String> {
        let values: Vec<String> = self.one_of.iter().map(Value::to_string).collect();
        (!values.is_empty()).then(|| list(&values, "or"))
    }

    /// The range of numbers, to follow a noun: ` from 1 to 10`. Empty if there is none.
    #[must_use]
    pub fn range(&self) -> String {
        match (&self.min, &self.max) {
            (Some(min), Some(max)) => format!(" from {min} to {max}"),
            (Some(min), None) => format!(" of at least {min}"),
            (None, Some(max)) => format!(" of at most {max}"),
            (None, None) => String::new(),
        }
    }

    /// The allowed lengths in a unit: `1 to 3 items`, `at most 1 character`. None if all are allowed.
    #[must_use]
    pub fn lengths(&self, unit: &str) -> Option<String> {
        match (self.min_length, self.max_length) {
            (Some(min), Some(max)) if min == max => Some(format!("exactly {}", count(min, unit))),
            (Some(min), Some(max)) => Some(format!("{min} to {}", count(max, unit))),
            (Some(min), None) => Some(format!("at least {}", count(min, unit))),
            (None, Some(max)) => Some(format!("at most {}", count(max, unit))),
            (None, None) => None,
        }
    }
}

/// Whether two values are the same. A whole number may be written as `80` or as `80.0`.
fn is_same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => one.as_f64() == other.as_f64(),
        _ => one == other,
    }
}

/// A regular expression that a text must match, compiled once.
#[derive(Debug, Clone)]
pub struct TextPattern(Regex);

impl TextPattern {
    /// Compiles a regular expression. It may match anywhere in a text.
    ///
    /// # Errors
    /// What is wrong, to complete "`pattern` …".
    pub fn parse(source: &str) -> Result<Self, Failure> {
        RegexBuilder::new(source).size_limit(PATTERN_BYTES).build().map(Self).map_err(|error| {
            Failure::new(format!("is not a regular expression: {error}"))
                .hint("write a backslash twice in quotes: \"\\\\.\" matches a dot")
        })
    }

    /// What it matches first in a text: its first group if it has one, or else the whole match.
    #[must_use]
    pub fn first<'a>(&self, text: &'a str) -> Option<&'a str> {
        let found = self.0.captures(text)?;
        found.get(1).or_else(|| found.get(0)).map(|part| part.as_str())
    }

    /// The text of the expression.
    #[must_use]
    pub fn source(&self) -> &str {
        self.0.as_str()
    }

    fn matches(&self, text: &str) -> bool {
        self.0.is_match(text)
    }
}

impl PartialEq for TextPattern {
    fn eq(&self, other: &Self) -> bool {
        self.source() == other.source()
    }
}

impl Eq for TextPattern {}

impl Serialize for TextPattern {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.source())
    }
}

impl<'de> Deserialize<'de> for TextPattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let source = String::deserialize(deserializer)?;
        Self::parse(&source).map_err(|failure| serde::de::Error::custom(failure.message))
    }
}
