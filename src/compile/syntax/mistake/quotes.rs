//! Quotes that are none, quotes that are not closed, and characters that look like others.

use super::{Found, Unreadable, error};
use crate::compile::syntax::token::TokenKind;
use crate::model::error::Diagnostic;

/// The plain quote that is meant by a typographic one.
fn plain_quote(c: char) -> Option<char> {
    Some(match c {
        '“' | '”' | '„' | '‟' | '«' | '»' | '″' => '"',
        '‘' | '’' | '‚' | '‛' | '‹' | '›' | '′' | '´' => '\'',
        _ => return None,
    })
}

/// Characters that come along when text is copied from a page, their names, and what is meant.
fn look_alike(c: char) -> Option<(&'static str, &'static str)> {
    Some(match c {
        '\u{a0}' | '\u{2007}' | '\u{202f}' => ("a no-break space", " "),
        '\u{200b}' | '\u{200c}' | '\u{200d}' | '\u{2060}' | '\u{feff}' => ("an invisible character", ""),
        '–' | '—' | '−' | '‐' => ("a dash", "-"),
        '…' => ("an ellipsis", "..."),
        _ => return None,
    })
}

/// A character that no program has outside of texts.
pub(super) fn foreign_character(unreadable: &Unreadable<'_>) -> Found {
    let at = unreadable.broken.filter(|broken| unreadable.line(*broken) == unreadable.line(unreadable.at))?;
    let found = unreadable.text[at..].chars().next().filter(|c| !c.is_ascii())?;
    let line = unreadable.line(at);
    if plain_quote(found).is_some() {
        let plain: String = line.chars().map(|c| plain_quote(c).unwrap_or(c)).collect();
        let message = format!("`{found}` is a typographic quote, which Lua does not read");
        return Some((at, error(message, super::proposed(&plain), "write plain quotes: `\"` or `'`")));
    }
    let number = format!("U+{:04X}", u32::from(found));
    if let Some((name, meant)) = look_alike(found) {
        let plain = line.replace(found, meant);
        let message = format!("{name} ({number}) stands here, which programs do not know");
        return Some((at, error(message, super::proposed(&plain), "type it again")));
    }
    let wrong = Diagnostic::error(format!("the character `{found}` ({number}) stands outside of a string"));
    Some((at, wrong.hint("a string stands in quotes; names have the letters a to z, digits and `_`")))
}

/// A text or a comment without an end.
pub(super) fn unclosed(unreadable: &Unreadable<'_>) -> Found {
    let at = unreadable.broken.filter(|broken| unreadable.line(*broken) == unreadable.line(unreadable.at))?;
    let rest = &unreadable.text[at..];
    let line = unreadable.line(at);
    if rest.starts_with("--[") {
        let wrong = Diagnostic::error("a comment that begins with `--[[` has no end");
        return Some((at, wrong.hint("write `]]` where it ends, or `--` alone for a comment of one line")));
    }
    if rest.starts_with('[') {
        return Some((
            at,
            Diagnostic::error("a string that begins with `[[` has no end").hint("write `]]` where it ends"),
        ));
    }
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\'' | '`'))?;
    let inside = rest[1..].lines().next().unwrap_or_default();
    // An earlier quote of the line may be the one too many.
    if unreadable.at < at {
        let wrong = Diagnostic::error(format!("this line has an odd number of `{quote}`"));
        return Some((at, wrong.hint("a string begins and ends with the same quote")));
    }
    if quote == '`' && inside.contains("{{") {
        let wrong = Diagnostic::error("`{{` can't stand in back quotes");
        return Some((at, wrong.hint("write `\\{` for a brace that is part of the text")));
    }
    if quote == '`' && is_in_value(unreadable) {
        let wrong = Diagnostic::error("a value begins with `{` in this string, and no `}` ends it");
        return Some((
            at,
            wrong.hint("write `}` behind the value, or `\\{` for a brace that is part of the text"),
        ));
    }
    let shown = if quote == '`' { "back quote".to_owned() } else { format!("`{quote}`") };
    let wrong = Diagnostic::error(format!("this string has no closing {shown}"));
    let next = rest.lines().nth(1).unwrap_or_default();
    if next.matches(quote).count() % 2 == 1 {
        return Some((
            at,
            wrong.hint("a string of several lines stands in `[[` and `]]`, or has `\\n` where a line ends"),
        ));
    }
    // The first word is the text, where more follows that is no part of it.
    let end = match inside.find([' ', '\t']) {
        Some(end) if inside[end..].trim_start().starts_with(['{', '}', ',', ')']) => end,
        Some(_) if inside.ends_with([',', '}', ')']) => inside.trim_end_matches([',', '}', ')', ' ']).len(),
        Some(_) => inside.len(),
        None => inside.trim_end_matches([',', ')', '}', ';']).len(),
    };
    let close = at + 1 + end;
    let proposal = unreadable.proposal(close, close, &quote.to_string()).filter(|_| !line.contains('\\'));
    let otherwise = format!("write `{quote}` where it ends");
    Some((at, wrong.hint(proposal.unwrap_or(otherwise))))
}

/// Whether the back-quoted string before was left open inside of a value.
fn is_in_value(unreadable: &Unreadable<'_>) -> bool {
    let parts = unreadable.tokens.iter().rev().map(|token| token.kind);
    let mut parts =
        parts.filter(|kind| matches!(kind, TokenKind::Begin | TokenKind::Middle | TokenKind::Last));
    parts.next().is_some_and(|kind| kind != TokenKind::Last)
}
