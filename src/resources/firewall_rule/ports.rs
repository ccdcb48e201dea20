//! Ports of a rule: numbers and ranges.

use schemars::JsonSchema;
use serde::de::Error;
use serde::{Deserialize, Deserializer};

use crate::model::sorted;

/// Ports, as ranges that are sorted and do not overlap.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema)]
#[schemars(with = "PortForms")]
pub(super) struct Ports(Vec<(u16, u16)>);

/// How ports are written.
#[derive(Deserialize, JsonSchema)]
#[serde(untagged)]
enum PortForms {
    One(PortForm),
    Several(Vec<PortForm>),
}

#[derive(Deserialize, JsonSchema)]
#[serde(untagged)]
enum PortForm {
    Number(u16),
    Range(String),
}

impl PortForm {
    fn read(self) -> Option<(u16, u16)> {
        let (low, high) = match self {
            Self::Number(number) => (number, number),
            Self::Range(text) => {
                let (low, high) = text.split_once(['-', ':']).unwrap_or((&text, &text));
                (low.trim().parse().ok()?, high.trim().parse().ok()?)
            }
        };
        (low > 0 && low <= high).then_some((low, high))
    }
}

impl Ports {
    pub(super) fn ranges(self) -> Vec<(u16, u16)> {
        self.0
    }
}

impl<'de> Deserialize<'de> for Ports {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let wrong = || {
            D::Error::custom("`port` is a number from 1 to 65535, a range such as \"8000-8010\", or a list")
        };
        let forms = match PortForms::deserialize(deserializer).map_err(|_| wrong())? {
            PortForms::One(form) => vec![form],
            PortForms::Several(forms) => forms,
        };
        let mut ranges =
            forms.into_iter().map(|form| form.read().ok_or_else(wrong)).collect::<Result<Vec<_>, _>>()?;
        sorted::sort_by(&mut ranges, Ord::cmp);
        // nft refuses a set whose ranges overlap.
        let mut joined: Vec<(u16, u16)> = Vec::new();
        for (low, high) in ranges {
            match joined.last_mut() {
                Some(last) if u32::from(low) <= u32::from(last.1) + 1 => last.1 = last.1.max(high),
                _ => joined.push((low, high)),
            }
        }
        if joined.is_empty() { Err(wrong()) } else { Ok(Self(joined)) }
    }
}
