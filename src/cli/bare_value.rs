//! A value as a person wants it alone: strings bare, everything else as JSON.

use serde_json::Value;

use crate::model::english::printable;

/// The value, made safe.
pub(super) fn bare(value: &Value) -> String {
    match value {
        Value::String(text) => printable(text),
        other => printable(&format!("{other:#}")),
    }
}
