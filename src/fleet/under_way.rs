//! Who is under way, for whoever has to leave at once; and words from outside of the run, for whoever reports.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Shared by the workers, the one who reports, and the one who listens for signals.
#[derive(Debug, Default)]
pub struct Board {
    under_way: Mutex<BTreeSet<String>>,
    words: Mutex<Vec<String>>,
}

impl Board {
    /// Names of the hosts that have been begun and have not ended, sorted.
    #[must_use]
    pub fn under_way(&self) -> Vec<String> {
        lock(&self.under_way).iter().cloned().collect()
    }

    /// Leaves a line to be reported among the others. It may take as long as the reader of the report does.
    pub fn pin(&self, words: &str) {
        lock(&self.words).push(words.to_owned());
    }

    /// The lines left since the last look.
    pub(super) fn take(&self) -> Vec<String> {
        std::mem::take(&mut lock(&self.words))
    }

    /// A host is begun; it has ended when this is dropped.
    #[must_use]
    pub fn begin(&self, name: &str) -> AtWork<'_> {
        lock(&self.under_way).insert(name.to_owned());
        AtWork { board: self, name: name.to_owned() }
    }
}

/// A host under way.
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

/// Nothing that holds these locks can leave a list half changed.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
