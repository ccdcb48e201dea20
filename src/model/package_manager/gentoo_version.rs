//! The order of Gentoo's versions, which Alpine's are like: numbers, a letter, suffixes, a revision. `1.0_rc1` stands before
//! `1.0`, and `1.0-r1` after it.

use std::cmp::Ordering;

use super::versions::by_number;

/// Suffixes that stand before the version without one, the oldest first.
const BEFORE: &[&str] = &["alpha", "beta", "pre", "rc"];
/// Those that stand after it.
const AFTER: &[&str] = &["cvs", "svn", "git", "hg", "p"];

/// Which of two versions is the newer one.
pub(super) fn compare(a: &str, b: &str) -> Ordering {
    let ((a, revision), (b, other)) = (split_revision(a), split_revision(b));
    let (mut suffixes, mut more) = (a.split('_'), b.split('_'));
    let (program, other_program) = (suffixes.next().unwrap_or_default(), more.next().unwrap_or_default());
    compare_program(program, other_program)
        .then_with(|| compare_suffixes(suffixes, more))
        .then_with(|| by_number(revision, other))
}

/// A version, and its revision without `-r`.
pub(super) fn split_revision(version: &str) -> (&str, &str) {
    match version.rsplit_once("-r") {
        Some((version, revision)) if is_number(revision) => (version, revision),
        _ => (version, ""),
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Numbers with dots between them, and perhaps a letter at the end.
fn compare_program(a: &str, b: &str) -> Ordering {
    let (a, letter) = split_letter(a);
    let (b, other) = split_letter(b);
    let (mut numbers, mut others) = (a.split('.'), b.split('.'));
    let first = by_number(numbers.next().unwrap_or_default(), others.next().unwrap_or_default());
    if first.is_ne() {
        return first;
    }
    loop {
        let found = match (numbers.next(), others.next()) {
            (None, None) => return letter.cmp(other),
            (one, None) => one.cmp(&None),
            (None, two) => None.cmp(&two),
            // What begins with a zero is a fraction.
            (Some(one), Some(two)) if one.starts_with('0') || two.starts_with('0') => {
                one.trim_end_matches('0').cmp(two.trim_end_matches('0'))
            }
            (Some(one), Some(two)) => by_number(one, two),
        };
        if found.is_ne() {
            return found;
        }
    }
}

fn split_letter(text: &str) -> (&str, &str) {
    text.split_at(text.trim_end_matches(|c: char| c.is_ascii_alphabetic()).len())
}

fn compare_suffixes<'a>(
    mut a: impl Iterator<Item = &'a str>,
    mut b: impl Iterator<Item = &'a str>,
) -> Ordering {
    loop {
        let (one, two) = (a.next(), b.next());
        if one.is_none() && two.is_none() {
            return Ordering::Equal;
        }
        let ((rank, number), (other_rank, other)) = (suffix(one), suffix(two));
        let found = rank.cmp(&other_rank).then_with(|| by_number(number, other));
        if found.is_ne() {
            return found;
        }
    }
}

/// Where a suffix stands, and its number. None at all stands in the middle.
fn suffix(suffix: Option<&str>) -> (usize, &str) {
    let Some(suffix) = suffix else { return (BEFORE.len(), "") };
    let (word, number) = suffix.split_at(suffix.trim_end_matches(|c: char| c.is_ascii_digit()).len());
    let rank = match BEFORE.iter().position(|known| *known == word) {
        Some(at) => at,
        None => BEFORE.len() + 1 + AFTER.iter().position(|known| *known == word).unwrap_or(AFTER.len()),
    };
    (rank, number)
}
