//! Counting and listing as English does it.

use std::borrow::Cow;

/// `1 resource`, `2 resources`, `0 resources`.
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

/// `a`, `a and b`, `a, b, and c`.
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

/// The same text, with its end cut off where it has more characters.
#[must_use]
pub fn shorten(text: &str, most: usize) -> Cow<'_, str> {
    // As many bytes are never more characters.
    match text.char_indices().nth(most).filter(|_| text.len() > most) {
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
        None => Cow::Borrowed(text),
    }
}

/// Characters of a word that may be a misspelling: distances take the square of the length.
const MISSPELT: usize = 128;

/// The candidate nearest to a misspelt word, if one is near enough to be meant.
#[must_use]
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = word.chars().take(MISSPELT + 1).count();
    if length > MISSPELT {
        return None;
    }
    let limit = (length / 3).max(1);
    candidates
        .into_iter()
        // Each character more or less is an edit, and each has one to four bytes.
        .filter(|candidate| candidate.len() <= (length + limit) * 4)
        .filter(|candidate| candidate.chars().count().abs_diff(length) <= limit)
        .map(|candidate| {
            let edits =
                strsim::damerau_levenshtein(&word.to_ascii_lowercase(), &candidate.to_ascii_lowercase());
            (edits, candidate)
        })
        // A word of which nothing is left is no misspelling.
        .filter(|(edits, _)| *edits <= limit && *edits < length)
        .min()
        .map(|(_, candidate)| candidate)
}

/// `did you mean `x`?` where a candidate is near, else all of them behind a lead: `known keys are `a` and `b``.
#[must_use]
pub fn suggestion(word: &str, candidates: &[&str], lead: &str) -> String {
    if let Some(near) = nearest(word, candidates.iter().copied()) {
        return format!("did you mean `{near}`?");
    }
    let names: Vec<String> = candidates.iter().map(|name| format!("`{name}`")).collect();
    format!("{lead} {}", list(&names, "and"))
}

/// Whether a character does something to the text around it in the place of standing there: it moves, ends a line, or turns
/// the reading direction.
#[must_use]
pub fn acts_on_text(c: char) -> bool {
    const DIRECTIONS: [char; 3] = ['\u{61c}', '\u{200e}', '\u{200f}'];
    c.is_control()
        || DIRECTIONS.contains(&c)
        || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Makes text from a machine safe to print: control characters become visible, tabs and newlines stay.
#[must_use]
pub fn printable(text: &str) -> String {
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

/// A line that a program printed, or that stands in a file, safe to print: tabs stay.
#[must_use]
pub fn quoted_line(text: &str) -> String {
    printable(text).replace('\n', "\\n")
}

/// The same on one line: newlines and tabs become visible too.
#[must_use]
pub fn one_line(text: &str) -> String {
    printable(text).replace('\n', "\\n").replace('\t', "\\t")
}
