//! Names for a heading, not too many.

use crate::report::line::{SafeLine, line};

/// Names that a heading lists before it counts the rest.
const NAMES: usize = 8;

/// Names for a heading: the first few, and how many more there are.
pub(super) fn named<S: AsRef<str>>(names: &[S]) -> SafeLine {
    let mut shown: Vec<SafeLine> = names.iter().take(NAMES).map(SafeLine::of).collect();
    if names.len() > NAMES + 1 {
        shown.push(line!("{} more", names.len() - NAMES));
    } else {
        shown.extend(names.iter().skip(NAMES).map(SafeLine::of));
    }
    SafeLine::list(&shown, "and")
}
