//! Runs on other machines that this process has begun and not seen the end of: they go on without it.

use std::sync::{Mutex, MutexGuard, PoisonError};

static RUNS: Mutex<Vec<(String, String)>> = Mutex::new(Vec::new());

/// The target's name and the run's id of each.
#[must_use]
pub fn list() -> Vec<(String, String)> {
    runs().clone()
}

/// Whether there is none.
#[must_use]
pub fn is_empty() -> bool {
    runs().is_empty()
}

/// One of them, until it is dropped.
#[derive(Debug)]
pub(super) struct UnderWay(String, String);

impl UnderWay {
    pub(super) fn new(target: &str, run: &str) -> Self {
        let one = (target.to_owned(), run.to_owned());
        runs().push(one.clone());
        Self(one.0, one.1)
    }

    /// Id of the run.
    pub(super) fn run(&self) -> &str {
        &self.1
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        runs().retain(|(target, run)| (target, run) != (&self.0, &self.1));
    }
}

/// Nothing that holds the lock can leave the list half changed, so a panic elsewhere does not spoil it.
fn runs() -> MutexGuard<'static, Vec<(String, String)>> {
    RUNS.lock().unwrap_or_else(PoisonError::into_inner)
}
