//! A file that Luau refused, with the position where parsing stopped.

use crate::compile::syntax::token::{Token, TokenKind};
use crate::model::error::Diagnostic;

/// Longest line that a hint proposes, in bytes.
const PROPOSED: usize = 120;

/// A recognised mistake: its offset and the error.
pub(super) type Recognised = Option<(usize, Diagnostic)>;

/// A file that can't be parsed.
pub(super) struct Unreadable<'a> {
    pub(super) text: &'a str,
    pub(super) tokens: Vec<Token>,
    /// Index of the unexpected token.
    pub(super) index: usize,
    pub(super) at: usize,
    /// Offset of something that is not a token.
    pub(super) broken: Option<usize>,
}

impl<'a> Unreadable<'a> {
    /// The text from the position where parsing stopped.
    pub(super) fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// A token before the unexpected one. 1 is the one directly before it.
    pub(super) fn before(&self, back: usize) -> Option<Token> {
        self.index.checked_sub(back).map(|index| self.tokens[index])
    }

    /// The text of such a token. Empty if there is none.
    pub(super) fn word_before(&self, back: usize) -> &'a str {
        self.before(back).map_or("", |token| &self.text[token.start..token.end])
    }

    pub(super) fn word_after(&self, ahead: usize) -> &'a str {
        self.tokens.get(self.index + ahead).map_or("", |token| &self.text[token.start..token.end])
    }

    pub(super) fn kind(&self) -> TokenKind {
        self.tokens[self.index].kind
    }

    /// Offset of the start of a line.
    pub(super) fn line_start(&self, at: usize) -> usize {
        self.text[..at].rfind('\n').map_or(0, |end| end + 1)
    }

    /// The text of a line, without the newline.
    pub(super) fn line(&self, at: usize) -> &'a str {
        self.text[self.line_start(at)..].lines().next().unwrap_or_default()
    }

    /// Whether only white space is before a position in its line.
    pub(super) fn begins_line(&self, at: usize) -> bool {
        self.text[self.line_start(at)..at].trim().is_empty()
    }

    /// Token indexes of the open brackets, innermost last.
    pub(super) fn open(&self) -> Vec<usize> {
        let mut open = Vec::new();
        for (index, token) in self.tokens[..self.index].iter().enumerate() {
            match (&self.text[token.start..token.end], token.kind) {
                ("{" | "(" | "[", TokenKind::Sign) => open.push(index),
                ("}" | ")" | "]", TokenKind::Sign) => drop(open.pop()),
                _ => {}
            }
        }
        open
    }

    /// Whether parsing stopped inside a table.
    pub(super) fn is_in_table(&self) -> bool {
        self.open().last().is_some_and(|index| self.text[self.tokens[*index].start..].starts_with('{'))
    }

    /// Whether the file defines this variable before a position: `local name`, a parameter, the variable of a loop.
    pub(super) fn defines(&self, name: &str, at: usize) -> bool {
        let text = |token: &Token| &self.text[token.start..token.end];
        let before = self.tokens.windows(3).take_while(|window| window[1].start < at);
        before.into_iter().any(|window| {
            text(&window[1]) == name
                && window[1].kind == TokenKind::Name
                && (matches!(text(&window[0]), "local" | "for" | "function" | "(" | ",")
                    || text(&window[2]) == "=")
        })
    }

    /// A line with a range replaced, as a hint. None if the line is too long.
    pub(super) fn proposal(&self, start: usize, end: usize, with: &str) -> Option<String> {
        let line = self.line(start);
        let from = self.line_start(start);
        let (before, after) = (line.get(..start - from)?, line.get(end - from..)?);
        proposed(&format!("{before}{with}{after}"))
    }
}

/// The hint `write …`, if the line is short enough.
pub(super) fn proposed(line: &str) -> Option<String> {
    let line = line.trim();
    (line.len() <= PROPOSED && !line.is_empty()).then(|| format!("write `{line}`"))
}

/// An error with the hint that proposes a line, or with the other hint if there is none.
pub(super) fn error(message: impl Into<String>, proposal: Option<String>, otherwise: &str) -> Diagnostic {
    Diagnostic::error(message).hint(proposal.unwrap_or_else(|| otherwise.to_owned()))
}
