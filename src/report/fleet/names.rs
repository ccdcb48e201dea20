//! Names for a heading, not too many.

use crate::model::english::{list, one_line};

/// Names that a heading lists before it counts the rest.
const NAMES: usize = 8;

/// Names for a heading: the first few, and how many more there are.
pub(super) fn named<S: AsRef<str>>(names: &[S]) -> String {
    let mut shown: Vec<String> = names.iter().take(NAMES).map(|name| one_line(name.as_ref())).collect();
    if names.len() > NAMES + 1 {
        shown.push(format!("{} more", names.len() - NAMES));
    } else {
        shown.extend(names.iter().skip(NAMES).map(|name| one_line(name.as_ref())));
    }
    list(&shown, "and")
}
