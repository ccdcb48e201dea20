//! The lines of a unified diff.

use crate::report::line::{SafeLine, lines_of};
use crate::report::style::{ADDED, PLACE, REMOVED, paint};

/// Each line in the style of what it does.
pub(super) fn diff_lines(diff: &str) -> impl Iterator<Item = SafeLine> {
    lines_of(diff).map(|line| {
        let style = match line.as_ref().as_bytes().first() {
            Some(b'+') => ADDED,
            Some(b'-') => REMOVED,
            Some(b'@') => PLACE,
            _ => return line,
        };
        paint(style, line)
    })
}
