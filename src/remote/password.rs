//! A password, which is for sudo alone, and is tried on one machine before it goes to the others.

use std::fmt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How often whoever waits for another machine's answer looks whether that still makes sense.
const GLANCE: Duration = Duration::from_millis(50);

/// A password; never printed, not even for debugging. Clones are known to be wrong together: an account that many
/// machines share is locked by a few wrong attempts.
#[derive(Clone)]
pub struct Password {
    text: String,
    trial: Arc<Trial>,
}

/// What is known of it.
#[derive(Debug, Default)]
struct Trial {
    state: Mutex<TrialState>,
    bell: Condvar,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum TrialState {
    #[default]
    Untried,
    /// It is being tried on a machine.
    Trying,
    /// A machine has taken it.
    Right,
    /// A machine has refused it.
    Wrong,
}

impl Password {
    /// A password that was not tried yet.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self { text, trial: Arc::default() }
    }

    /// The password, once it makes sense to give it to a machine that asks: one tries it first, the others wait for that.
    /// Nothing where another machine has refused it, or nobody waits any more.
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

    /// What became of it on a machine; nothing where that can't be told.
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
