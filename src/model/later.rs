//! Values that are not known before the turn of a resource, where a compile looks at what they are part of.

use serde_json::Value;

use super::capability::LATER;
use super::schema::is_deferred;
use super::sorted;

/// A value with a mark in the place of all that is known only at the turn of the resource.
#[must_use]
pub fn with_later(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(with_later).collect(),
        Value::Object(_) if is_deferred(value) => Value::from(LATER.to_string()),
        Value::Object(map) => {
            Value::Object(sorted::collected(map.iter().map(|(key, value)| (key.clone(), with_later(value)))))
        }
        plain => plain.clone(),
    }
}
