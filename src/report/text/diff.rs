//! One line of a unified diff.

use crate::model::english::printable;
use crate::report::style::{ADDED, PLACE, REMOVED, paint};

/// The line in the style of what it does.
pub(super) fn diff_line(line: &str) -> String {
    let safe = printable(line);
    let style = match line.as_bytes().first() {
        Some(b'+') => ADDED,
        Some(b'-') => REMOVED,
        Some(b'@') => PLACE,
        _ => return safe,
    };
    paint(style, &safe)
}
