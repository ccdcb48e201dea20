//! Values that are made of fragments: the text of those whose guards hold.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::model::collection::deferred::Part;
use crate::model::collection::{Row, deferred};
use crate::model::content::UNKNOWN;
use crate::model::error::Failure;
use crate::model::known::Stop;

use super::knowledge::Knowledge;
use super::{deferred as values, guard};

/// The row with the text of its fragments, or nothing if it has none.
///
/// # Errors
/// A fragment can't be read, or its guards can't be evaluated.
pub(super) fn assembled(
    row: &Row,
    know: &mut Knowledge<'_>,
    secrets: &BTreeMap<String, String>,
) -> Result<Option<Row>, Stop> {
    if !row.properties.values().any(has_parts) {
        return Ok(None);
    }
    let mut row = row.clone();
    for value in row.properties.values_mut() {
        assemble(value, know, secrets)?;
    }
    Ok(Some(row))
}

fn has_parts(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(has_parts),
        Value::Object(map) => map.contains_key(deferred::FRAGMENTS) || map.values().any(has_parts),
        _ => false,
    }
}

fn assemble(
    value: &mut Value,
    know: &mut Knowledge<'_>,
    secrets: &BTreeMap<String, String>,
) -> Result<(), Stop> {
    match value {
        Value::Array(items) => items.iter_mut().try_for_each(|item| assemble(item, know, secrets)),
        Value::Object(map) => match map.get(deferred::FRAGMENTS) {
            Some(parts) => {
                let parts: Vec<Part> = serde_json::from_value(parts.clone())
                    .map_err(|error| Failure::new(format!("the fragments can't be read: {error}")))?;
                *value = joined(&parts, know, secrets)?;
                Ok(())
            }
            None => map.values_mut().try_for_each(|item| assemble(item, know, secrets)),
        },
        _ => Ok(()),
    }
}

/// The text of all parts whose guards hold. Each part ends its last line. If a part is not known yet, the others are
/// looked at all the same: one of them may never be known.
fn joined(
    parts: &[Part],
    know: &mut Knowledge<'_>,
    secrets: &BTreeMap<String, String>,
) -> Result<Value, Stop> {
    let mut all = String::new();
    let mut later = None;
    for part in parts {
        match text(part, know, secrets) {
            Ok(None) => {}
            Ok(Some(Value::String(text))) => {
                all.push_str(&text);
                if !text.is_empty() && !text.ends_with('\n') {
                    all.push('\n');
                }
            }
            Ok(Some(unknown)) => later = later.or(Some(unknown)),
            Err(Stop::Unknown(until)) => later = later.or(Some(json!({ UNKNOWN: until }))),
            Err(stop) => return Err(named(&part.of, stop)),
        }
    }
    Ok(later.unwrap_or(Value::String(all)))
}

/// The text of a part, or nothing if a guard leaves it out.
fn text(
    part: &Part,
    know: &mut Knowledge<'_>,
    secrets: &BTreeMap<String, String>,
) -> Result<Option<Value>, Stop> {
    let open = match guard::unmet(&part.only_if, &part.not_if, None, know, secrets) {
        Ok(Some(_)) => return Ok(None),
        Ok(None) => None,
        Err(Stop::Unknown(until)) => Some(until),
        Err(stop) => return Err(stop),
    };
    match (values::resolve(&part.content, know, secrets), open) {
        (resolved, None) => resolved.map(Some),
        (Ok(_), Some(until)) => Err(Stop::Unknown(until)),
        // It fails only if the guards let it in.
        (Err(Stop::Failed(failure)), Some(until)) => Err(Stop::Hindered(until, failure)),
        (Err(stop), Some(_)) => Err(stop),
    }
}

/// A failure of a part, which names it.
fn named(id: &str, stop: Stop) -> Stop {
    let named = |failure: Failure| Failure { message: format!("{id}: {}", failure.message), ..failure };
    match stop {
        Stop::Failed(failure) => Stop::Failed(named(failure)),
        Stop::Hindered(until, failure) => Stop::Hindered(until, named(failure)),
        other => other,
    }
}
