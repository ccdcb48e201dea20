//! Comments, keywords and names in the syntax of other languages.

use super::unreadable::{Recognised, Unreadable, error};
use crate::compile::syntax::token::TokenKind;
use crate::model::error::Diagnostic;
use crate::resources;

/// Keywords of other languages, and what to write instead.
const KEYWORDS: &[(&[&str], &str)] = &[
    (&["let", "var", "my", "auto", "const"], "write `local name = value`"),
    (&["def", "fn", "func", "sub"], "write `local function name() … end`"),
    (&["foreach", "each"], "write `for _, item in list do … end`"),
    (&["unless"], "write `if not … then … end`"),
    (&["case", "switch", "match", "selector"], "write `if … then … elseif … then … else … end`"),
    (
        &["begin", "try", "rescue", "catch", "except"],
        "the run reports failures of resources; with `ignore_failure = true` it goes on",
    ),
    (&["import", "from", "use", "using", "load"], "write `local name = require \"./name\"`"),
    (&["include", "include_tasks", "import_playbook"], "write `include_recipe \"name\"`"),
    (
        &["class", "define"],
        "a type of your own is a file, `resources/NAME.lua`, that returns `resource { … }`",
    ),
    (&["puts", "echo", "printf"], "write `print(\"…\")`"),
    (&["switch"], "write `if … then … elseif … then … end`"),
];

/// A comment with another marker.
pub(super) fn comment(unreadable: &Unreadable<'_>) -> Recognised {
    let (at, rest) = (unreadable.at, unreadable.rest());
    if rest.starts_with("#!") && at == 0 {
        let wrong = Diagnostic::error("a recipe has no `#!` line");
        return Some((at, wrong.hint("remove the line: chefrs reads the file")));
    }
    let sign = ["//", "/*", "<!--", "#"].into_iter().find(|sign| rest.starts_with(sign))?;
    let is_first = unreadable.begins_line(at);
    let is_word = rest[sign.len()..].starts_with(|c: char| {
        c.is_whitespace() || c.is_alphanumeric() || c == sign.chars().next_back().unwrap_or_default()
    });
    if !is_first && !is_word {
        return None;
    }
    let message = format!("a comment begins with `--`, not with `{sign}`");
    if sign == "/*" || sign == "<!--" {
        return Some((
            at,
            Diagnostic::error(message).hint("a longer one is written between `--[[` and `]]`"),
        ));
    }
    let run = rest.len() - rest.trim_start_matches(sign.chars().next_back()?).len();
    let text = rest[run..].lines().next().unwrap_or_default().trim();
    let end = at + rest.lines().next().unwrap_or_default().len();
    let with = if text.is_empty() { "--".to_owned() } else { format!("-- {text}") };
    Some((at, error(message, unreadable.proposal(at, end, &with), "write `--`")))
}

/// `else if`, `elif` and `elsif`.
pub(super) fn elseif(unreadable: &Unreadable<'_>) -> Recognised {
    let tokens = &unreadable.tokens;
    for back in 0..2 {
        let Some(token) = unreadable.before(back) else { continue };
        let word = unreadable.word_before(back);
        if matches!(word, "elif" | "elsif" | "elsif(" | "elseif(") && token.kind == TokenKind::Name {
            let proposal = unreadable.proposal(token.start, token.end, "elseif");
            return Some((
                token.start,
                error(format!("`{word}` is written `elseif` in Lua"), proposal, "write `elseif`"),
            ));
        }
    }
    // After `else if`, an `end` is missing at the end of the file.
    if unreadable.kind() != TokenKind::End || unreadable.broken.is_some() {
        return None;
    }
    let word = |index: usize| tokens.get(index).map_or("", |token| &unreadable.text[token.start..token.end]);
    let at = (0..unreadable.index).find(|index| {
        word(*index) == "else"
            && word(index + 1) == "if"
            && unreadable.line(tokens[*index].start) == unreadable.line(tokens[index + 1].start)
    })?;
    let (first, second) = (tokens[at], tokens[at + 1]);
    let proposal = unreadable.proposal(first.start, second.end, "elseif");
    let wrong =
        error("`else if` begins a second `if`, which has no `end` of its own", proposal, "write `elseif`");
    Some((first.start, wrong))
}

/// `service nginx { … }` and `file /etc/motd { … }`.
pub(super) fn unquoted_name(unreadable: &Unreadable<'_>) -> Recognised {
    let kind = unreadable.before(1).filter(|token| token.kind == TokenKind::Name)?;
    let word = unreadable.word_before(1);
    let at = unreadable.at;
    let line = unreadable.line(at);
    if !unreadable.begins_line(kind.start) || unreadable.line_start(kind.start) != unreadable.line_start(at) {
        return None;
    }
    let rest = unreadable.rest();
    let length = rest
        .find(|c: char| c.is_whitespace() || matches!(c, '{' | '(' | ',' | ';' | '"'))
        .unwrap_or(rest.len());
    let name = rest.get(..length).filter(|name| {
        name.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '~' | '_' | '.'))
    })?;
    let has_braces = rest[length..].trim_start().starts_with('{');
    let is_type = resources::find(word).is_some();
    let may_be_one = has_braces && !line.trim_end().ends_with(':') && !is_keyword(word);
    if !is_type && !may_be_one {
        return None;
    }
    if unreadable.defines(name, at) || ["node.", "self."].iter().any(|known| name.starts_with(known)) {
        // It is a value, not the text of the name.
        let proposal = unreadable.proposal(kind.end, at + length, &format!("({name})"));
        let message = "a name that is not a string in quotes needs parentheses";
        return Some((at, error(message, proposal, "write `type(name) { … }`")));
    }
    let proposal = unreadable.proposal(at, at + length, &format!("\"{name}\""));
    let wrong = error("the name of a resource needs quotes", proposal, "write `type \"name\" { … }`");
    Some((at, wrong))
}

/// ``file `/srv/{name}` { … }``.
pub(super) fn backquoted_name(unreadable: &Unreadable<'_>) -> Recognised {
    let kind = unreadable.before(1).filter(|token| token.kind == TokenKind::Name)?;
    let word = unreadable.word_before(1);
    let begins = matches!(unreadable.kind(), TokenKind::Begin | TokenKind::Whole);
    if !begins || is_keyword(word) || !(unreadable.begins_line(kind.start) || resources::find(word).is_some())
    {
        return None;
    }
    let at = unreadable.at;
    let end = match unreadable.kind() {
        TokenKind::Whole => unreadable.tokens[unreadable.index].end,
        _ => unreadable.tokens[unreadable.index..].iter().find(|token| token.kind == TokenKind::Last)?.end,
    };
    let proposal = unreadable.proposal(kind.end, end, &format!("({})", unreadable.text.get(at..end)?));
    let message = "a name in backquotes needs parentheses";
    Some((at, error(message, proposal, "write ``type(`name`) { … }``")))
}

fn is_keyword(word: &str) -> bool {
    KEYWORDS.iter().any(|(words, _)| words.contains(&word))
}

/// A statement of another language.
pub(super) fn keyword(unreadable: &Unreadable<'_>) -> Recognised {
    let tokens = [unreadable.before(1), Some(unreadable.tokens[unreadable.index])];
    let token = tokens.into_iter().flatten().find(|token| {
        unreadable.begins_line(token.start)
            && unreadable.line_start(token.start) == unreadable.line_start(unreadable.at)
            && is_keyword(&unreadable.text[token.start..token.end])
    })?;
    let word = &unreadable.text[token.start..token.end];
    let (_, hint) = KEYWORDS.iter().find(|(words, _)| words.contains(&word))?;
    let is_declared = matches!(word, "let" | "var" | "my" | "auto" | "const");
    let proposal = if is_declared { unreadable.proposal(token.start, token.end, "local") } else { None };
    Some((token.start, error(format!("`{word}` is not a keyword of Lua"), proposal, hint)))
}
