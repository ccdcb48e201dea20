//! The source of a file with a check around every place where a value is compared, tested or put into text.
//!
//! The language asks nobody when values of different types are compared, or when a value is taken for true or false: a
//! value that is only known later would answer at random. The source can tell where that happens, so it is rewritten
//! before it is compiled: `a == b` becomes `check(a)== check(b)`. Every line keeps its number.

use std::borrow::Cow;

mod expression;
mod insert;
mod literal;
mod mistake;
mod statement;
mod token;
mod types;
mod walker;

pub(super) use insert::{Check, RESERVED};
use literal::line_of;
pub(super) use literal::{Literal, first_word};
pub(super) use mistake::mistake;
pub(super) use walker::Unread;
use walker::Walker;

/// A file that was read.
#[derive(Debug)]
pub(super) struct Checked<'a> {
    /// The same file with its checks. Where there is none to make, it is the same text.
    pub(super) text: Cow<'a, str>,
    /// Values left in plain quotes.
    pub(super) literals: Vec<Literal>,
    /// Whether nothing stands in it but space and comments.
    pub(super) is_empty: bool,
}

/// Reads a file.
///
/// # Errors
/// Why not, with the line.
pub(super) fn checked(text: &str) -> Result<Checked<'_>, (u32, Unread)> {
    let tokens = token::tokens(text).map_err(|at| (line_of(text, at), Unread::Syntax))?;
    let mut walker = Walker::new(text, &tokens, Walker::function);
    walker.file().map_err(|stop| (line_of(text, stop.at), stop.why))?;
    let literals = literal::literals(text, &tokens, &walker.names);
    Ok(Checked { text: walker.inserts.into_text(text), literals, is_empty: tokens.len() == 1 })
}
