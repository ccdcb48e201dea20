//! Text as YAML 1.1.

use std::fmt::Write as _;

/// Words that are no text for YAML.
const OTHER_WORDS: [&str; 10] = ["true", "false", "yes", "no", "on", "off", "null", "y", "n", "nan"];

/// A text as a scalar, in quotes where it needs them. It must not stand inside `[…]` or `{…}`.
pub(super) fn scalar(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_/.@+-[](), ".contains(c);
    let is_plain = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/')
        && !text.ends_with(' ')
        && text.chars().all(plain)
        && !OTHER_WORDS.contains(&text.to_ascii_lowercase().as_str());
    if is_plain { text.to_owned() } else { quoted(text) }
}

/// A text in double quotes.
pub(super) fn quoted(text: &str) -> String {
    let mut all = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => all.extend(['\\', c]),
            '\n' => all.push_str("\\n"),
            '\t' => all.push_str("\\t"),
            c if is_printable(c) => all.push(c),
            c => {
                let _ = write!(all, "\\U{:08x}", u32::from(c));
            }
        }
    }
    all.push('"');
    all
}

/// Text of several lines as a block, whose lines have this many spaces before them. None if a block can't hold it.
pub(super) fn block(text: &str, indentation: usize) -> Option<String> {
    let lines = text.strip_suffix('\n').unwrap_or(text);
    let is_plain =
        |line: &str| line.chars().all(|c| c == '\t' || is_printable(c)) && !line.ends_with([' ', '\t']);
    let is_block = !text.starts_with([' ', '\n', '\t'])
        && !lines.is_empty()
        && !lines.ends_with('\n')
        && lines.split('\n').all(is_plain)
        && (text.ends_with('\n') || lines.contains('\n'));
    if !is_block {
        return None;
    }
    let mut all = String::from(if text.ends_with('\n') { "|" } else { "|-" });
    for line in lines.split('\n') {
        all.push('\n');
        if !line.is_empty() {
            all.push_str(&" ".repeat(indentation));
            all.push_str(line);
        }
    }
    Some(all)
}

/// Whether YAML may have the character as it is, and does not take it for a line break.
fn is_printable(c: char) -> bool {
    !c.is_control() && !matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}
