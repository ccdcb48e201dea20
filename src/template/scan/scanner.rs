//! The state and the result of a scan.

use crate::model::english;
use crate::model::error::{Diagnostic, Location};

/// Longest excerpt in a message, in characters.
const EXCERPT: usize = 160;

/// The result of a scan, as far as limits need it.
#[derive(Debug)]
pub(in crate::template) struct Scan {
    /// Number of tags.
    pub(in crate::template) tags: usize,
    /// Deepest nesting of blocks.
    pub(in crate::template) depth: usize,
    /// Whether a tag has an expression in brackets, whose value is computed each time.
    pub(in crate::template) brackets: bool,
    /// Partials that it includes, in order.
    pub(in crate::template) includes: Vec<Include>,
}

/// An inclusion `{{> name}}`.
#[derive(Debug)]
pub(in crate::template) struct Include {
    /// Name as written.
    pub(in crate::template) name: String,
    pub(in crate::template) line: u32,
    /// Number of blocks around it.
    pub(in crate::template) depth: usize,
}

/// A block that is still open.
pub(super) struct Block<'a> {
    pub(super) word: &'a str,
    pub(super) start: usize,
    /// Number of `else if`. Each one is nested in the result of the parser.
    pub(super) chained: usize,
}

/// The state of a scan.
pub(super) struct Scanner<'a> {
    pub(super) name: &'a str,
    pub(super) text: &'a str,
    pub(super) at: usize,
    pub(super) open: Vec<Block<'a>>,
    pub(super) found: Scan,
}

impl Scanner<'_> {
    /// An error about the tag that starts at this offset.
    pub(super) fn wrong(&self, start: usize, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error(message).at(place(self.name, self.text, start))
    }
}

/// The location of an offset.
pub(in crate::template) fn place(name: &str, text: &str, at: usize) -> Location {
    let line = text[..at].matches('\n').count();
    line_place(name, text, u32::try_from(line).unwrap_or(u32::MAX - 1) + 1)
}

/// The location of a line, counted from 1.
pub(in crate::template) fn line_place(name: &str, text: &str, line: u32) -> Location {
    let source = text.split('\n').nth(line.saturating_sub(1) as usize).unwrap_or_default();
    let excerpt = english::printable(source.trim_end()).chars().take(EXCERPT).collect();
    Location { file: name.to_owned(), line, excerpt }
}
