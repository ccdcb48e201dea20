//! The password for sudo. It is tried on one machine before it is sent to others.

use std::fmt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Interval of checks while waiting for the result of another machine.
const GLANCE: Duration = Duration::from_millis(50);

/// A password that is never printed, not even by `Debug`. Clones share the result of the first attempt, because an
/// account on many machines may be locked after a few wrong ones.
#[derive(Clone)]
pub struct Password {
    text: String,
    trial: Arc<Trial>,
}

/// The shared result of the first attempt.
#[derive(Debug, Default)]
struct Trial {
    state: Mutex<TrialState>,
    bell: Condvar,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum TrialState {
    /// Not tried yet.
    #[default]
    Untried,
    /// Being tried on a machine.
    Trying,
    /// Accepted by a machine.
    Right,
    /// Refused by a machine.
    Wrong,
}

impl Password {
    /// A password that was not tried yet.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self { text, trial: Arc::default() }
    }

    /// The password for a machine that asks for it. The first machine gets it at once, the others wait for the result.
    /// `None` if another machine has refused it, or `is_over`.
    pub(super) fn given(&self, is_over: impl Fn() -> bool) -> Option<&str> {
        let mut state = self.state();
        loop {
            match *state {
                TrialState::Untried => {
                    *state = TrialState::Trying;
                    return Some(&self.text);
                }
                TrialState::Right => return Some(&self.text),
                TrialState::Wrong => return None,
                TrialState::Trying if is_over() => return None,
                TrialState::Trying => {
                    let waited = self.trial.bell.wait_timeout(state, GLANCE);
                    state = waited.unwrap_or_else(PoisonError::into_inner).0;
                }
            }
        }
    }

    /// Records the result on a machine. `None` if it is unknown.
    pub(super) fn tried(&self, right: Option<bool>) {
        let mut state = self.state();
        *state = match (right, *state) {
            (Some(true), _) | (_, TrialState::Right) => TrialState::Right,
            (Some(false), _) | (_, TrialState::Wrong) => TrialState::Wrong,
            (None, _) => TrialState::Untried,
        };
        self.trial.bell.notify_all();
    }

    /// Whether a machine has refused it.
    pub(super) fn is_wrong(&self) -> bool {
        *self.state() == TrialState::Wrong
    }

    fn state(&self) -> MutexGuard<'_, TrialState> {
        self.trial.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl PartialEq for Password {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Password {}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password")
    }
}
