//! The changes to all paths of a tree, merged into one change.

use std::fmt::Write as _;

use camino::Utf8Path;

use crate::model::change::Change;
use crate::model::english::count;
use crate::model::query::{Answer, Query};
use crate::model::step::Step;

#[derive(Default)]
pub(super) struct CopyChange {
    pub(super) steps: Vec<Step>,
    pub(super) then: Vec<(Query, Answer)>,
    pub(super) lines: String,
    pub(super) directories: usize,
    pub(super) copied: usize,
    pub(super) changed: usize,
    pub(super) linked: usize,
    pub(super) changed_links: usize,
    pub(super) attributes: usize,
    pub(super) removed: usize,
}

impl CopyChange {
    /// Adds a change of one path, with a line for the diff.
    pub(super) fn take(&mut self, change: Change, mark: char, path: &Utf8Path) {
        match change.diff {
            Some(diff) if mark == '~' => {
                let _ = write!(self.lines, "--- {path}\n+++ {path}\n{diff}");
            }
            _ => {
                let _ = writeln!(self.lines, "{mark} {path}: {}", change.summary);
            }
        }
        self.steps.extend(change.steps);
        self.then.extend(change.then);
    }

    /// The summary in one line.
    pub(super) fn summary(&self) -> String {
        let parts = [
            ("make", self.directories, "directory"),
            ("copy", self.copied, "file"),
            ("change", self.changed, "file"),
            ("make", self.linked, "link"),
            ("change", self.changed_links, "link"),
            ("set the owner, group or mode of", self.attributes, "path"),
            ("remove", self.removed, "other path"),
        ];
        let said: Vec<String> = parts
            .iter()
            .filter(|(_, n, _)| *n > 0)
            .map(|(verb, n, noun)| format!("{verb} {}", count(*n, noun)))
            .collect();
        said.join(", ")
    }
}
