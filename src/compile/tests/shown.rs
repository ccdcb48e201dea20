//! Values in messages, as Lua writes them.

use serde_json::Value;

use crate::model::collection::deferred;
use crate::model::english::shorten;
use crate::model::schema::is_deferred;

/// Most characters of a value in a message.
const SHOWN: usize = 400;

/// A value as Lua writes it, cut if it is long.
pub(super) fn shown(value: &Value) -> String {
    shorten(&whole(value), SHOWN).into_owned()
}

fn whole(value: &Value) -> String {
    match value {
        Value::Null => "nil".to_owned(),
        Value::String(text) => quoted(text),
        Value::Array(items) if items.is_empty() => "{}".to_owned(),
        Value::Array(items) => format!("{{ {} }}", list(items, ", ")),
        Value::Object(map) if is_deferred(value) => {
            map.iter().map(|(key, argument)| later(key, argument)).collect()
        }
        Value::Object(map) if map.is_empty() => "{}".to_owned(),
        Value::Object(map) => {
            let fields: Vec<String> =
                map.iter().map(|(key, value)| format!("{} = {}", field(key), whole(value))).collect();
            format!("{{ {} }}", fields.join(", "))
        }
        plain => plain.to_string(),
    }
}

fn list(items: &[Value], between: &str) -> String {
    items.iter().map(whole).collect::<Vec<_>>().join(between)
}

/// A deferred value, as a recipe writes it.
fn later(key: &str, argument: &Value) -> String {
    match (key, argument) {
        (deferred::SECRET, name) => format!("secret {}", whole(name)),
        (deferred::CONTENTS, path) => format!("contents {}", whole(path)),
        (deferred::OUTPUT, command) => format!("output {}", whole(&command["argv"])),
        (deferred::TEXT, Value::Array(parts)) => list(parts, " .. "),
        (deferred::RENDERED, form) => {
            format!("render({}, {})", whole(&form["template"]["name"]), whole(&form["variables"]))
        }
        (deferred::FRAGMENTS, _) => "fragments with guards".to_owned(),
        _ => "a deferred value".to_owned(),
    }
}

fn field(key: &str) -> String {
    let is_name = key.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if is_name { key.to_owned() } else { format!("[{}]", quoted(key)) }
}

fn quoted(text: &str) -> String {
    // Only the start is shown.
    let mut quoted = String::from("\"");
    for letter in text.chars().take(SHOWN + 1) {
        match letter {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            other => quoted.push(other),
        }
    }
    quoted + "\""
}
