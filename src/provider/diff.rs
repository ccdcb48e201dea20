//! Differences of texts, for people.

use std::fmt::Write as _;

use similar::algorithms::{Capture, Compact, Replace, myers};
use similar::udiff::UnifiedHunkHeader;
use similar::{ChangeTag, group_diff_ops};

/// Longest diff that is shown, in lines.
const LINES: usize = 200;

/// Equal lines shown around a change.
const CONTEXT: usize = 3;

/// A unified diff with three lines of context; nothing where the texts are equal, or only look like text.
///
/// The library's own way to this text carries every algorithm for every kind of text: half a megabyte.
#[must_use]
pub(super) fn unified(old: &str, new: &str) -> Option<String> {
    if old == new || old.contains('\0') || new.contains('\0') {
        return None;
    }
    let old: Vec<&str> = old.split_inclusive('\n').collect();
    let new: Vec<&str> = new.split_inclusive('\n').collect();
    let mut hook = Compact::new(Replace::new(Capture::new()), &old[..], &new[..]);
    let Ok(()) = myers::diff(&mut hook, &old[..], 0..old.len(), &new[..], 0..new.len());
    let mut text = String::new();
    for hunk in group_diff_ops(hook.into_inner().into_inner().into_ops(), CONTEXT) {
        // Writing to a string does not fail.
        let _ = writeln!(text, "{}", UnifiedHunkHeader::new(&hunk));
        for change in hunk.iter().flat_map(|op| op.iter_changes(&old[..], &new[..])) {
            text.push(match change.tag() {
                ChangeTag::Equal => ' ',
                ChangeTag::Delete => '-',
                ChangeTag::Insert => '+',
            });
            text.push_str(change.value());
            if !change.value().ends_with('\n') {
                text.push_str("\n\\ No newline at end of file\n");
            }
        }
    }
    Some(shortened(text))
}

/// The text, cut where it is longer than a person reads.
#[must_use]
pub fn shortened(text: String) -> String {
    let lines = text.lines().count();
    if lines <= LINES {
        return text;
    }
    let shown: Vec<&str> = text.lines().take(LINES).collect();
    format!("{}\n… {} more lines\n", shown.join("\n"), lines - LINES)
}
