//! What is wrong with a file that is not in the language, in words for who wrote it: the usual slips, and what people
//! bring from other languages. Read only once the language itself has refused the file.

use crate::model::error::Diagnostic;

use super::literal::line_of;
use super::token::{self, Token, TokenKind};
use super::walker::Walker;

mod blocks;
mod formats;
mod operators;
mod quotes;
mod tables;
mod words;

/// Longest line that a hint proposes, in bytes.
const PROPOSED: usize = 120;

/// A mistake that was recognised: where, and what is said of it.
type Found = Option<(usize, Diagnostic)>;

/// What recognises one kind of mistake.
type Recognise = fn(&Unreadable<'_>) -> Found;

/// In this order: what is certain before what is likely.
const KINDS: &[Recognise] = &[
    quotes::foreign_character,
    quotes::unclosed,
    words::comment,
    words::elseif,
    blocks::ruby,
    tables::puppet,
    tables::property,
    tables::symbol,
    blocks::braces,
    blocks::colon,
    formats::yaml,
    formats::other,
    tables::list,
    words::unquoted_name,
    words::keyword,
    operators::operator,
    tables::comma,
    blocks::closes_nothing,
];

/// The mistake in a file that the language refused; nothing where it is none of the usual ones.
pub(in crate::compile) fn mistake(text: &str) -> Option<(u32, Diagnostic)> {
    let (mut tokens, broken) = token::scanned(text);
    if let Some(at) = broken {
        tokens.push(Token { kind: TokenKind::End, start: at, end: at });
    }
    let mut walker = Walker::new(text, &tokens, Walker::function);
    let at = match walker.file() {
        Err(stop) => stop.at,
        Ok(()) => broken?,
    };
    let index = tokens.iter().position(|token| token.start >= at).unwrap_or(tokens.len() - 1);
    let unreadable = Unreadable { text, tokens, index, at, broken };
    let (at, diagnostic) = KINDS.iter().find_map(|kind| kind(&unreadable))?;
    Some((line_of(text, at), diagnostic))
}

/// A file, and where its reading ended.
struct Unreadable<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    /// The token that can't stand where it stands.
    index: usize,
    /// Its place.
    at: usize,
    /// Where something begins that is no token.
    broken: Option<usize>,
}

impl<'a> Unreadable<'a> {
    /// The text from where reading ended.
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// A token before the one that ended it: 1 is the one right before.
    fn before(&self, back: usize) -> Option<Token> {
        self.index.checked_sub(back).map(|index| self.tokens[index])
    }

    /// The text of such a token; empty where there is none.
    fn word_before(&self, back: usize) -> &'a str {
        self.before(back).map_or("", |token| &self.text[token.start..token.end])
    }

    fn word_after(&self, ahead: usize) -> &'a str {
        self.tokens.get(self.index + ahead).map_or("", |token| &self.text[token.start..token.end])
    }

    fn kind(&self) -> TokenKind {
        self.tokens[self.index].kind
    }

    /// Where the line of a byte begins.
    fn line_start(&self, at: usize) -> usize {
        self.text[..at].rfind('\n').map_or(0, |end| end + 1)
    }

    /// The line of a byte, without its end.
    fn line(&self, at: usize) -> &'a str {
        self.text[self.line_start(at)..].lines().next().unwrap_or_default()
    }

    /// Whether a place is the first of its line, but for space.
    fn begins_line(&self, at: usize) -> bool {
        self.text[self.line_start(at)..at].trim().is_empty()
    }

    /// The brackets that are open where reading ended, by their tokens; the innermost is last.
    fn open(&self) -> Vec<usize> {
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
    fn is_in_table(&self) -> bool {
        self.open().last().is_some_and(|index| self.text[self.tokens[*index].start..].starts_with('{'))
    }

    /// A line with a part of it replaced, as a hint; a line that is too long is not repeated.
    fn proposal(&self, start: usize, end: usize, with: &str) -> Option<String> {
        let line = self.line(start);
        let from = self.line_start(start);
        let (before, after) = (line.get(..start - from)?, line.get(end - from..)?);
        proposed(&format!("{before}{with}{after}"))
    }
}

/// `write …`, where the line is short enough to be read.
fn proposed(line: &str) -> Option<String> {
    let line = line.trim();
    (line.len() <= PROPOSED && !line.is_empty()).then(|| format!("write `{line}`"))
}

/// A finding with the hint that proposes a line, or with another one where there is no such line.
fn error(message: impl Into<String>, proposal: Option<String>, otherwise: &str) -> Diagnostic {
    Diagnostic::error(message).hint(proposal.unwrap_or_else(|| otherwise.to_owned()))
}
