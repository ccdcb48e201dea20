//! Lines that say the same are said once, and counted.

use crate::report::line::{Page, SafeLine, line};
use crate::report::style::{FAINT, paint};

/// The lines of a program, as it printed them; of equal ones beside each other the first.
pub(super) fn folded<'a>(lines: impl Iterator<Item = &'a String>) -> Vec<SafeLine> {
    let lines: Vec<&String> = lines.collect();
    let mut shown = Vec::new();
    for same in lines.chunk_by(|a, b| a == b) {
        shown.push(SafeLine::quoted(same[0]));
        shown.extend(words(same.len() - 1));
    }
    shown
}

/// How often the line above came again; nothing where it did not.
pub(super) fn more(times: usize) -> Page {
    words(times).map(|words| Page::of(line!("  {}", words))).unwrap_or_default()
}

fn words(times: usize) -> Option<SafeLine> {
    (times > 0).then(|| paint(FAINT, line!("… {} more like it", times)))
}
