//! Formats counts and lists in English, suggests corrections, and makes text safe to print.

use std::borrow::Cow;

/// A count with its noun: `1 resource`, `2 resources`, `0 resources`.
#[must_use]
pub fn count(n: usize, noun: &str) -> String {
    if n == 1 {
        return format!("1 {noun}");
    }
    let plural = match noun {
        _ if noun.ends_with('y') && !noun.ends_with("ay") && !noun.ends_with("ey") => {
            format!("{}ies", &noun[..noun.len() - 1])
        }
        _ if noun.ends_with('s') || noun.ends_with('x') || noun.ends_with("ch") => {
            format!("{noun}es")
        }
        _ => format!("{noun}s"),
    };
    format!("{n} {plural}")
}

/// A list: `a`, `a and b`, `a, b, and c`.
#[must_use]
pub fn list<S: AsRef<str>>(items: &[S], conjunction: &str) -> String {
    let items: Vec<&str> = items.iter().map(AsRef::as_ref).collect();
    match items.as_slice() {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [one, two] => format!("{one} {conjunction} {two}"),
        [rest @ .., last] => format!("{}, {conjunction} {last}", rest.join(", ")),
    }
}

/// A list of at most `most` items, and the number of the others: `a, b, and 3 more`.
#[must_use]
pub fn list_some<S: AsRef<str>>(items: &[S], most: usize) -> String {
    let mut shown: Vec<String> = items.iter().take(most).map(|item| item.as_ref().to_owned()).collect();
    if items.len() > most {
        shown.push(format!("{} more", items.len() - most));
    }
    list(&shown, "and")
}

/// Cuts the text to at most `most` characters.
#[must_use]
pub fn shorten(text: &str, most: usize) -> Cow<'_, str> {
    // A text of at most `most` bytes has at most `most` characters.
    match text.char_indices().nth(most).filter(|_| text.len() > most) {
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
        None => Cow::Borrowed(text),
    }
}

/// Longest word to look up, in characters. The time of an edit distance grows with the square of the length.
const MISSPELT: usize = 128;

/// The candidate nearest to a misspelt word, if it is near enough.
#[must_use]
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = word.chars().take(MISSPELT + 1).count();
    if length > MISSPELT {
        return None;
    }
    let limit = (length / 3).max(1);
    candidates
        .into_iter()
        // Each character more or less is an edit. A character has one to four bytes.
        .filter(|candidate| candidate.len() <= (length + limit) * 4)
        .filter(|candidate| candidate.chars().count().abs_diff(length) <= limit)
        .map(|candidate| {
            let edits =
                strsim::damerau_levenshtein(&word.to_ascii_lowercase(), &candidate.to_ascii_lowercase());
            (edits, candidate)
        })
        // If as many characters were edited as the word has, it is another word.
        .filter(|(edits, _)| *edits <= limit && *edits < length)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Asks "did you mean" with the nearest candidate, or else lists all candidates after `lead`.
#[must_use]
pub fn suggestion(word: &str, candidates: &[&str], lead: &str) -> String {
    if let Some(near) = nearest(word, candidates.iter().copied()) {
        return format!("did you mean `{near}`?");
    }
    let names: Vec<String> = candidates.iter().map(|name| format!("`{name}`")).collect();
    format!("{lead} {}", list(&names, "and"))
}

/// Whether a character controls the text around it: it moves the cursor, ends a line, or changes the reading direction.
#[must_use]
pub fn acts_on_text(c: char) -> bool {
    const DIRECTIONS: [char; 3] = ['\u{61c}', '\u{200e}', '\u{200f}'];
    c.is_control()
        || DIRECTIONS.contains(&c)
        || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Whether a byte stands for itself, on one line. Nearly all text has no others.
fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..=b'~')
}

/// Makes text from a machine safe to print. Control characters become visible; tabs and newlines stay.
#[must_use]
pub fn printable(text: &str) -> String {
    if text.bytes().all(|byte| is_plain(byte) || matches!(byte, b'\n' | b'\t')) {
        return text.to_owned();
    }
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\t' => shown.push(c),
            c if acts_on_text(c) => shown.extend(c.escape_unicode()),
            c => shown.push(c),
        }
    }
    shown
}

/// Makes one line of output or of a file safe to print. Tabs stay.
#[must_use]
pub fn quoted_line(text: &str) -> String {
    if text.bytes().all(|byte| is_plain(byte) || byte == b'\t') {
        return text.to_owned();
    }
    printable(text).replace('\n', "\\n")
}

/// Makes text safe to print on one line. Newlines and tabs become visible too.
#[must_use]
pub fn one_line(text: &str) -> String {
    if text.bytes().all(is_plain) {
        return text.to_owned();
    }
    printable(text).replace('\n', "\\n").replace('\t', "\\t")
}
