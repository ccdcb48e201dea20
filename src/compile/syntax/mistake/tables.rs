//! Properties and lists in the syntax of other languages, and missing commas.

use super::unreadable::{Recognised, Unreadable, error, proposed};
use crate::compile::syntax::token::TokenKind;
use crate::model::error::Diagnostic;

/// `package { "nginx": ensure => installed }`.
pub(super) fn puppet(unreadable: &Unreadable<'_>) -> Recognised {
    let open = *unreadable.open().last()?;
    let [kind, brace, name] =
        [open.checked_sub(1)?, open, open + 1].map(|index| unreadable.tokens.get(index));
    let (kind, brace, name) = (kind?, brace?, name?);
    let text = |token: &crate::compile::syntax::token::Token| &unreadable.text[token.start..token.end];
    let colon = unreadable.tokens.get(open + 2)?;
    if kind.kind != TokenKind::Name
        || text(brace) != "{"
        || name.kind != TokenKind::Text
        || text(colon) != ":"
    {
        return None;
    }
    let quoted = text(name).replace('\'', "\"");
    let wrong = Diagnostic::error("the name of a resource goes before the braces");
    Some((name.start, wrong.hint(format!("write `{} {quoted} {{ property = value, … }}`", text(kind)))))
}

/// `mode: "0644"`, `"mode" = "0644"`, `mode => "0644"`.
pub(super) fn property(unreadable: &Unreadable<'_>) -> Recognised {
    if !unreadable.is_in_table() {
        return None;
    }
    let (at, rest) = (unreadable.at, unreadable.rest());
    // In `=>`, parsing stopped after the `=`.
    if rest.starts_with('>') && unreadable.word_before(1) == "=" && unreadable.before(1)?.end == at {
        let proposal = unreadable.proposal(at, at + 1, "");
        return Some((
            at,
            error("a property is set with `=`, not with `=>`", proposal, "write `name = value`"),
        ));
    }
    let (name, sign) = if unreadable.word_before(1) == ":" {
        (unreadable.before(2)?, unreadable.before(1)?)
    } else if matches!(unreadable.word_before(0), ":" | "=") {
        (unreadable.before(1)?, unreadable.tokens[unreadable.index])
    } else if unreadable.word_before(2) == ":" && unreadable.before(2)?.end < unreadable.before(1)?.start {
        // `mode: value`, which looks like a method call.
        (unreadable.before(3)?, unreadable.before(2)?)
    } else {
        return None;
    };
    let word = &unreadable.text[name.start..name.end];
    let bare = word.trim_matches(['"', '\'']);
    let is_name = matches!(name.kind, TokenKind::Name | TokenKind::Text)
        && bare.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && bare.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let is_symbol = &unreadable.text[sign.start..sign.end] == ":" && sign.start > name.end;
    if !is_name || is_symbol {
        return None;
    }
    let given = &unreadable.text[sign.start..sign.end];
    let message = if given == ":" {
        "a property is given with `=`, not with `:`"
    } else {
        "the name of a property has no quotes"
    };
    let proposal = unreadable.proposal(name.start, sign.end, &format!("{bare} ="));
    Some((name.start, error(message, proposal, "write `name = value`")))
}

/// A Ruby symbol: `:install`.
pub(super) fn symbol(unreadable: &Unreadable<'_>) -> Recognised {
    let text = unreadable.text;
    let (colon, name) = if unreadable.word_before(0) == ":" {
        (unreadable.tokens[unreadable.index], *unreadable.tokens.get(unreadable.index + 1)?)
    } else if unreadable.word_before(2) == ":" {
        (unreadable.before(2)?, unreadable.before(1)?)
    } else {
        return None;
    };
    let before = text[..colon.start].chars().next_back()?;
    if name.kind != TokenKind::Name
        || name.start != colon.end
        || !matches!(before, ' ' | '\t' | '[' | '(' | ',' | '{')
    {
        return None;
    }
    let word = &text[name.start..name.end];
    let proposal = unreadable
        .proposal(colon.start, name.end, &format!("\"{word}\""))
        .filter(|line| !line.contains('[') && !line.contains(" :"));
    let otherwise = format!("write `\"{word}\"`, and a list of several as `{{ \"{word}\", … }}`");
    Some((
        colon.start,
        error(format!("`:{word}` is a symbol of Ruby: a string needs quotes"), proposal, &otherwise),
    ))
}

/// `["a", "b"]` instead of a list.
pub(super) fn list(unreadable: &Unreadable<'_>) -> Recognised {
    let at = unreadable.at;
    let before = unreadable.word_before(1);
    if !unreadable.rest().starts_with('[')
        || !matches!(before, "=" | "(" | "," | "in" | "return" | "{" | "..")
    {
        return None;
    }
    let line = unreadable.line(at);
    let from = at - unreadable.line_start(at);
    let end = line[from..].find(']').map(|end| from + end);
    let plain =
        end.map(|end| format!("{}{{ {} }}{}", &line[..from], line[from + 1..end].trim(), &line[end + 1..]));
    let proposal = plain.and_then(|plain| proposed(&plain));
    Some((at, error("a list is written in braces", proposal, "write `{ \"a\", \"b\" }`")))
}

/// Two items of a table, or two arguments, without a comma between them.
pub(super) fn comma(unreadable: &Unreadable<'_>) -> Recognised {
    let before = unreadable.before(1)?;
    let word = unreadable.word_before(1);
    let ends_a_value = matches!(
        before.kind,
        TokenKind::Text | TokenKind::Whole | TokenKind::Last | TokenKind::Number | TokenKind::Name
    ) || matches!(word, "}" | ")" | "]");
    let open = *unreadable.open().last()?;
    let bracket = &unreadable.text[unreadable.tokens[open].start..unreadable.tokens[open].end];
    let begins_an_item = match unreadable.kind() {
        TokenKind::Name if bracket == "{" => {
            unreadable.word_after(1) == "=" || unreadable.word_after(1) == "("
        }
        TokenKind::Name | TokenKind::Text | TokenKind::Whole | TokenKind::Begin | TokenKind::Number => true,
        TokenKind::Sign => matches!(unreadable.word_before(0), "{" | "["),
        _ => false,
    };
    let is_word =
        matches!(unreadable.word_before(0), "then" | "do" | "end" | "else" | "elseif" | "and" | "or" | "in");
    if !ends_a_value || !begins_an_item || is_word || bracket == "[" {
        return None;
    }
    let proposal = unreadable.proposal(before.end, before.end, ",");
    let message = "a comma is missing between two items";
    // The comma is missing at the end of the previous line.
    Some((
        before.start.max(unreadable.line_start(before.end)),
        error(message, proposal, "write `,` after the first"),
    ))
}
