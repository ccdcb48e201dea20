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

    pub(super) fn begun(&self, name: &str) {
        lock(&self.under_way).insert(name.to_owned());
    }

    pub(super) fn ended(&self, name: &str) {
        lock(&self.under_way).remove(name);
    }
}

/// Nothing that holds these locks can leave a list half changed.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
