//! Deferred values in the texts of plain things. A marker stands in the place of each: U+FDD0, the number of the value, and
//! U+FDD1. These are noncharacters, which no text has that is meant for somebody.

use super::super::step::Command;

/// Begins a marker.
const OPEN: char = '\u{fdd0}';
/// Ends a marker.
const CLOSE: char = '\u{fdd1}';

/// A value that is only known on the machine.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum LaterValue {
    /// The secret of that name.
    Secret(String),
    /// The text of the file at that path, as it is.
    Contents(String),
    /// The standard output of a command, without the final newline.
    Output(Box<Command>),
    /// The value of that number, as a template quotes it.
    Quoted(TextQuoting, usize),
}

/// How a template quotes a text that a machine can quote as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TextQuoting {
    /// Between single quotes of a POSIX shell: `{{shell value}}`.
    Shell,
    /// Between double quotes of JSON: `{{json value}}`.
    Json,
    /// For one line of an INI file, with double quotes if necessary: `{{ini value}}`.
    Ini,
}

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextPiece<'a> {
    Text(&'a str),
    /// The number of a [`LaterValue`].
    Later(usize),
}

/// The marker for the value of that number.
#[must_use]
pub fn marker(number: usize) -> String {
    format!("{OPEN}{number}{CLOSE}")
}

/// Whether a text has a character of a marker.
#[must_use]
pub fn is_marked(text: &str) -> bool {
    text.contains([OPEN, CLOSE])
}

/// Splits a text at its markers.
#[must_use]
pub fn pieces(text: &str) -> Vec<TextPiece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once(OPEN) {
        let Some((number, after)) = behind.split_once(CLOSE) else { break };
        let Ok(number) = number.parse() else { break };
        if !before.is_empty() {
            pieces.push(TextPiece::Text(before));
        }
        pieces.push(TextPiece::Later(number));
        rest = after;
    }
    if !rest.is_empty() {
        pieces.push(TextPiece::Text(rest));
    }
    pieces
}
