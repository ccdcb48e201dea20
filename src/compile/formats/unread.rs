//! How a text that is not of its format is refused.

use crate::model::english::{quoted_line, shorten};
use crate::model::error::Diagnostic;

/// Characters before and after the mistake in a message.
const AROUND: usize = 30;

/// Why a text can't be read.
#[derive(Debug)]
pub(super) struct UnreadText {
    pub(super) problem: String,
    /// Where, in bytes from the start.
    pub(super) at: usize,
}

impl UnreadText {
    /// The error of a function, with the line of the text.
    pub(super) fn explain(&self, word: &str, text: &str) -> Diagnostic {
        let at = (0..=self.at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        let (before, after) = text.split_at(at);
        let number = before.matches('\n').count() + 1;
        let start = before.rfind('\n').map_or(0, |end| end + 1);
        let near = before[start..].char_indices().rev().nth(AROUND);
        let shown = match near {
            Some((at, _)) => format!("…{}", &before[start..][at..]),
            None => before[start..].to_owned(),
        };
        let rest = shorten(after.lines().next().unwrap_or_default(), AROUND);
        Diagnostic::error(format!("`{word}` can't read this text: {}", self.problem))
            .note(format!("in line {number} of the text: {}", quoted_line(&(shown + &rest))))
    }
}
