//! Values of properties: which are only known later, and what a value is in words.

use serde_json::Value;

use crate::model::collection::deferred;
use crate::model::content::UNKNOWN;

/// Whether a value is a placeholder for one that is known later.
#[must_use]
pub fn is_deferred(value: &Value) -> bool {
    let Value::Object(map) = value else { return false };
    map.len() == 1
        && map.keys().all(|key| {
            [deferred::CONTENTS, deferred::OUTPUT, deferred::SECRET, deferred::FRAGMENTS, UNKNOWN]
                .contains(&key.as_str())
        })
}

/// The name of the secret that a value stands for, if any.
#[must_use]
pub fn secret(value: &Value) -> Option<&str> {
    if is_deferred(value) { value.get(deferred::SECRET)?.as_str() } else { None }
}

/// Describes the type of a value, to complete "not …".
#[must_use]
pub fn found(value: &Value) -> String {
    match value {
        Value::Null => "nil".into(),
        Value::Bool(_) => "a boolean".into(),
        Value::Number(number) => format!("the number {number}"),
        Value::String(text) if text.len() <= 40 => format!("the string \"{text}\""),
        Value::String(_) => "a string".into(),
        Value::Array(_) => "a list".into(),
        Value::Object(_) if is_deferred(value) => "a deferred value".into(),
        Value::Object(map) if map.is_empty() => "an empty table".into(),
        Value::Object(_) => "a table".into(),
    }
}
