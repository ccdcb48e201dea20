//! Text as words of Puppet.

use crate::model::portable::marked::{LaterValue, TextPiece, is_marked, pieces};

/// A text in quotes, in which nothing is evaluated.
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

/// Texts as a list, or the only one of them.
pub(super) fn listed(texts: &[String]) -> String {
    match texts {
        [one] => one.clone(),
        all => format!("[{}]", all.join(", ")),
    }
}

/// A text that may have secrets in it. None if it has other deferred values.
pub(super) fn sensitive(later: &[LaterValue], text: &str) -> Option<String> {
    if !is_marked(text) {
        return Some(quoted(text));
    }
    let mut joined = Vec::new();
    for piece in pieces(text) {
        joined.push(match piece {
            TextPiece::Text(text) => quoted(text),
            TextPiece::Later(number) => match later.get(number) {
                Some(LaterValue::Secret(name)) => format!("$secrets[{}]", quoted(name)),
                _ => return None,
            },
        });
    }
    Some(format!("Sensitive(join([{}]))", joined.join(", ")))
}
