//! Values as Lua source text.

use serde_json::Value;

use super::collection::deferred;

/// The key of an object that stands for a rendered template: its list has the name of the source and the variables.
pub const RENDER: &str = "$render";

/// The key of an object that stands for an attribute of a node: `node.web.port`.
pub const ATTRIBUTE: &str = "$attribute";

/// Longest line of a table that stays on one line, in characters.
const WIDTH: usize = 96;

/// A value in one line. A secret (see [`deferred::SECRET`]) is a call of `secret`, and a rendered template one of `render`.
#[must_use]
pub fn inline(value: &Value) -> String {
    match value {
        Value::Null => "nil".into(),
        Value::String(text) => string(text),
        Value::Array(items) if items.is_empty() => "{}".into(),
        Value::Array(items) => format!("{{ {} }}", items.iter().map(inline).collect::<Vec<_>>().join(", ")),
        Value::Object(map) if map.is_empty() => "{}".into(),
        Value::Object(map) => {
            if let (1, Some(Value::String(name))) = (map.len(), map.get(deferred::SECRET)) {
                return format!("secret {}", string(name));
            }
            if let (1, Some(Value::String(path))) = (map.len(), map.get(ATTRIBUTE)) {
                return path.clone();
            }
            if let (1, Some(Value::Array(words))) = (map.len(), map.get(RENDER)) {
                return format!("render({})", words.iter().map(inline).collect::<Vec<_>>().join(", "));
            }
            let entry = |(key, value): (&String, &Value)| format!("{} = {}", key_text(key), inline(value));
            format!("{{ {} }}", map.iter().map(entry).collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

/// A value as it stands behind `=` at an indentation of so many spaces: on several lines where one is too long, and text of
/// several lines in long brackets.
#[must_use]
pub fn indented(value: &Value, indent: usize) -> String {
    let line = match value {
        Value::String(text) => return text_of_lines(text).unwrap_or_else(|| string(text)),
        other => inline(other),
    };
    if indent + line.chars().count() <= WIDTH {
        return line;
    }
    let inner = " ".repeat(indent + 2);
    let items: Vec<String> = match value {
        Value::Array(items) => items.iter().map(|item| indented(item, indent + 2)).collect(),
        Value::Object(map)
            if ![deferred::SECRET, RENDER, ATTRIBUTE].iter().any(|key| map.contains_key(*key)) =>
        {
            map.iter()
                .map(|(key, value)| format!("{} = {}", key_text(key), indented(value, indent + 2)))
                .collect()
        }
        _ => return line,
    };
    let items: String = items.iter().flat_map(|item| [&inner, item, ",\n"]).collect();
    format!("{{\n{items}{}}}", " ".repeat(indent))
}

/// A key of a table: a name, or a value in brackets.
#[must_use]
pub fn key_text(key: &str) -> String {
    let is_name = key.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && !KEYWORDS.contains(&key);
    if is_name { key.to_owned() } else { format!("[{}]", string(key)) }
}

/// Words that can't be names: the manual of Lua 5.1, section 2.1.
const KEYWORDS: [&str; 21] = [
    "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "if", "in", "local", "nil",
    "not", "or", "repeat", "return", "then", "true", "until", "while",
];

/// A quoted string.
#[must_use]
pub fn string(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\r' => quoted.push_str("\\r"),
            c if c.is_control() => quoted.extend(["\\u{", &format!("{:x}", u32::from(c)), "}"]),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// Text of several lines in long brackets, if these can hold it.
fn text_of_lines(text: &str) -> Option<String> {
    let lines = text.strip_suffix('\n').unwrap_or(text);
    if !lines.contains('\n') || text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t')) {
        return None;
    }
    // Whatever is in the text, brackets with more signs than it has are not.
    let level = (0..=text.len()).find(|level| !text.contains(&format!("]{}", "=".repeat(*level))))?;
    let signs = "=".repeat(level);
    Some(format!("[{signs}[\n{text}]{signs}]"))
}
