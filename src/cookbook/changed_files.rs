//! The files that differ between two versions of a cookbook.

use std::collections::BTreeMap;

use super::book::Cookbook;
use super::source::{FoundFile, read};
use super::tree_sum::BYTES;
use crate::model::sorted;

/// What happened to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileChange {
    Added,
    Changed,
    Removed,
}

/// Paths with what happened to them, by path.
#[must_use]
pub fn changed_files(old: &Cookbook, new: &Cookbook) -> Vec<(String, FileChange)> {
    let (before, after): (BTreeMap<String, u64>, BTreeMap<String, u64>) =
        (sorted::collected(old.files()), sorted::collected(new.files()));
    let mut found = BTreeMap::new();
    for (path, size) in &after {
        match before.get(path) {
            None => drop(found.insert(path.clone(), FileChange::Added)),
            // A file that can't be read is told as a changed one.
            Some(other) if other != size || !is_same(old, new, path) => {
                found.insert(path.clone(), FileChange::Changed);
            }
            Some(_) => {}
        }
    }
    for path in before.keys().filter(|path| !after.contains_key(*path)) {
        found.insert(path.clone(), FileChange::Removed);
    }
    found.into_iter().collect()
}

fn is_same(old: &Cookbook, new: &Cookbook, path: &str) -> bool {
    content(old, path).is_some_and(|old| content(new, path).is_some_and(|new| new == old))
}

fn content(book: &Cookbook, path: &str) -> Option<Vec<u8>> {
    match book.source.find(path).ok()?? {
        FoundFile::Disk { path, .. } => read(&path, BYTES + 1).ok(),
        FoundFile::Shipped(bytes) => Some(bytes.to_vec()),
    }
}
