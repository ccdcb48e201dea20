//! Lists of names for headings.

use crate::report::line::{SafeLine, line};

/// Most names in a heading.
const NAMES: usize = 8;

/// The first few names, and the number of the others.
pub(super) fn named<S: AsRef<str>>(names: &[S]) -> SafeLine {
    let mut shown: Vec<SafeLine> = names.iter().take(NAMES).map(SafeLine::of).collect();
    if names.len() > NAMES + 1 {
        shown.push(line!("{} more", names.len() - NAMES));
    } else {
        shown.extend(names.iter().skip(NAMES).map(SafeLine::of));
    }
    SafeLine::list(&shown, "and")
}
