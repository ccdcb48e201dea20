//! Words of a shell: text is quoted, and deferred values become variables.

use std::borrow::Cow;

use crate::model::collection::deferred::secret_key;
use crate::model::portable::marked::{LaterValue, TextPiece, pieces};
use crate::model::variables::SECRET;

/// A text as one word. `name` gives the variable of a deferred value.
pub(super) fn word(text: &str, name: &mut dyn FnMut(usize) -> String) -> String {
    if text.is_empty() {
        return "''".into();
    }
    let mut word = String::new();
    for piece in pieces(text) {
        match piece {
            TextPiece::Text(text) => word.push_str(&quoted(text)),
            TextPiece::Later(number) => {
                word.push_str("\"$");
                word.push_str(&name(number));
                word.push('"');
            }
        }
    }
    word
}

/// A text without deferred values as one word.
pub(super) fn quoted(text: &str) -> Cow<'_, str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_@%+=:,./-".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(format!("'{}'", text.replace('\'', r"'\''")))
}

/// A text for a here-document in which variables are expanded.
pub(super) fn expanded(text: &str, name: &mut dyn FnMut(usize) -> String) -> String {
    let mut all = String::new();
    for piece in pieces(text) {
        match piece {
            TextPiece::Text(text) => {
                for c in text.chars() {
                    if matches!(c, '\\' | '$' | '`') {
                        all.push('\\');
                    }
                    all.push(c);
                }
            }
            TextPiece::Later(number) => {
                all.push_str("${");
                all.push_str(&name(number));
                all.push('}');
            }
        }
    }
    all
}

/// The variable of a deferred value.
pub(super) fn variable(number: usize, value: &LaterValue) -> String {
    match value {
        LaterValue::Secret(name) => format!("secret_{}", identifier(name)),
        LaterValue::Contents(_) => format!("contents_{number}"),
        LaterValue::Output(_) => format!("output_{number}"),
        LaterValue::Quoted(..) => format!("quoted_{number}"),
    }
}

/// A text with `_` in the place of what no name of a variable has.
pub(super) fn identifier(text: &str) -> String {
    let mut name = String::new();
    for c in text.chars() {
        match c {
            c if c.is_ascii_alphanumeric() => name.push(c.to_ascii_lowercase()),
            _ if name.ends_with('_') || name.is_empty() => {}
            _ => name.push('_'),
        }
    }
    name.trim_end_matches('_').to_owned()
}

/// A delimiter for a here-document that is no line of the text.
pub(super) fn delimiter(text: &str) -> String {
    let mut delimiter = "END".to_owned();
    let mut number = 1;
    while text.lines().any(|line| line == delimiter) {
        number += 1;
        delimiter = format!("END_{number}");
    }
    delimiter
}

/// The variable from which a script reads a secret.
pub(super) fn secret_variable(name: &str) -> String {
    format!("{}{}", SECRET.name, identifier(&secret_key(name)).to_ascii_uppercase())
}
