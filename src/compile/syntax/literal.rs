//! Values left in plain quotes: `"Hello {node.hostname}"` is written as it stands, and hardly ever meant so.

use super::token::{Token, TokenKind};

/// What looks like a value in a string that holds none.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::compile) struct Literal {
    /// As it is written: `#{node.hostname}`.
    pub(in crate::compile) written: String,
    /// The string around it, as far as it stands there as it is.
    pub(in crate::compile) around: String,
    /// The dotted name in it.
    pub(in crate::compile) name: String,
    /// Whether the file has a name of its own that it begins with.
    pub(in crate::compile) is_local: bool,
    /// The line that it stands in.
    pub(in crate::compile) line: u32,
}

/// The values left in the strings of a file. `names` are those that the file gives, with the place of each.
pub(super) fn literals(text: &str, tokens: &[Token], names: &[(&str, usize)]) -> Vec<Literal> {
    let mut found = Vec::new();
    let intended = intended(text, tokens);
    for token in tokens.iter().filter(|token| token.kind == TokenKind::Text) {
        let string = &text[token.start..token.end];
        for (open, _) in string.match_indices('{') {
            let Some((written, name)) = value_at(string, open) else { continue };
            let first = first_word(name);
            let is_local = names.iter().any(|(name, at)| *name == first && *at < token.start);
            // `{path}` is what `verify` puts the new file in for.
            if written == "{path}" || intended.contains(&written) {
                continue;
            }
            let line = line_of(text, token.start + open);
            let around = around(string, open).to_owned();
            found.push(Literal { written: written.into(), around, name: name.into(), is_local, line });
        }
    }
    found
}

/// What back-quoted strings of the file hold as it is written, which takes a backslash: whoever writes `\{name}` means it,
/// and knows how a value is put in.
fn intended<'a>(text: &'a str, tokens: &[Token]) -> Vec<&'a str> {
    let is_quoted = |token: &&Token| {
        matches!(token.kind, TokenKind::Whole | TokenKind::Begin | TokenKind::Middle | TokenKind::Last)
    };
    let strings = tokens.iter().filter(is_quoted).map(|token| &text[token.start..token.end]);
    let braces = strings.flat_map(|string| string.match_indices("\\{").map(move |(at, _)| &string[at + 1..]));
    braces.filter_map(|rest| Some(&rest[..=rest.find('}')?])).collect()
}

/// What stands around a place of a string up to its quotes, to the ends of the line, and to what is written with a backslash.
fn around(string: &str, at: usize) -> &str {
    let outside = |c: char| matches!(c, '\\' | '\n' | '\r' | '"' | '\'' | '[' | ']');
    let start = string[..at].rfind(outside).map_or(0, |found| {
        // The character behind a backslash is not what it looks like.
        found + if string[found..].starts_with('\\') { 2 } else { 1 }
    });
    let end = string[at..].find(outside).map_or(string.len(), |found| at + found);
    string.get(start.min(at)..end).unwrap_or_default()
}

/// What a dotted name begins with.
pub(in crate::compile) fn first_word(name: &str) -> &str {
    name.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap_or(name)
}

/// The line of a byte, counted from 1.
pub(super) fn line_of(text: &str, at: usize) -> u32 {
    let before = &text.as_bytes()[..at.min(text.len())];
    u32::try_from(memchr::memchr_iter(b'\n', before).count() + 1).unwrap_or(u32::MAX)
}

/// A name in braces that open here: `{x}`, `${x}`, `#{x}` or `{{ x }}`; with how it is written.
fn value_at(string: &str, open: usize) -> Option<(&str, &str)> {
    // The second brace of two belongs to the first.
    if string[..open].ends_with('{') {
        return None;
    }
    let (double, inner) = match string[open..].strip_prefix("{{") {
        Some(inner) => (true, inner),
        None => (false, &string[open + 1..]),
    };
    let name =
        inner.trim_start().split(|c: char| !(c.is_ascii_alphanumeric() || "_.[]'\"".contains(c))).next()?;
    let end = string.len() - inner.len() + (inner.len() - inner.trim_start().len()) + name.len();
    let rest = string[end..].trim_start();
    let close = if double { "}}" } else { "}" };
    if !rest.starts_with(close) || !name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
        return None;
    }
    let end = string.len() - rest.len() + close.len();
    let start = if !double && string[..open].ends_with(['#', '$']) { open - 1 } else { open };
    Some((&string[start..end], name))
}
