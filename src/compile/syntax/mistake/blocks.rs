//! Blocks in the syntax of other languages: `do … end` for properties, and braces or colons instead of `then`.

use super::unreadable::{Recognised, Unreadable, error, proposed};
use crate::compile::syntax::token::TokenKind;
use crate::model::error::Diagnostic;

/// Most lines of a Ruby block that are examined.
const BLOCK: usize = 40;

/// `package 'nginx' do`, followed by properties.
pub(super) fn ruby(unreadable: &Unreadable<'_>) -> Recognised {
    let text = unreadable.text;
    let mut start = unreadable.line_start(unreadable.at);
    let mut head = opened(unreadable.line(start));
    for _ in 0..BLOCK {
        if head.is_some() || start == 0 {
            break;
        }
        start = unreadable.line_start(start - 1);
        head = opened(unreadable.line(start));
    }
    let head = head?;
    let below = text[start..].lines().skip(1).take(BLOCK);
    let properties: Option<Vec<String>> = below
        .map(str::trim)
        .take_while(|line| *line != "end")
        .filter(|line| !line.is_empty())
        .map(property)
        .collect();
    let braces = match properties {
        Some(properties) if properties.is_empty() => "{}".to_owned(),
        Some(properties) => format!("{{ {} }}", properties.join(", ")),
        None => "{ property = value, … }".to_owned(),
    };
    let proposal = proposed(&format!("{head} {braces}"));
    let otherwise = format!("write `{head} {{ property = value, … }}`");
    let at = start + (text[start..].len() - text[start..].trim_start().len());
    Some((at, error("properties go in braces: `do … end` is Ruby", proposal, &otherwise)))
}

/// Converts `package 'nginx' do` to `package "nginx"`.
fn opened(line: &str) -> Option<String> {
    let head = line.trim().strip_suffix("do")?.trim_end();
    let (kind, name) = head.split_once([' ', '('])?;
    let name = name.trim().trim_end_matches(')');
    let quote = name.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let inner = name.strip_prefix(quote)?.strip_suffix(quote)?;
    let is_word = kind.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let is_ours = matches!(kind, "for" | "while" | "if");
    (is_word && !is_ours && !inner.contains(['"', '\''])).then(|| format!("{kind} \"{inner}\""))
}

/// Converts a Ruby property such as `action [:enable, :start]`. None if it is not a word and a plain value.
fn property(line: &str) -> Option<String> {
    let (name, value) = line.split_once([' ', '('])?;
    let value = value.trim().trim_end_matches(')');
    let is_word = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    is_word.then_some(())?;
    match value.strip_prefix('[') {
        Some(list) => {
            let items: Option<Vec<String>> =
                list.strip_suffix(']')?.split(',').map(|item| plain(item.trim())).collect();
            Some(format!("{name} = {{ {} }}", items?.join(", ")))
        }
        None => Some(format!("{name} = {}", plain(value)?)),
    }
}

fn plain(value: &str) -> Option<String> {
    let is_word =
        |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') && !text.is_empty();
    if let Some(symbol) = value.strip_prefix(':').filter(|symbol| is_word(symbol)) {
        return Some(format!("\"{symbol}\""));
    }
    let quote = value.chars().next()?;
    if matches!(quote, '"' | '\'') {
        let inner = value.strip_prefix(quote)?.strip_suffix(quote)?;
        return (!inner.contains(['"', '\'', '\\', '#'])).then(|| format!("\"{inner}\""));
    }
    (value.parse::<f64>().is_ok() || matches!(value, "true" | "false")).then(|| value.to_owned())
}

/// `if x {`, `for … {`, `function f() {`.
pub(super) fn braces(unreadable: &Unreadable<'_>) -> Recognised {
    // A call with a table looks the same up to the brace, so the line that opens the block may be further up.
    let opener = unreadable.open().into_iter().rev().map(|index| unreadable.tokens[index].start);
    let above = std::iter::successors(Some(unreadable.line_start(unreadable.at)), |start| {
        start.checked_sub(1).map(|before| unreadable.line_start(before))
    });
    let above = above.filter(|_| unreadable.kind() == TokenKind::End && unreadable.broken.is_none());
    for at in std::iter::once(unreadable.at).chain(opener).chain(above) {
        let line = unreadable.line(at);
        let Some(head) = line.trim_end().strip_suffix('{') else { continue };
        let head = head.trim();
        let head = head.strip_prefix('}').unwrap_or(head).trim_start();
        let first = head.split([' ', '(']).next().unwrap_or_default();
        let (word, close) = match first {
            "if" | "elseif" => (" then", "end"),
            "for" | "while" => (" do", "end"),
            "function" | "local" if head.contains("function") && head.ends_with(')') => ("", "end"),
            "else" => ("", "end"),
            _ => continue,
        };
        let bare = match (first, head.split_once('(')) {
            ("if" | "elseif" | "while", Some((before, inner)))
                if before.trim() == first && inner.ends_with(')') =>
            {
                format!("{first} {}", &inner[..inner.len() - 1])
            }
            _ => head.to_owned(),
        };
        let start = unreadable.line_start(at) + (line.len() - line.trim_start().len());
        let wrong = error(
            format!("`{first}` takes no braces: the block ends with `{close}`"),
            proposed(&format!("{bare}{word} … {close}")),
            "write `if … then … end`",
        );
        return Some((start, wrong));
    }
    None
}

/// `if x:` and `def f():`.
pub(super) fn colon(unreadable: &Unreadable<'_>) -> Recognised {
    let line = unreadable.line(unreadable.at);
    let head = line.trim().strip_suffix(':')?;
    let first = head.split([' ', '(']).next().unwrap_or_default();
    let (bare, word) = match first {
        "if" | "elseif" => (head.to_owned(), " then … end"),
        "elif" => (head.replacen("elif", "elseif", 1), " then"),
        "for" | "while" => (head.to_owned(), " do … end"),
        "def" => (head.replacen("def", "local function", 1), " … end"),
        "else" => (head.to_owned(), " … end"),
        _ => return None,
    };
    let start = unreadable.line_start(unreadable.at) + (line.len() - line.trim_start().len());
    let wrong = error(
        format!("`{first}` takes no colon: the block ends with `end`"),
        proposed(&format!("{bare}{word}")),
        "write `if … then … end`",
    );
    Some((start, wrong))
}

/// A closing bracket or an `end` without an opening one.
pub(super) fn closes_nothing(unreadable: &Unreadable<'_>) -> Recognised {
    let word = unreadable.word_before(0);
    let is_closing = match word {
        "end" => unreadable.kind() == TokenKind::Name,
        "}" | ")" | "]" => true,
        _ => false,
    };
    if !is_closing || !unreadable.open().is_empty() {
        return None;
    }
    let wrong = Diagnostic::error(format!("`{word}` closes nothing"));
    Some((unreadable.at, wrong.hint("remove it, or look above for something that was closed too early")))
}
