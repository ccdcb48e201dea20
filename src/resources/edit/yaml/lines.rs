//! The lines of a YAML file: which are content, and how deep they stand. What needs a whole parser is refused.

use crate::model::error::Failure;
use crate::provider::edited_file::without_end;

/// A line of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum YamlLine<'a> {
    Blank,
    Comment,
    /// The first line of a document: `---`.
    Start,
    /// Part of a text below `|` or `>`.
    Block,
    /// Spaces at its start, and the rest without a comment.
    Content {
        indent: usize,
        text: &'a str,
    },
}

/// Reads all lines.
///
/// # Errors
/// The number of a line, and why it is not understood.
pub(super) fn read<'a>(lines: &[&'a str]) -> Result<Vec<YamlLine<'a>>, Failure> {
    let mut read = Vec::with_capacity(lines.len());
    let mut block: Option<usize> = None;
    let mut has_content = false;
    for (number, line) in lines.iter().enumerate() {
        let line = without_end(line);
        let indent = line.len() - line.trim_start_matches(' ').len();
        let rest = line[indent..].trim_end();
        if rest.is_empty() {
            read.push(YamlLine::Blank);
            continue;
        }
        if block.is_some_and(|above| indent > above) {
            read.push(YamlLine::Block);
            continue;
        }
        block = None;
        let refuse = |why: &str| Failure::new(format!("line {} {why}", number + 1));
        if rest.starts_with('\t') {
            return Err(refuse("is indented with a tab"));
        }
        if rest.contains(|c: char| {
            c.is_control() && c != '\t' || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}')
        }) {
            return Err(refuse("has control characters in it"));
        }
        if rest.starts_with('#') {
            read.push(YamlLine::Comment);
            continue;
        }
        if indent == 0 && (rest.starts_with("---") || rest.starts_with("...") || rest.starts_with('%')) {
            if rest == "---" && !has_content && !read.contains(&YamlLine::Start) {
                read.push(YamlLine::Start);
                continue;
            }
            return Err(refuse("starts or ends a document, and a file with several is not understood"));
        }
        has_content = true;
        // The text of a list's item stands deeper than its dash.
        let (mut dash, mut column, mut value) = (indent, indent, rest);
        while let Some(item) = value.strip_prefix('-').filter(|item| item.is_empty() || item.starts_with(' '))
        {
            let inner = item.trim_start_matches(' ');
            dash = column;
            column += value.len() - inner.len();
            value = inner;
        }
        if value.starts_with("? ") || value == "?" {
            return Err(refuse("has a key that is marked with `?`"));
        }
        let after_key = split(value).map_or(value, |(_, after)| after);
        let end = end_of(after_key).ok_or_else(|| {
            refuse("starts a text in quotes, a list in brackets or a map in braces that does not end on it")
        })?;
        let header = after_key[..end].trim_end();
        if header.starts_with(['|', '>']) {
            if header.contains('+') {
                return Err(refuse("starts a text that keeps the empty lines below it"));
            }
            // Below a key it stands deeper than the key, in an item deeper than the dash.
            block = Some(if split(value).is_some() { column } else { dash });
        }
        let text = rest[..rest.len() - (after_key.len() - end)].trim_end();
        read.push(YamlLine::Content { indent, text });
    }
    if read.last() == Some(&YamlLine::Block) && lines.last().is_some_and(|last| !last.ends_with('\n')) {
        return Err(Failure::new("the text in its last lines has no line end"));
    }
    Ok(read)
}

/// The key as it is written, and what comes after its colon. `None` if there is no key.
pub(super) fn split(text: &str) -> Option<(&str, &str)> {
    let end = match text.chars().next()? {
        quote @ ('"' | '\'') => {
            let end = end_of_quotes(text, quote)?;
            text[end..].trim_start_matches(' ').starts_with(':').then_some(())?;
            end + text[end..].find(':')?
        }
        _ => {
            let comment = text.find(" #").unwrap_or(text.len());
            let colon = |(at, _): &(usize, &str)| {
                let rest = &text[at + 1..];
                rest.is_empty() || rest.starts_with([' ', '\t'])
            };
            text[..comment].match_indices(':').find(colon)?.0
        }
    };
    let after = text[end + 1..].trim_start_matches([' ', '\t']);
    Some((text[..end].trim_end(), after))
}

/// Where a value ends and a comment may start. `None` if it goes on in the next line.
fn end_of(value: &str) -> Option<usize> {
    let is_rest = |end: usize| {
        let rest = value[end..].trim_start_matches([' ', '\t']);
        rest.is_empty() || (rest.starts_with('#') && rest.len() < value[end..].len())
    };
    match value.chars().next() {
        None => Some(0),
        Some('#') => Some(0),
        Some(quote @ ('"' | '\'')) => end_of_quotes(value, quote).filter(|end| is_rest(*end)),
        Some('[' | '{') => end_of_flow(value).filter(|end| is_rest(*end)),
        Some(_) => Some(value.find(" #").or_else(|| value.find("\t#")).unwrap_or(value.len())),
    }
}

/// The text in quotes at the start, with its quotes.
pub(super) fn quotes_in(text: &str) -> Option<&str> {
    let quote = text.chars().next()?;
    end_of_quotes(text, quote).map(|end| &text[..end])
}

/// The end of a text in quotes.
fn end_of_quotes(text: &str, quote: char) -> Option<usize> {
    let mut characters = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = characters.next() {
        match c {
            '\\' if quote == '"' => _ = characters.next(),
            '\'' if quote == '\'' && characters.peek().is_some_and(|(_, next)| *next == '\'') => {
                characters.next();
            }
            c if c == quote => return Some(at + 1),
            _ => {}
        }
    }
    None
}

/// The end of a list in brackets or a map in braces.
fn end_of_flow(text: &str) -> Option<usize> {
    let (mut open, mut at) = (0_usize, 0);
    while let Some(c) = text[at..].chars().next() {
        match c {
            // A quote inside of a word is a character like others, and which it is, is not decided here.
            '"' | '\'' if !text[..at].trim_end().ends_with(['[', '{', ',', ':']) => return None,
            '"' | '\'' => {
                at += end_of_quotes(&text[at..], c)?;
                continue;
            }
            '[' | '{' => open += 1,
            ']' | '}' => {
                open = open.checked_sub(1)?;
                if open == 0 {
                    return Some(at + 1);
                }
            }
            '#' if text[..at].ends_with([' ', '\t']) => return None,
            _ => {}
        }
        at += c.len_utf8();
    }
    None
}
