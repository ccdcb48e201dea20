//! Adds checks to the source of a file wherever a value is compared, tested, or converted to text.
//!
//! Lua has no hook for comparing values of different types, or for testing a value for truth. A deferred value would
//! give a wrong result. So the source is rewritten before it is compiled: `a == b` becomes `check(a)== check(b)`. Line
//! numbers don't change.

use std::borrow::Cow;

mod bound;
mod expression;
mod insert;
mod lint;
mod literal;
mod mistake;
mod statement;
mod token;
mod types;
mod walker;

pub(super) use insert::{Check, RESERVED};
pub use lint::{LocalLint, local_lints};
use literal::line_of;
pub(super) use literal::{Literal, first_word};
pub(super) use mistake::mistake;
pub(super) use walker::Unread;
use walker::Walker;

/// A file after parsing.
#[derive(Debug)]
pub(super) struct Checked<'a> {
    /// The text with the checks. Borrowed if no check was needed.
    pub(super) text: Cow<'a, str>,
    /// Possible interpolations in plain quotes.
    pub(super) literals: Vec<Literal>,
    /// Whether the file has only white space and comments.
    pub(super) is_empty: bool,
}

/// Parses a file and adds the checks.
///
/// # Errors
/// The line and the reason why the file can't be parsed.
pub(super) fn checked(text: &str) -> Result<Checked<'_>, (u32, Unread)> {
    let tokens = token::tokens(text).map_err(|at| (line_of(text, at), Unread::Syntax))?;
    let mut walker = Walker::new(text, &tokens, Walker::function);
    walker.file().map_err(|stop| (line_of(text, stop.at), stop.why))?;
    let literals = literal::literals(text, &tokens, &walker.names);
    Ok(Checked { text: walker.inserts.into_text(text), literals, is_empty: tokens.len() == 1 })
}
