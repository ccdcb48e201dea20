//! What the orders of versions have in common.

use std::cmp::Ordering;

use crate::model::pattern::matches;

/// The epoch of a version, 0 where it says none, and the rest.
pub(super) fn split_epoch(version: &str) -> (u64, &str) {
    match version.split_once(':') {
        Some((epoch, rest)) => (epoch.parse().unwrap_or_default(), rest),
        None => (0, version),
    }
}

/// Takes off the digits, or the letters, at the front.
pub(super) fn leading<'a>(text: &mut &'a str, digits: bool) -> &'a str {
    let holds = |c: char| if digits { c.is_ascii_digit() } else { c.is_ascii_alphabetic() };
    let (head, tail) = text.split_at(text.find(|c| !holds(c)).unwrap_or(text.len()));
    *text = tail;
    head
}

/// Two texts of digits by their value.
pub(super) fn by_number(a: &str, b: &str) -> Ordering {
    let (a, b) = (a.trim_start_matches('0'), b.trim_start_matches('0'));
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

/// Whether a version is the declared one, or matches the declared pattern. Epoch and release need not be said.
pub(super) fn fits(declared: &str, version: &str) -> bool {
    let (_, whole) = split_epoch(version);
    let program = whole.rsplit_once('-').map_or(whole, |(program, _)| program);
    let with_epoch = version.rsplit_once('-').map_or(version, |(program, _)| program);
    [version, whole, program, with_epoch].iter().any(|version| matches(declared, version))
}

/// Whether a word can be a version: it stands in a command line behind the name.
pub(super) fn is_version(word: &str) -> bool {
    !word.is_empty() && !word.contains(char::is_whitespace)
}
