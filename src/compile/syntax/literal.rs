//! Finds strings in plain quotes that look as if they were meant to be interpolated: `"Hello {node.hostname}"`.

use super::token::{Token, TokenKind};
use super::walker::Walker;

/// A possible interpolation in a string with plain quotes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::compile) struct Literal {
    /// The text as written: `#{node.hostname}`.
    pub(in crate::compile) written: String,
    /// The string around it, without escapes.
    pub(in crate::compile) around: String,
    /// The dotted name or expression inside it.
    pub(in crate::compile) name: String,
    /// The whole string with the interpolation, if it is short and needs no other changes.
    pub(in crate::compile) meant: Option<String>,
    /// Whether the name begins with a name that the file defines.
    pub(in crate::compile) is_local: bool,
    /// Line number.
    pub(in crate::compile) line: u32,
}

/// The possible interpolations in the strings of a file. `names` are the names that the file defines, with their
/// positions.
pub(super) fn literals(text: &str, tokens: &[Token], names: &[(&str, usize)]) -> Vec<Literal> {
    let mut found = Vec::new();
    let intended = intended(text, tokens);
    for token in tokens.iter().filter(|token| token.kind == TokenKind::Text) {
        let string = &text[token.start..token.end];
        let is_known = |first: &str| names.iter().any(|(name, at)| *name == first && *at < token.start);
        let opened = string.match_indices(['{', '<']).map(|(open, _)| open);
        for open in opened {
            let value = value_at(string, open).or_else(|| erb_at(string, open)).or_else(|| {
                expression_at(string, open)
                    .filter(|(_, name)| is_known(first_word(name)) || first_word(name) == "node")
            });
            let Some((written, name)) = value else { continue };
            let is_local = is_known(first_word(name));
            // `{path}` is the placeholder of the property `verify`.
            if written == "{path}" || intended.contains(&written) {
                continue;
            }
            let line = line_of(text, token.start + open);
            let around = around(string, open).to_owned();
            let meant = meant(string, written, name);
            found.push(Literal { written: written.into(), around, name: name.into(), meant, is_local, line });
        }
    }
    found
}

/// Text in braces that interpolated strings of the file have escaped, such as `\{name}`. The cook knows the syntax and
/// wants the text as it is.
fn intended<'a>(text: &'a str, tokens: &[Token]) -> Vec<&'a str> {
    let is_quoted = |token: &&Token| {
        matches!(token.kind, TokenKind::Whole | TokenKind::Begin | TokenKind::Middle | TokenKind::Last)
    };
    let strings = tokens.iter().filter(is_quoted).map(|token| &text[token.start..token.end]);
    let braces = strings.flat_map(|string| string.match_indices("\\{").map(move |(at, _)| &string[at + 1..]));
    braces.filter_map(|rest| Some(&rest[..=rest.find('}')?])).collect()
}

/// The text around a position of a string, up to a quote, an end of line, or an escape.
fn around(string: &str, at: usize) -> &str {
    let outside = |c: char| matches!(c, '\\' | '\n' | '\r' | '"' | '\'' | '[' | ']');
    let start = string[..at].rfind(outside).map_or(0, |found| {
        // Skips the escaped character.
        found + if string[found..].starts_with('\\') { 2 } else { 1 }
    });
    let end = string[at..].find(outside).map_or(string.len(), |found| at + found);
    string.get(start.min(at)..end).unwrap_or_default()
}

/// The first component of a dotted name.
pub(in crate::compile) fn first_word(name: &str) -> &str {
    name.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap_or(name)
}

/// The line of an offset, counted from 1.
pub(super) fn line_of(text: &str, at: usize) -> u32 {
    let before = &text.as_bytes()[..at.min(text.len())];
    u32::try_from(memchr::memchr_iter(b'\n', before).count() + 1).unwrap_or(u32::MAX)
}

/// The string in backquotes, with the interpolation.
fn meant(string: &str, written: &str, name: &str) -> Option<String> {
    let inner = string.get(1..string.len() - 1).filter(|_| string.starts_with(['"', '\'']))?;
    let rest = inner.replacen(written, "", 1);
    let is_plain = inner.len() <= 80 && !rest.contains(['\\', '`', '{', '}', '\n']);
    is_plain.then(|| format!("`{}`", inner.replacen(written, &format!("{{{name}}}"), 1)))
}

/// The ERB tag that starts here: `<%= node.hostname %>`.
fn erb_at(string: &str, open: usize) -> Option<(&str, &str)> {
    let inside = string[open..].strip_prefix("<%=")?;
    let (name, _) = inside.split_once("%>")?;
    let written = string.get(open..open + 3 + name.len() + 2)?;
    let name = name.trim();
    let is_name = name.chars().all(|c| c.is_ascii_alphanumeric() || "_.[]'\"".contains(c));
    (is_name && first_word(name) == "node").then_some((written, name))
}

/// The expression in braces that starts here: `{node.hostname .. "x"}`. It must parse as Lua and contain an operator or
/// a call, because braces are used for many other things.
fn expression_at(string: &str, open: usize) -> Option<(&str, &str)> {
    let inside = string[open..].strip_prefix('{').filter(|_| !string[..open].ends_with('{'))?;
    let (name, _) = inside.split_once('}').filter(|(name, _)| !name.contains(['\n', '{', '\\']))?;
    let first = first_word(name);
    let is_value =
        name.get(first.len()..)?.starts_with(['.', '[', '(', ':', ' ']) && name.contains(['.', '[', '(']);
    if first.is_empty() || !is_value {
        return None;
    }
    let tokens = super::token::tokens(name).ok()?;
    let mut walker = Walker::new(name, &tokens, Walker::function);
    let is_whole = walker.expression().is_ok() && walker.kind() == TokenKind::End;
    let start = if string[..open].ends_with(['#', '$']) { open - 1 } else { open };
    is_whole.then_some((&string[start..=open + 1 + name.len()], name))
}

/// The name in braces that starts here, and its full text: `{x}`, `${x}`, `#{x}` or `{{ x }}`.
fn value_at(string: &str, open: usize) -> Option<(&str, &str)> {
    // The second of two braces belongs to the first.
    if string[..open].ends_with('{') || !string[open..].starts_with('{') {
        return None;
    }
    let (double, inner) = match string[open..].strip_prefix("{{") {
        Some(inner) => (true, inner),
        None => (false, &string[open + 1..]),
    };
    let name =
        inner.trim_start().split(|c: char| !(c.is_ascii_alphanumeric() || "_.[]'\"".contains(c))).next()?;
    let end = string.len() - inner.len() + (inner.len() - inner.trim_start().len()) + name.len();
    let mut rest = string[end..].trim_start();
    let close = if double { "}}" } else { "}" };
    // A Jinja filter.
    if double && rest.starts_with('|') {
        rest = rest.get(rest.find(close)?..)?;
    }
    if !rest.starts_with(close) || !name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
        return None;
    }
    let end = string.len() - rest.len() + close.len();
    let start = if !double && string[..open].ends_with(['#', '$']) { open - 1 } else { open };
    Some((&string[start..end], name))
}
