//! Explains why a file is not valid Lua: common slips, and syntax of other languages. Used only after Luau has refused
//! the file.

use crate::model::error::Diagnostic;

use super::literal::line_of;
use super::token::{self, Token, TokenKind};
use super::walker::Walker;

mod blocks;
mod formats;
mod operators;
mod quotes;
mod tables;
mod unreadable;
mod words;

use unreadable::{Recognised, Unreadable};

/// Recognises one kind of mistake.
type Recognise = fn(&Unreadable<'_>) -> Recognised;

/// In this order: certain matches come before likely ones.
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
    words::backquoted_name,
    words::keyword,
    operators::operator,
    tables::comma,
    blocks::closes_nothing,
];

/// The mistake in a file that Luau refused. None if it is not a known one.
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
