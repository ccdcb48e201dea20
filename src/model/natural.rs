//! Natural sort order: `web2` comes before `web10`.

use std::cmp::Ordering;

/// Compares names: runs of digits by value, everything else by character. Different names are never equal.
#[must_use]
pub fn compare(a: &str, b: &str) -> Ordering {
    parts(a).cmp(parts(b)).then_with(|| a.cmp(b))
}

/// A part of a name.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Piece<'a> {
    /// Digits without leading zeros, with their number. More digits mean a larger value.
    Number(usize, &'a str),
    Other(char),
}

fn parts(name: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = name;
    std::iter::from_fn(move || {
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        if digits > 0 {
            let number = rest[..digits].trim_start_matches('0');
            rest = &rest[digits..];
            return Some(Piece::Number(number.len(), number));
        }
        let mut characters = rest.chars();
        let first = characters.next()?;
        rest = characters.as_str();
        Some(Piece::Other(first))
    })
}
