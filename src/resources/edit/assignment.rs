//! Keys of a configuration file, and the values that they get.

use serde_json::{Map, Value};

use crate::model::schema::found;

/// The names from the top of the file down to a value.
pub(super) type KeyPath = Vec<String>;

/// A value that a file gets. It is no map, but for an empty one.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Assignment {
    pub(super) key: KeyPath,
    pub(super) value: Value,
}

/// What maps inside maps assign, in their order.
pub(super) fn flatten(values: &Map<String, Value>) -> Vec<Assignment> {
    let mut assignments = Vec::new();
    collect(values, &mut Vec::new(), &mut assignments);
    assignments
}

fn collect(values: &Map<String, Value>, at: &mut KeyPath, into: &mut Vec<Assignment>) {
    for (name, value) in values {
        at.push(name.clone());
        match value {
            Value::Object(inner) if !inner.is_empty() => collect(inner, at, into),
            value => into.push(Assignment { key: at.clone(), value: value.clone() }),
        }
        at.pop();
    }
}

/// A key as a message names it: `` `log-opts.max-size` ``.
pub(super) fn name(key: &[String]) -> String {
    format!("`{}`", key.join("."))
}

/// What a value is, as a message names it.
pub(super) fn kind(value: &Value) -> String {
    match value {
        Value::Object(_) => "a map".to_owned(),
        Value::Null => "null".to_owned(),
        other => found(other),
    }
}
