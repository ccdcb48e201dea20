//! Finds local names that nothing uses, or that hide another one.

use super::bound::{Binding, BoundName};
use super::literal::line_of;
use super::token::{self, Token, TokenKind};
use super::walker::Walker;
use crate::model::sorted;

/// A finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalLint {
    /// Line in the file, from 1.
    pub line: u32,
    pub name: String,
    /// The line of the name that it hides. None: nothing uses it.
    pub hides: Option<u32>,
}

/// The findings in a file, in their order. Empty if the file can't be parsed, which the compile reports.
#[must_use]
pub fn local_lints(text: &str) -> Vec<LocalLint> {
    let Ok(tokens) = token::tokens(text) else { return Vec::new() };
    let mut walker = Walker::new(text, &tokens, Walker::function);
    if walker.file().is_err() {
        return Vec::new();
    }
    let mut bound = walker.bound;
    sorted::sort_by_key(&mut bound, |name| name.start);
    let mut found = Vec::new();
    for (at, name) in bound.iter().enumerate() {
        // `_` says that a value is not wanted, and each function of a custom resource has its `self`.
        if name.name.starts_with('_') || name.name == "self" {
            continue;
        }
        let lint = |hides| LocalLint { line: line_of(text, name.start), name: name.name.to_owned(), hides };
        let hidden = bound[..at].iter().rev().find(|other| other.name == name.name && name.start < other.end);
        if let Some(hidden) = hidden {
            found.push(lint(Some(line_of(text, hidden.start))));
        } else if name.binding == Binding::Local && !is_used(text, &tokens, name) {
            found.push(lint(None));
        }
    }
    found
}

/// Whether the name is written in its block, other than as the name of a field.
fn is_used(text: &str, tokens: &[Token], name: &BoundName<'_>) -> bool {
    let first = tokens.partition_point(|token| token.start <= name.start);
    let inside = |token: &&Token| token.start < name.end;
    tokens[first..].iter().take_while(inside).enumerate().any(|(at, token)| {
        let before = tokens.get((first + at).wrapping_sub(1));
        let is_field = before.is_some_and(|before| matches!(&text[before.start..before.end], "." | ":"));
        token.kind == TokenKind::Name && &text[token.start..token.end] == name.name && !is_field
    })
}
