//! The board: hosts in progress, for a process that must exit at once, and notes for the reporter.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Shared by the workers, the reporting thread and the signal handler.
#[derive(Debug, Default)]
pub struct Board {
    under_way: Mutex<BTreeSet<String>>,
    words: Mutex<Vec<String>>,
}

impl Board {
    /// Names of the hosts in progress, sorted.
    #[must_use]
    pub fn under_way(&self) -> Vec<String> {
        lock(&self.under_way).iter().cloned().collect()
    }

    /// Adds a note to the report. May block as long as the reader of the report does.
    pub fn pin(&self, words: &str) {
        lock(&self.words).push(words.to_owned());
    }

    /// Takes the notes that were added since the last call.
    pub(super) fn take(&self) -> Vec<String> {
        std::mem::take(&mut lock(&self.words))
    }

    /// Marks a host as in progress, until the result is dropped.
    #[must_use]
    pub fn begin(&self, name: &str) -> AtWork<'_> {
        lock(&self.under_way).insert(name.to_owned());
        AtWork { board: self, name: name.to_owned() }
    }
}

/// A host in progress.
#[derive(Debug)]
pub struct AtWork<'a> {
    board: &'a Board,
    name: String,
}

impl Drop for AtWork<'_> {
    fn drop(&mut self) {
        lock(&self.board.under_way).remove(&self.name);
    }
}

/// The lists are always consistent, so a panic while a lock was held does no harm.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
