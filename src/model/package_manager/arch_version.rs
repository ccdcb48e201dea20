//! The order of the versions of Arch Linux: `1.0rc1` stands before `1.0`, and `1.0.rc1` after it.

use std::cmp::Ordering;

use super::versions::{by_number, leading, split_epoch};

/// Which of two versions is the newer one, as `vercmp` says. One without a release is as new as any release of it.
pub(super) fn compare(a: &str, b: &str) -> Ordering {
    let ((epoch, a), (other, b)) = (split_epoch(a), split_epoch(b));
    let parts = |version| {
        str::rsplit_once(version, '-').map_or((version, None), |(version, release)| (version, Some(release)))
    };
    let ((version, release), (other_version, other_release)) = (parts(a), parts(b));
    let releases = || match (release, other_release) {
        (Some(release), Some(other)) => compare_part(release, other),
        _ => Ordering::Equal,
    };
    epoch.cmp(&other).then_with(|| compare_part(version, other_version)).then_with(releases)
}

/// By segments of letters or digits, and by the length of what separates them. `1.0rc1` stands before `1.0`, and `1.0`
/// before `1.0.rc1`.
fn compare_part(mut a: &str, mut b: &str) -> Ordering {
    let separators = |text: &mut &str| {
        let rest = text.trim_start_matches(|c: char| !c.is_ascii_alphanumeric());
        let length = text.len() - rest.len();
        *text = rest;
        length
    };
    while !a.is_empty() && !b.is_empty() {
        let (length, other) = (separators(&mut a), separators(&mut b));
        if a.is_empty() || b.is_empty() {
            break;
        }
        if length != other {
            return length.cmp(&other);
        }
        let digits = a.starts_with(|c: char| c.is_ascii_digit());
        let (one, two) = (leading(&mut a, digits), leading(&mut b, digits));
        // A number is newer than letters.
        if two.is_empty() {
            return if digits { Ordering::Greater } else { Ordering::Less };
        }
        let found = if digits { by_number(one, two) } else { one.cmp(two) };
        if found.is_ne() {
            return found;
        }
    }
    let letters = |text: &str| text.starts_with(|c: char| c.is_ascii_alphabetic());
    match (a.is_empty(), b.is_empty()) {
        (true, true) => Ordering::Equal,
        // Letters that go on make it an older one, and anything else a newer one.
        _ if letters(a) || (a.is_empty() && !letters(b)) => Ordering::Less,
        _ => Ordering::Greater,
    }
}
