//! The secrets that a row refers to.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::model::collection::{Row, deferred};
use crate::model::redact;

/// Whether a secret is in the properties, so that it becomes part of what the resource makes.
pub(super) fn holds_a_secret(row: &Row) -> bool {
    let mut names = BTreeSet::new();
    row.properties.values().for_each(|value| deferred::find_secrets(value, &mut names));
    !names.is_empty()
}

/// Whether a deferred value of a row is made of several texts, so that a secret may be a part of one.
pub(super) fn is_composed(row: &Row) -> bool {
    row.values().any(has_parts)
}

fn has_parts(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(has_parts),
        Value::Object(map) => {
            map.contains_key(deferred::TEXT)
                || map.contains_key(deferred::RENDERED)
                || map.values().any(has_parts)
        }
        _ => false,
    }
}

/// Whether a row uses a secret that was not given.
pub(super) fn lacks_a_secret(row: &Row, secrets: &BTreeMap<String, String>) -> bool {
    row.secrets().iter().any(|name| value_of(name, secrets).is_none_or(String::is_empty))
}

/// The value of a secret, if it was given.
pub(super) fn value_of<'a>(name: &str, secrets: &'a BTreeMap<String, String>) -> Option<&'a String> {
    secrets.get(&deferred::secret_key(name))
}

/// The names of a row's secrets that are too plain to be masked in output.
pub(super) fn plain_secrets<'a>(row: &'a Row, secrets: &BTreeMap<String, String>) -> BTreeSet<&'a str> {
    if secrets.is_empty() {
        return BTreeSet::new();
    }
    let mut names = row.secrets();
    names.retain(|name| {
        value_of(name, secrets).is_some_and(|value| !value.is_empty() && redact::is_too_plain(value))
    });
    names
}
