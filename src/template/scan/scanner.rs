//! What a scan has found so far, and the places that it speaks of.

use crate::model::english;
use crate::model::error::{Diagnostic, Location};

/// Longest excerpt in a message, in characters.
const EXCERPT: usize = 160;

/// What a template is made of, as far as bounds need it.
#[derive(Debug)]
pub(in crate::template) struct Scan {
    /// Number of tags.
    pub(in crate::template) tags: usize,
    /// Most blocks inside each other.
    pub(in crate::template) depth: usize,
    /// Whether a tag has a word inside brackets, whose value is made anew each time.
    pub(in crate::template) brackets: bool,
    /// Partials it includes, in written order.
    pub(in crate::template) includes: Vec<Include>,
}

/// One `{{> name}}`.
#[derive(Debug)]
pub(in crate::template) struct Include {
    /// Name as written.
    pub(in crate::template) name: String,
    pub(in crate::template) line: u32,
    /// Blocks around it.
    pub(in crate::template) depth: usize,
}

/// A block whose end has not come yet.
pub(super) struct Block<'a> {
    pub(super) word: &'a str,
    pub(super) start: usize,
    /// Each `else if` of it nests once more in what the parser makes.
    pub(super) chained: usize,
}

/// Where a scan stands, and what it has found.
pub(super) struct Scanner<'a> {
    pub(super) name: &'a str,
    pub(super) text: &'a str,
    pub(super) at: usize,
    pub(super) open: Vec<Block<'a>>,
    pub(super) found: Scan,
}

impl Scanner<'_> {
    /// A mistake in the tag that begins there.
    pub(super) fn wrong(&self, start: usize, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error(message).at(place(self.name, self.text, start))
    }
}

/// The place of a byte in a template.
pub(in crate::template) fn place(name: &str, text: &str, at: usize) -> Location {
    let line = text[..at].matches('\n').count();
    line_place(name, text, u32::try_from(line).unwrap_or(u32::MAX - 1) + 1)
}

/// The place of a line, counted from 1, in a template.
pub(in crate::template) fn line_place(name: &str, text: &str, line: u32) -> Location {
    let source = text.split('\n').nth(line.saturating_sub(1) as usize).unwrap_or_default();
    let excerpt = english::printable(source.trim_end()).chars().take(EXCERPT).collect();
    Location { file: name.to_owned(), line, excerpt }
}
