//! Limits how many runs compile at the same time: each needs a Luau VM, and more of them than cores are of no use.

use std::sync::{Condvar, Mutex, PoisonError};
use std::thread;

/// A semaphore for compiling.
#[derive(Debug)]
pub struct Turns {
    free: Mutex<usize>,
    given_back: Condvar,
}

/// A turn. Dropping it releases it.
#[derive(Debug)]
pub(super) struct TakenTurn<'a>(&'a Turns);

impl Turns {
    /// Allows this many at the same time; at least one.
    #[must_use]
    pub fn new(turns: usize) -> Self {
        Self { free: Mutex::new(turns.max(1)), given_back: Condvar::new() }
    }

    /// Allows one for each core of this machine.
    #[must_use]
    pub fn of_this_machine() -> Self {
        Self::new(thread::available_parallelism().map_or(1, usize::from))
    }

    /// Waits for a turn.
    pub(super) fn take(&self) -> TakenTurn<'_> {
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let mut free =
            self.given_back.wait_while(free, |free| *free == 0).unwrap_or_else(PoisonError::into_inner);
        *free -= 1;
        TakenTurn(self)
    }
}

impl Drop for TakenTurn<'_> {
    fn drop(&mut self) {
        *self.0.free.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.0.given_back.notify_one();
    }
}
