//! The source of a file with a check around every place where a value is compared, tested or put into text.
//!
//! The language asks nobody when values of different types are compared, or when a value is taken for true or false: a
//! value that is only known later would answer at random. The source can tell where that happens, so it is rewritten
//! before it is compiled: `a == b` becomes `check(a)== check(b)`. Every line keeps its number.

use std::borrow::Cow;

mod expression;
mod insert;
mod statement;
mod token;
mod types;
mod walker;

pub(super) use insert::{Check, RESERVED};
pub(super) use walker::Unread;
use walker::Walker;

/// The same file with its checks. Where there is none to make, it is the same text.
///
/// # Errors
/// Why not, with the line.
pub(super) fn checked(text: &str) -> Result<Cow<'_, str>, (u32, Unread)> {
    let line = |at: usize| {
        let before = &text.as_bytes()[..at.min(text.len())];
        u32::try_from(memchr::memchr_iter(b'\n', before).count() + 1).unwrap_or(u32::MAX)
    };
    let tokens = token::tokens(text).map_err(|at| (line(at), Unread::Syntax))?;
    let mut walker = Walker::new(text, &tokens, Walker::function);
    match walker.file() {
        Ok(()) => Ok(walker.inserts.into_text(text)),
        Err(stop) => Err((line(stop.at), stop.why)),
    }
}
