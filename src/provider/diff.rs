//! Differences between texts.

use std::fmt::Write as _;

use similar::algorithms::{Capture, Compact, Replace, myers};
use similar::udiff::UnifiedHunkHeader;
use similar::{ChangeTag, group_diff_ops};

use crate::model::redact::STARS;

/// Longest diff that is kept, in lines. Reports show as much of it as the user asks for.
const LINES: usize = 4000;

/// Equal lines shown around a change.
const CONTEXT: usize = 3;

/// The difference between two texts.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct TextDifference {
    /// A difference that a diff would show badly: `line ends change from CRLF to LF`.
    pub(super) words: Option<String>,
    /// Unified diff of everything else.
    pub(super) diff: Option<String>,
}

/// Compares a text with the one that replaces it.
#[must_use]
pub(super) fn between(old: &str, new: &str) -> TextDifference {
    let words = match (line_ends(old), line_ends(new)) {
        (Some(before), Some(after)) if before != after => {
            format!("line ends change from {before} to {after}")
        }
        _ => return TextDifference { words: None, diff: unified(old, new) },
    };
    let diff = unified(&old.replace("\r\n", "\n"), &new.replace("\r\n", "\n"));
    TextDifference { words: Some(words), diff }
}

impl TextDifference {
    /// Hides the removed lines: a replaced secret is not known, so it can't be masked.
    pub(super) fn without_removed_lines(self) -> Self {
        let line = |line: &str| match line.strip_prefix('-') {
            Some(_) => format!("-{STARS}\n"),
            None => line.to_owned(),
        };
        Self { diff: self.diff.map(|diff| diff.split_inclusive('\n').map(line).collect()), ..self }
    }
}

/// The line ends of a text; `None` if it has none.
fn line_ends(text: &str) -> Option<&'static str> {
    let all = text.matches('\n').count();
    match text.matches("\r\n").count() {
        _ if all == 0 => None,
        0 => Some("LF"),
        same if same == all => Some("CRLF"),
        _ => Some("CRLF and LF"),
    }
}

/// A unified diff with three lines of context; `None` if the texts are equal or binary.
///
/// The library's own text format would pull in all its algorithms for all kinds of text: half a megabyte.
#[must_use]
pub fn unified(old: &str, new: &str) -> Option<String> {
    if old == new || old.contains('\0') || new.contains('\0') {
        return None;
    }
    let old: Vec<&str> = old.split_inclusive('\n').collect();
    let new: Vec<&str> = new.split_inclusive('\n').collect();
    let mut hook = Compact::new(Replace::new(Capture::new()), &old[..], &new[..]);
    let Ok(()) = myers::diff(&mut hook, &old[..], 0..old.len(), &new[..], 0..new.len());
    let mut text = String::new();
    for hunk in group_diff_ops(hook.into_inner().into_inner().into_ops(), CONTEXT) {
        // Writing to a string can't fail.
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

/// Cuts a text that is longer than anybody reads.
#[must_use]
pub fn shortened(text: String) -> String {
    let lines = text.lines().count();
    if lines <= LINES {
        return text;
    }
    let shown: Vec<&str> = text.lines().take(LINES).collect();
    format!("{}\n… {} more lines\n", shown.join("\n"), lines - LINES)
}
