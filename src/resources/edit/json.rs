//! JSON, with or without comments, whose layout stays.

use jsonc_parser::ParseOptions;
use jsonc_parser::cst::{CstInputValue, CstNode, CstObject, CstObjectProp, CstRootNode};
use serde_json::Value;

use super::assignment::{Assignment, KeyPath, kind, name};
use crate::model::error::Failure;

fn parse(text: &str) -> Result<CstRootNode, Failure> {
    CstRootNode::parse(text, &ParseOptions::default())
        .map_err(|error| Failure::new(format!("it is not valid JSON: {}", uncapitalised(&error.to_string()))))
}

fn uncapitalised(sentence: &str) -> String {
    let mut rest = sentence.chars();
    rest.next().map_or_else(String::new, |first| format!("{}{}", first.to_lowercase(), rest.as_str()))
}

fn input(value: &Value) -> CstInputValue {
    match value {
        Value::Null => CstInputValue::Null,
        Value::Bool(value) => CstInputValue::Bool(*value),
        Value::Number(number) => CstInputValue::Number(number.to_string()),
        Value::String(text) => CstInputValue::String(text.clone()),
        Value::Array(items) => CstInputValue::Array(items.iter().map(input).collect()),
        Value::Object(map) => {
            CstInputValue::Object(map.iter().map(|(name, value)| (name.clone(), input(value))).collect())
        }
    }
}

/// The value of a name, unless the object has the name twice.
fn get(object: &CstObject, at: &[String]) -> Result<Option<CstObjectProp>, Failure> {
    let wanted = at.last().map_or("", String::as_str);
    let mut found =
        object.properties().into_iter().filter(|property| property.decoded_name().as_deref() == Some(wanted));
    let first = found.next();
    if found.next().is_some() {
        return Err(Failure::new(format!("{} is in it more than once", name(at))).hint("leave one of them"));
    }
    Ok(first)
}

fn not_a_map(at: &[String], node: Option<&CstNode>) -> Failure {
    let found = node
        .and_then(CstNode::to_serde_value)
        .map_or_else(|| "another value".to_owned(), |value| kind(&value));
    Failure::new(format!("{} is {found}, not a map", name(at)))
        .hint("remove it first, with `action = \"remove\"`")
}

pub(super) fn set(text: &str, assignments: &[Assignment]) -> Result<(String, Vec<KeyPath>), Failure> {
    let root = parse(text)?;
    let mut changed = Vec::new();
    let top = match root.value() {
        None => root.object_value_or_set(),
        Some(node) => node.as_object().ok_or_else(|| Failure::new("its value is not a map"))?,
    };
    for Assignment { key, value } in assignments {
        let mut object = top.clone();
        for depth in 1..key.len() {
            let at = &key[..depth];
            object = match get(&object, at)? {
                Some(property) => {
                    property.object_value().ok_or_else(|| not_a_map(at, property.value().as_ref()))?
                }
                None => object.object_value_or_set(&key[depth - 1]),
            };
        }
        let property = get(&object, key)?;
        let present = property.as_ref().and_then(CstObjectProp::value).and_then(|node| node.to_serde_value());
        if let (Some(Value::Object(_)), Value::Object(_)) = (&present, value) {
            // An empty map asks for a map, which may hold something.
            continue;
        }
        if let (Some(present @ Value::Object(map)), false) = (&present, value.is_object())
            && !map.is_empty()
        {
            return Err(Failure::new(format!(
                "{} is {}, and `values` has {} for it",
                name(key),
                kind(present),
                kind(value)
            ))
            .hint("remove it first, with `action = \"remove\"`"));
        }
        if present.as_ref().is_some_and(|present| same(present, value)) {
            continue;
        }
        match property {
            Some(property) => property.set_value(input(value)),
            None => {
                object.append(&key[key.len() - 1], input(value));
            }
        }
        changed.push(key.clone());
    }
    if changed.is_empty() {
        return Ok((text.to_owned(), changed));
    }
    let mut new = root.to_string();
    if !new.ends_with('\n') && (text.is_empty() || text.ends_with('\n')) {
        new.push('\n');
    }
    Ok((new, changed))
}

/// Whether two values are one: `5` and `5.0` are.
fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => left == right || left.as_f64() == right.as_f64(),
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left.iter().all(|(name, left)| right.get(name).is_some_and(|right| same(left, right)))
        }
        _ => left == right,
    }
}

pub(super) fn remove(text: &str, keys: &[KeyPath]) -> Result<(String, Vec<KeyPath>), Failure> {
    let root = parse(text)?;
    let mut removed = Vec::new();
    let Some(node) = root.value() else { return Ok((text.to_owned(), removed)) };
    let top = node.as_object().ok_or_else(|| Failure::new("its value is not a map"))?;
    'keys: for key in keys {
        let mut object = top.clone();
        for depth in 1..key.len() {
            let Some(property) = get(&object, &key[..depth])? else { continue 'keys };
            let Some(inner) = property.object_value() else { continue 'keys };
            object = inner;
        }
        if let Some(property) = get(&object, key)? {
            property.remove();
            removed.push(key.clone());
        }
    }
    Ok((root.to_string(), removed))
}
