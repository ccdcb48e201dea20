//! Formats a single value for people: strings without quotes, everything else as JSON.

use serde_json::Value;

use crate::model::english::printable;

/// Formats a value, with visible control characters.
pub(super) fn bare(value: &Value) -> String {
    match value {
        Value::String(text) => printable(text),
        other => printable(&format!("{other:#}")),
    }
}
