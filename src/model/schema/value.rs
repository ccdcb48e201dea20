//! Values of properties: which are only known later, what a value is in words, and how large it is.

use serde_json::Value;

use crate::model::collection::deferred;
use crate::model::content::UNKNOWN;

/// Memory that a value takes, without its text, in bytes: the value, and its entry in the list or map around it.
pub const VALUE: usize = 64;

/// Size of a value in memory, in bytes.
#[must_use]
pub fn size(value: &Value) -> usize {
    VALUE
        + match value {
            Value::String(text) => text.len(),
            Value::Array(items) => items.iter().map(size).sum(),
            Value::Object(map) => map.iter().map(|(key, value)| key.len() + size(value)).sum(),
            _ => 0,
        }
}

/// Whether a value is a placeholder for one that is known later.
#[must_use]
pub fn is_deferred(value: &Value) -> bool {
    let Value::Object(map) = value else { return false };
    map.len() == 1 && map.keys().all(|key| deferred::KEYS.contains(&key.as_str()) || key == UNKNOWN)
}

/// The name of the secret that is in the text of a deferred value, if any.
pub(super) fn secret(value: &Value) -> Option<&str> {
    if !is_deferred(value) {
        return None;
    }
    let (key, argument) = value.as_object()?.iter().next()?;
    match key.as_str() {
        deferred::SECRET => argument.as_str(),
        deferred::TEXT => argument.as_array()?.iter().find_map(secret),
        deferred::RENDERED => inner_secret(argument.get("variables")?),
        _ => None,
    }
}

fn inner_secret(value: &Value) -> Option<&str> {
    secret(value).or_else(|| match value {
        Value::Array(items) => items.iter().find_map(inner_secret),
        Value::Object(map) => map.values().find_map(inner_secret),
        _ => None,
    })
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
