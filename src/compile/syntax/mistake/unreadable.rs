//! A file that the language refused, seen from where its reading ended.

use crate::compile::syntax::token::{Token, TokenKind};
use crate::model::error::Diagnostic;

/// Longest line that a hint proposes, in bytes.
const PROPOSED: usize = 120;

/// A mistake that was recognised: where, and what is said of it.
pub(super) type Recognised = Option<(usize, Diagnostic)>;

/// A file, and where its reading ended.
pub(super) struct Unreadable<'a> {
    pub(super) text: &'a str,
    pub(super) tokens: Vec<Token>,
    /// The token that can't stand where it stands.
    pub(super) index: usize,
    pub(super) at: usize,
    /// Where something begins that is no token.
    pub(super) broken: Option<usize>,
}

impl<'a> Unreadable<'a> {
    /// The text from where reading ended.
    pub(super) fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// A token before the one that ended it: 1 is the one right before.
    pub(super) fn before(&self, back: usize) -> Option<Token> {
        self.index.checked_sub(back).map(|index| self.tokens[index])
    }

    /// The text of such a token; empty where there is none.
    pub(super) fn word_before(&self, back: usize) -> &'a str {
        self.before(back).map_or("", |token| &self.text[token.start..token.end])
    }

    pub(super) fn word_after(&self, ahead: usize) -> &'a str {
        self.tokens.get(self.index + ahead).map_or("", |token| &self.text[token.start..token.end])
    }

    pub(super) fn kind(&self) -> TokenKind {
        self.tokens[self.index].kind
    }

    /// Where the line of a byte begins.
    pub(super) fn line_start(&self, at: usize) -> usize {
        self.text[..at].rfind('\n').map_or(0, |end| end + 1)
    }

    /// The line of a byte, without its end.
    pub(super) fn line(&self, at: usize) -> &'a str {
        self.text[self.line_start(at)..].lines().next().unwrap_or_default()
    }

    /// Whether a place is the first of its line, but for space.
    pub(super) fn begins_line(&self, at: usize) -> bool {
        self.text[self.line_start(at)..at].trim().is_empty()
    }

    /// The brackets that are open where reading ended, by their tokens; the innermost is last.
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

    /// Whether it ended between the braces of a table.
    pub(super) fn is_in_table(&self) -> bool {
        self.open().last().is_some_and(|index| self.text[self.tokens[*index].start..].starts_with('{'))
    }

    /// A line with a part of it replaced, as a hint; a line that is too long is not repeated.
    pub(super) fn proposal(&self, start: usize, end: usize, with: &str) -> Option<String> {
        let line = self.line(start);
        let from = self.line_start(start);
        let (before, after) = (line.get(..start - from)?, line.get(end - from..)?);
        proposed(&format!("{before}{with}{after}"))
    }
}

/// `write …`, where the line is short enough to be read.
pub(super) fn proposed(line: &str) -> Option<String> {
    let line = line.trim();
    (line.len() <= PROPOSED && !line.is_empty()).then(|| format!("write `{line}`"))
}

/// A finding with the hint that proposes a line, or with another one where there is no such line.
pub(super) fn error(message: impl Into<String>, proposal: Option<String>, otherwise: &str) -> Diagnostic {
    Diagnostic::error(message).hint(proposal.unwrap_or_else(|| otherwise.to_owned()))
}
