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
mod unreadable;
mod words;

use unreadable::{Recognised, Unreadable};

/// What recognises one kind of mistake.
type Recognise = fn(&Unreadable<'_>) -> Recognised;

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
