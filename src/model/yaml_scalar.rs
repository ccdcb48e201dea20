//! Single values in YAML: how they are read and written on one line.

use serde_json::Value;

/// Words that some version of YAML reads as something else than text.
const WORDS: [&str; 10] = ["true", "false", "yes", "no", "on", "off", "y", "n", "null", "~"];

/// The value of a scalar that stands on one line. `None` if versions of YAML don't agree on it.
#[must_use]
pub fn read(text: &str) -> Option<Value> {
    if text.starts_with('"') {
        // What JSON reads is read alike in YAML.
        return serde_json::from_str::<String>(text).ok().map(Value::String);
    }
    if let Some(inner) = text.strip_prefix('\'') {
        return Some(Value::String(inner.strip_suffix('\'')?.replace("''", "'")));
    }
    match text {
        "" | "~" | "null" => return Some(Value::Null),
        "true" => return Some(Value::Bool(true)),
        "false" => return Some(Value::Bool(false)),
        "{}" => return Some(Value::Object(serde_json::Map::new())),
        "[]" => return Some(Value::Array(Vec::new())),
        _ => {}
    }
    if is_plain(text) {
        return Some(Value::String(text.to_owned()));
    }
    let number = serde_json::from_str::<Value>(text).ok().filter(Value::is_number);
    // Text that is written without quotes, though it would be written with them here.
    number.or_else(|| is_clearly_text(text).then(|| Value::String(text.to_owned())))
}

/// A scalar as it is written. `like` is the one that it replaces, whose quotes are kept; empty if there is none.
#[must_use]
pub fn write(value: &Value, like: &str) -> String {
    let Value::String(text) = value else { return exponent(&value.to_string()) };
    let is_simple = !text.contains(|c: char| c.is_control() || c == '\u{feff}');
    if like.starts_with('\'') && is_simple {
        return format!("'{}'", text.replace('\'', "''"));
    }
    if is_plain(text) && !like.starts_with('"') { text.clone() } else { quoted(text) }
}

/// A number whose exponent YAML 1.1 reads, too: it wants a point and a sign.
fn exponent(text: &str) -> String {
    let Some((mantissa, exponent)) =
        text.split_once('e').filter(|(start, _)| start.ends_with(char::is_numeric))
    else {
        return text.to_owned();
    };
    let point = if mantissa.contains('.') { "" } else { ".0" };
    let sign = if exponent.starts_with('-') { "" } else { "+" };
    format!("{mantissa}{point}e{sign}{exponent}")
}

/// A text in double quotes. JSON writes it as YAML reads it, but for two characters that end a line in YAML 1.1.
fn quoted(text: &str) -> String {
    let json = Value::from(text).to_string();
    let escaped = |c: char| match c {
        '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{7f}'..='\u{9f}' => {
            format!("\\u{:04x}", u32::from(c))
        }
        other => other.to_string(),
    };
    json.chars().map(escaped).collect()
}

/// Whether every version of YAML reads the text without quotes as this text.
fn is_plain(text: &str) -> bool {
    let is_inner = |c: char| c.is_ascii_alphanumeric() || "_./-".contains(c);
    let starts = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_' || c == '/');
    let words = || text.split(' ');
    starts
        && words().all(|word| !word.is_empty() && word.chars().all(is_inner))
        && words().skip(1).all(|word| !word.starts_with('-'))
        && !WORDS.contains(&text.to_ascii_lowercase().as_str())
}

/// Whether a text without quotes can't be taken for a number, a date, or another kind of value.
fn is_clearly_text(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/')
        && !WORDS.contains(&text.to_ascii_lowercase().as_str())
        && !text.contains(|c: char| c.is_control())
}

/// Whether two values are the same. A number is the same however it is written.
#[must_use]
pub fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => one.as_f64() == other.as_f64(),
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (one, other) => one == other,
    }
}
