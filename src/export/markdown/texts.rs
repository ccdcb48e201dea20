//! Texts of a runbook.

use crate::model::english::printable;
use crate::model::portable::marked::{LaterValue, TextPiece, TextQuoting, marker, pieces};

/// How values are quoted, and what a person does then.
pub(super) const QUOTED: [(TextQuoting, &str, &str); 3] = [
    (TextQuoting::Shell, ", quoted for a shell", "write `'\\''` for each `'` of it"),
    (
        TextQuoting::Json,
        ", quoted for JSON",
        "write `\\\"` for each `\"` of it, `\\\\` for `\\`, `\\n` for the end of a line and `\\t` for a tab",
    ),
    (
        TextQuoting::Ini,
        ", quoted for an INI file",
        "write it as it is, unless it has a `\"`, `'`, `;`, `#`, `\\`, or a space at an end; then put it in double quotes, with \
         `\\\"` for each `\"` of it and `\\\\` for `\\`",
    ),
];

/// A text with words in the place of deferred values.
pub(super) fn masked(text: &str, later: &[LaterValue]) -> String {
    masked_but(text, later, |_| false)
}

/// A text with words in the place of deferred values, except for secrets, which keep their markers.
pub(super) fn masked_but_secrets(text: &str, later: &[LaterValue]) -> String {
    masked_but(text, later, |value| matches!(value, LaterValue::Secret(_)))
}

fn masked_but(text: &str, later: &[LaterValue], keeps: fn(&LaterValue) -> bool) -> String {
    let piece = |piece: TextPiece<'_>| match piece {
        TextPiece::Text(text) => text.to_owned(),
        TextPiece::Later(number) if later.get(number).is_some_and(keeps) => marker(number),
        TextPiece::Later(number) => format!("<{}>", told(number, later)),
    };
    pieces(text).into_iter().map(piece).collect()
}

/// A deferred value in words.
fn told(number: usize, later: &[LaterValue]) -> String {
    match later.get(number) {
        Some(LaterValue::Secret(name)) => format!("secret {name}"),
        Some(LaterValue::Contents(path)) => format!("text of {path}"),
        Some(LaterValue::Output(command)) => format!("output of {}", command.display()),
        Some(LaterValue::Quoted(how, of)) => {
            let words = QUOTED.iter().find(|(known, ..)| known == how).map_or("", |(_, words, _)| words);
            told(*of, later) + words
        }
        None => String::new(),
    }
}

/// A text for the running text.
pub(super) fn plain(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in printable(text).replace('\n', " ").chars() {
        if matches!(c, '*' | '_' | '[' | ']' | '<' | '>' | '#' | '\\' | '|' | '!') {
            shown.push('\\');
        }
        shown.push(c);
    }
    shown
}

/// A text as code in a line.
pub(super) fn code(text: &str) -> String {
    let text = printable(text).replace('\n', "\\n");
    let longest = longest_run(&text);
    let fence = "`".repeat(longest + 1);
    let space = if longest > 0 || text.is_empty() { " " } else { "" };
    format!("{fence}{space}{text}{space}{fence}")
}

/// A text as a block of code.
pub(super) fn block(language: &str, text: &str) -> String {
    let fence = "`".repeat(longest_run(text).max(2) + 1);
    let end = if text.ends_with('\n') { "" } else { "\n" };
    format!("{fence}{language}\n{}{end}{fence}", printable(text))
}

/// The most backticks in a row.
fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}
