//! Folds repeated lines into one with a count.

use crate::report::line::{Page, SafeLine, line};
use crate::report::style::{FAINT, paint};

/// Lines of output. Of consecutive equal lines only the first one, with a count.
pub(super) fn folded<'a>(lines: impl Iterator<Item = &'a String>) -> Vec<SafeLine> {
    let lines: Vec<&String> = lines.collect();
    let mut shown = Vec::new();
    for same in lines.chunk_by(|a, b| a == b) {
        shown.push(SafeLine::quoted(same[0]));
        shown.extend(words(same.len() - 1));
    }
    shown
}

/// The line that tells how often the previous line was repeated. Empty if it was not.
pub(super) fn more(times: usize) -> Page {
    words(times).map(|words| Page::of(line!("  {}", words))).unwrap_or_default()
}

fn words(times: usize) -> Option<SafeLine> {
    (times > 0).then(|| paint(FAINT, line!("… {} more like it", times)))
}
