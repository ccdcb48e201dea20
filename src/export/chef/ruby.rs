//! Text as words of Ruby.

use crate::model::portable::marked::{LaterValue, TextPiece, is_marked, pieces};

/// A text in quotes, in which nothing is evaluated.
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

/// A text of lines that begins on the next line, if it can stand there as it is.
pub(super) fn lines(text: &str) -> Option<String> {
    let fits = text.ends_with('\n') && text.lines().count() > 1 && text.lines().all(|line| line != "END");
    fits.then(|| format!("<<'END'\n{text}END"))
}

/// A text that may have secrets in it. None if it has other deferred values.
pub(super) fn secret(later: &[LaterValue], text: &str) -> Option<String> {
    if !is_marked(text) {
        return Some(quoted(text));
    }
    let mut joined = Vec::new();
    for piece in pieces(text) {
        joined.push(match piece {
            TextPiece::Text(text) => quoted(text),
            TextPiece::Later(number) => match later.get(number) {
                Some(LaterValue::Secret(name)) => format!("secrets[{}]", quoted(name)),
                _ => return None,
            },
        });
    }
    Some(format!("[{}].join", joined.join(", ")))
}
