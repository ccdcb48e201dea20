//! The order of Debian's versions, by the rules of its policy: `1.0~rc1` stands before `1.0`, and `1.0+b1` after it.

use std::cmp::Ordering;

/// Which of two versions is the newer one.
pub(super) fn compare(a: &str, b: &str) -> Ordering {
    let (a, b) = (parts(a), parts(b));
    a.0.cmp(&b.0).then_with(|| compare_part(a.1, b.1)).then_with(|| compare_part(a.2, b.2))
}

/// Epoch, the version of the program, and the package's own revision of that.
fn parts(version: &str) -> (u64, &str, &str) {
    let (epoch, rest) = match version.split_once(':') {
        Some((epoch, rest)) => (epoch.parse().unwrap_or_default(), rest),
        None => (0, version),
    };
    let (program, revision) = rest.rsplit_once('-').unwrap_or((rest, ""));
    (epoch, program, revision)
}

/// Text without digits by its characters, then digits by their value, and so on.
fn compare_part(mut a: &str, mut b: &str) -> Ordering {
    while !a.is_empty() || !b.is_empty() {
        let (text, more) = (cut(&mut a, |c| !c.is_ascii_digit()), cut(&mut b, |c| !c.is_ascii_digit()));
        let found = weights(text).cmp(weights(more));
        if found.is_ne() {
            return found;
        }
        let (number, other) = (cut(&mut a, |c| c.is_ascii_digit()), cut(&mut b, |c| c.is_ascii_digit()));
        let (number, other) = (number.trim_start_matches('0'), other.trim_start_matches('0'));
        let found = number.len().cmp(&other.len()).then_with(|| number.cmp(other));
        if found.is_ne() {
            return found;
        }
    }
    Ordering::Equal
}

/// Takes off the beginning for whose characters the function holds.
fn cut<'a>(text: &mut &'a str, holds: impl Fn(char) -> bool) -> &'a str {
    let (head, tail) = text.split_at(text.find(|c| !holds(c)).unwrap_or(text.len()));
    *text = tail;
    head
}

/// What each character weighs: a tilde less than the end, letters less than all else.
fn weights(text: &str) -> impl Iterator<Item = i64> {
    let weight = |c: char| match c {
        '~' => -1,
        _ if c.is_ascii_alphabetic() => i64::from(u32::from(c)),
        _ => i64::from(u32::from(c)) + 256,
    };
    // The end weighs nothing, as long as the other text goes on.
    text.chars().map(weight).chain(std::iter::once(0))
}
