//! What of a deferred value is known in a test: secrets have the values that the test gives, and text that is made of what is
//! known is known itself.

use serde_json::{Map, Value, json};

use crate::compile::convert::has_deferred;
use crate::model::collection::{Guard, deferred};
use crate::model::content::{Content, SourceFile, Template};
use crate::model::schema::is_deferred;
use crate::model::secrets::Secrets;
use crate::model::sorted;
use crate::template;

/// A value with all that is known in the place of what is deferred.
pub(super) fn known(value: &Value, secrets: &Secrets) -> Value {
    let inside = |map: &Map<String, Value>| {
        Value::Object(sorted::collected(map.iter().map(|(key, value)| (key.clone(), known(value, secrets)))))
    };
    match value {
        Value::Array(items) => items.iter().map(|item| known(item, secrets)).collect(),
        Value::Object(map) if is_deferred(value) => {
            let first = map.iter().next();
            first
                .and_then(|(key, argument)| of_deferred(key, argument, secrets))
                .unwrap_or_else(|| inside(map))
        }
        Value::Object(map) => inside(map),
        plain => plain.clone(),
    }
}

/// The text of a deferred value. None if it is not known.
fn of_deferred(key: &str, argument: &Value, secrets: &Secrets) -> Option<Value> {
    match key {
        deferred::SECRET => {
            let value = secrets.get(&deferred::secret_key(argument.as_str()?))?;
            Some(Value::from(value.as_str()))
        }
        deferred::TEXT => joined(argument.as_array()?.iter().map(|part| known(part, secrets))),
        deferred::RENDERED => {
            let template = serde_json::from_value(argument.get("template")?.clone()).ok()?;
            rendered(&template, argument.get("variables")?.as_object()?, secrets)
        }
        deferred::FRAGMENTS => {
            let parts = argument.as_array()?.iter();
            joined(parts.filter(|part| !is_left_out(part)).map(|part| {
                // Whether a guard holds is known later.
                if has_guards(part) {
                    json!({ deferred::FRAGMENTS: [] })
                } else {
                    known(&part["content"], secrets)
                }
            }))
        }
        _ => None,
    }
}

fn joined(parts: impl Iterator<Item = Value>) -> Option<Value> {
    let mut text = String::new();
    for part in parts {
        text.push_str(part.as_str()?);
    }
    Some(Value::String(text))
}

/// The guards of a fragment that decide: those that are not the same as no guard.
fn guards(part: &Value, property: &str) -> Vec<Guard> {
    part.get(property).and_then(|guards| serde_json::from_value(guards.clone()).ok()).unwrap_or_default()
}

fn is_left_out(part: &Value) -> bool {
    guards(part, "only_if").contains(&Guard::Is(false)) || guards(part, "not_if").contains(&Guard::Is(true))
}

fn has_guards(part: &Value) -> bool {
    guards(part, "only_if").iter().any(|guard| *guard != Guard::Is(true))
        || guards(part, "not_if").iter().any(|guard| *guard != Guard::Is(false))
}

fn rendered(template: &Template, variables: &Map<String, Value>, secrets: &Secrets) -> Option<Value> {
    let variables = known(&Value::Object(variables.clone()), secrets);
    if has_deferred(&variables) {
        return None;
    }
    match template::render(template, variables.as_object()?) {
        Ok(Content::Text(text)) => Some(Value::String(text)),
        _ => None,
    }
}

/// The text of the file that a resource with these properties makes. Null if it makes none.
pub(super) fn content(properties: &Map<String, Value>, secrets: &Secrets) -> Value {
    if let Some(content) = properties.get("content") {
        return known(content, secrets);
    }
    let Some(source) = properties.get("source") else { return Value::Null };
    if let Ok(template) = serde_json::from_value::<Template>(source.clone()) {
        let none = Map::new();
        let variables = properties.get("variables").and_then(Value::as_object).unwrap_or(&none);
        return rendered(&template, variables, secrets).unwrap_or_else(
            || json!({ deferred::RENDERED: { "template": source, "variables": variables } }),
        );
    }
    match serde_json::from_value::<SourceFile>(source.clone()) {
        Ok(SourceFile { content: Content::Text(text), .. }) => Value::String(text),
        _ => Value::Null,
    }
}
