//! An index that finds the paths below a directory.

use camino::{Utf8Path, Utf8PathBuf};
use rustc_hash::FxHashMap;

/// Maps every directory to its direct children among the paths that were asked about.
#[derive(Debug, Default)]
pub(super) struct Below(FxHashMap<Utf8PathBuf, Vec<Utf8PathBuf>>);

impl Below {
    /// Adds a path and all its parent directories.
    pub(super) fn add(&mut self, path: &Utf8Path) {
        if self.0.contains_key(path) {
            return;
        }
        self.0.insert(path.to_owned(), Vec::new());
        let mut child = path;
        while let Some(parent) = child.parent() {
            if let Some(children) = self.0.get_mut(parent) {
                children.push(child.to_owned());
                return;
            }
            self.0.insert(parent.to_owned(), vec![child.to_owned()]);
            child = parent;
        }
    }

    /// Removes and returns all paths below a path, at any depth. The path itself stays, so that its parent lists it
    /// only once.
    pub(super) fn take(&mut self, path: &Utf8Path) -> Vec<Utf8PathBuf> {
        let mut taken = self.0.get_mut(path).map(std::mem::take).unwrap_or_default();
        let mut at = 0;
        while let Some(inside) = taken.get(at) {
            let further = self.0.remove(inside).unwrap_or_default();
            taken.extend(further);
            at += 1;
        }
        taken
    }
}
