//! A size with a unit.

use std::fmt;

use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::Error;

/// A size in bytes, a multiple of 1 MiB. It is written as `"512M"`, or as a number of MiB.
#[derive(Debug, Clone, Copy, PartialEq, Eq, JsonSchema)]
#[schemars(with = "SizeForms")]
pub(super) struct SwapSize(pub(super) u64);

/// How a size is written.
#[derive(Deserialize, JsonSchema)]
#[serde(untagged)]
enum SizeForms {
    Number(u64),
    Text(String),
}

impl<'de> Deserialize<'de> for SwapSize {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mebibytes = match SizeForms::deserialize(deserializer)? {
            SizeForms::Number(number) => Some(number),
            SizeForms::Text(text) => {
                let text = text.trim_end_matches("iB").trim_end_matches('B');
                let (number, unit) = match text.char_indices().last() {
                    Some((at, 'M')) => (&text[..at], 1),
                    Some((at, 'G')) => (&text[..at], 1024),
                    Some((at, 'T')) => (&text[..at], 1024 * 1024),
                    _ => (text, 1),
                };
                number.trim().parse::<u64>().ok().and_then(|number| number.checked_mul(unit))
            }
        };
        mebibytes
            .and_then(|mebibytes| mebibytes.checked_mul(1 << 20))
            .map(Self)
            .ok_or_else(|| Error::custom("`size` is a number with a unit, such as \"512M\" and \"2G\""))
    }
}

impl fmt::Display for SwapSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mebibytes = self.0 >> 20;
        if mebibytes >= 1024 && mebibytes.is_multiple_of(1024) {
            write!(f, "{} GiB", mebibytes >> 10)
        } else {
            write!(f, "{mebibytes} MiB")
        }
    }
}
