//! Typographic quotes, unclosed quotes, and characters that look like others.

use super::unreadable::{Recognised, Unreadable, error, proposed};
use crate::compile::syntax::token::TokenKind;
use crate::model::error::Diagnostic;

/// The plain quote for a typographic one.
fn plain_quote(c: char) -> Option<char> {
    Some(match c {
        '“' | '”' | '„' | '‟' | '«' | '»' | '″' => '"',
        '‘' | '’' | '‚' | '‛' | '‹' | '›' | '′' | '´' => '\'',
        _ => return None,
    })
}

/// Characters that come from copying a web page, with their names and replacements.
fn look_alike(c: char) -> Option<(&'static str, &'static str)> {
    Some(match c {
        '\u{a0}' | '\u{2007}' | '\u{202f}' => ("a no-break space", " "),
        '\u{200b}' | '\u{200c}' | '\u{200d}' | '\u{2060}' | '\u{feff}' => ("an invisible character", ""),
        '–' | '—' | '−' | '‐' => ("a dash", "-"),
        '…' => ("an ellipsis", "..."),
        _ => return None,
    })
}

/// A character that is not allowed outside of strings.
pub(super) fn foreign_character(unreadable: &Unreadable<'_>) -> Recognised {
    let at = unreadable.broken.filter(|broken| unreadable.line(*broken) == unreadable.line(unreadable.at))?;
    let found = unreadable.text[at..].chars().next().filter(|c| !c.is_ascii())?;
    let line = unreadable.line(at);
    if plain_quote(found).is_some() {
        let plain: String = line.chars().map(|c| plain_quote(c).unwrap_or(c)).collect();
        let message = format!("`{found}` is a typographic quote, which Lua does not read");
        return Some((at, error(message, proposed(&plain), "write plain quotes: `\"` or `'`")));
    }
    let number = format!("U+{:04X}", u32::from(found));
    if let Some((name, meant)) = look_alike(found) {
        let plain = line.replace(found, meant);
        let message = format!("this line has {name} ({number}), which Lua does not read");
        return Some((at, error(message, proposed(&plain), "type it again")));
    }
    let wrong = Diagnostic::error(format!("the character `{found}` ({number}) is outside of a string"));
    Some((at, wrong.hint("a string needs quotes; names have the letters a to z, digits and `_`")))
}

/// An unclosed string or comment.
pub(super) fn unclosed(unreadable: &Unreadable<'_>) -> Recognised {
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
    // What was parsed as an interpolation may be the text after an unclosed string.
    let open = open_values(unreadable);
    let quoted = rest.chars().next().filter(|c| matches!(c, '"' | '\'' | '`'));
    if open.len() > 1 || (quoted == Some('`') && !open.is_empty()) {
        let wrong = Diagnostic::error("a value in this string is not closed: `{` without `}`");
        return Some((
            open[0],
            wrong.hint("write `}` behind the value, or `\\{` for a brace that is part of the text"),
        ));
    }
    let (at, quote) = match (quoted, open.first()) {
        (Some(quote), _) => (at, quote),
        (None, Some(begin)) => (*begin, '`'),
        (None, None) => return None,
    };
    let rest = &unreadable.text[at..];
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
    let shown = if quote == '`' { "back quote".to_owned() } else { format!("`{quote}`") };
    let wrong = Diagnostic::error(format!("this string has no closing {shown}"));
    let next = rest.lines().nth(1).unwrap_or_default();
    if next.matches(quote).count() % 2 == 1 {
        return Some((
            at,
            wrong.hint("a string of several lines stands in `[[` and `]]`, or has `\\n` where a line ends"),
        ));
    }
    // If more code follows the string, it is the first word.
    let end = match inside.find([' ', '\t']) {
        Some(end) if inside[end..].trim_start().starts_with(['{', '}', ',', ')']) => end,
        Some(_) if inside.ends_with([',', '}', ')']) => inside.trim_end_matches([',', '}', ')', ' ']).len(),
        Some(_) => inside.len(),
        None => inside.trim_end_matches([',', ')', '}', ';']).len(),
    };
    // A bracket before the string is closed after it.
    let text = &inside[..end];
    let end = if text.contains('(') { end } else { text.trim_end_matches(')').len() };
    let close = at + 1 + end;
    let proposal = unreadable.proposal(close, close, &quote.to_string()).filter(|_| !line.contains('\\'));
    let otherwise = format!("write `{quote}` where it ends");
    Some((at, wrong.hint(proposal.unwrap_or(otherwise))))
}

/// Positions of interpolated strings that were not closed inside of an interpolation.
fn open_values(unreadable: &Unreadable<'_>) -> Vec<usize> {
    let mut open = Vec::new();
    for token in &unreadable.tokens {
        match token.kind {
            TokenKind::Begin => open.push(token.start),
            TokenKind::Last => drop(open.pop()),
            _ => {}
        }
    }
    open
}
