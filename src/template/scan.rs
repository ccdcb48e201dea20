//! Scans the tags of a template before the real parser, whose stack would overflow with deep nesting.
//!
//! The scanner and the parser must agree on where tags start and end. Otherwise the parser could see a block where the
//! scanner sees text. So ambiguous tags are refused: with braces inside, or with unclosed quotes.

use scanner::{Scan, Scanner, place};

use super::limits::TEXT_LIMIT;
use crate::model::error::{Diagnostic, Location};

pub(super) mod scanner;
mod tag;

/// Most tags of a template.
const TAG_LIMIT: usize = 4096;
/// Scans a template. `name` is for messages.
pub(super) fn scan(name: &str, text: &str) -> Result<Scan, Diagnostic> {
    if text.len() > TEXT_LIMIT {
        return Err(Diagnostic::error(format!(
            "the template is {} KiB large, more than the {} KiB that a template may have",
            text.len() / 1024,
            TEXT_LIMIT / 1024
        ))
        .at(Location::new(name, 0))
        .hint("use a `file` for what is not a template, or split it into partials"));
    }
    let mut scanner = Scanner {
        name,
        text,
        at: 0,
        open: Vec::new(),
        found: Scan { tags: 0, depth: 0, brackets: false, includes: Vec::new() },
    };
    while scanner.next_tag()? {}
    match scanner.open.pop() {
        None => Ok(scanner.found),
        Some(block) => Err(Diagnostic::error(format!("`{{{{#{}}}}}` is never closed", block.word))
            .at(place(name, text, block.start))
            .hint(format!("write `{{{{/{}}}}}` where it ends", block.word))),
    }
}

impl<'a> Scanner<'a> {
    /// Skips the next tag. Returns false at the end of the text.
    fn next_tag(&mut self) -> Result<bool, Diagnostic> {
        let Some(start) = self.next_open("{{") else {
            return Ok(false);
        };
        self.found.tags += 1;
        if self.found.tags > TAG_LIMIT {
            return Err(self
                .wrong(start, format!("the template has more than {TAG_LIMIT} tags"))
                .hint("loop over a list with `{{#each list}}` instead"));
        }
        let rest = &self.text[start..];
        if rest.starts_with("{{{{") {
            self.raw_block(start)?;
        } else if rest.starts_with("{{!") {
            self.comment(start)?;
        } else {
            let body = self.body(start)?;
            self.tag(start, body)?;
        }
        Ok(true)
    }

    /// Finds the next `braces` that are not escaped by a single backslash. Moves `at` after escaped ones.
    fn next_open(&mut self, braces: &str) -> Option<usize> {
        loop {
            let start = self.at + self.text[self.at..].find(braces)?;
            let before = &self.text[self.at..start];
            let backslashes = before.len() - before.trim_end_matches('\\').len();
            if backslashes != 1 {
                return Some(start);
            }
            self.at = start + 2;
            if self.text[self.at..].starts_with("{{") {
                self.at += 2;
            }
        }
    }

    /// Skips `{{{{raw}}}} … {{{{/raw}}}}`.
    fn raw_block(&mut self, start: usize) -> Result<(), Diagnostic> {
        let odd = |scanner: &Self| {
            scanner
                .wrong(start, "four braces start a raw block, and this one can't be parsed")
                .hint("write `{{{{raw}}}}`, the text that stays as it is, `{{{{/raw}}}}`")
        };
        let rest = &self.text[start + 4..];
        let Some(end) = rest.find("}}}}").filter(|end| rest[..*end].trim() == "raw") else {
            return Err(odd(self));
        };
        self.at = start + 4 + end + 4;
        let Some(close) = self.next_open("{{{{") else {
            return Err(odd(self));
        };
        let rest = &self.text[close + 4..];
        match rest.find("}}}}") {
            Some(end) if rest[..end].trim() == "/raw" => {
                self.at = close + 4 + end + 4;
                Ok(())
            }
            _ => Err(odd(self)),
        }
    }

    /// Skips `{{! … }}` and `{{!-- … --}}`.
    fn comment(&mut self, start: usize) -> Result<(), Diagnostic> {
        let inside = start + 3;
        let rest = &self.text[inside..];
        let begun = rest.trim_start_matches([' ', '\t', '\n', '\r']);
        if let Some(long) = begun.strip_prefix("--")
            && let Some(end) = long.find("--}}")
        {
            self.at = self.text.len() - long.len() + end + 4;
            return Ok(());
        }
        match rest.find("}}") {
            Some(end) => {
                self.at = inside + end + 2;
                Ok(())
            }
            None => Err(self.wrong(start, "a comment is never closed").hint("close it with `}}`")),
        }
    }

    /// Returns the inside of an ordinary tag, and moves `at` after the tag.
    fn body(&mut self, start: usize) -> Result<&'a str, Diagnostic> {
        let triple = self.text[start..].starts_with("{{{");
        let (inside, closing) = if triple { (start + 3, "}}}") } else { (start + 2, "}}") };
        let text = self.text;
        let bytes = text.as_bytes();
        let mut quote = None;
        let mut at = inside;
        while at < bytes.len() {
            match (quote, bytes[at]) {
                (None, b'}') if text[at..].starts_with(closing) => {
                    self.at = at + closing.len();
                    return Ok(&text[inside..at]);
                }
                (_, b'{' | b'}') => {
                    return Err(self
                        .wrong(start, "a tag has braces inside")
                        .hint("close the tag with `}}` first, or pass the text as a variable")
                        .hint("write `\\{{` for two literal braces"));
                }
                (None, b'"' | b'\'') => quote = Some(bytes[at]),
                (Some(_), b'\\') => at += 1,
                (Some(open), byte) if open == byte => quote = None,
                _ => {}
            }
            at += 1;
        }
        Err(self.wrong(start, "a tag is never closed").hint("close it with `}}`"))
    }
}
