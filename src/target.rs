//! Floor 1: the interface of a machine to converge.

use std::time::Duration;

use crate::model::blob::Blobs;
use crate::model::error::Failure;
use crate::model::query::{Answer, Query};
pub use crate::model::step::Progress;
use crate::model::step::{Restart, Step};

pub mod channel;
pub mod frame;
pub mod interrupt;
pub mod local;
pub mod outgoing;
pub mod pack;
pub mod probe;
pub mod quote;
pub mod shell;
pub mod store;

/// A machine. `ask` never writes; `apply` does one step, completely or not at all.
pub trait Target {
    /// Name of the target, such as `local`.
    fn name(&self) -> &str;

    /// Process id of the process that works on the machine, as its administrator sees it.
    fn process(&self) -> u32 {
        std::process::id()
    }

    /// Whether the run was ended so that no more commands are started.
    fn has_ended(&self) -> bool {
        false
    }

    /// Waits, for a machine that takes a moment to reach its new state.
    fn wait(&mut self, pause: Duration) {
        std::thread::sleep(pause);
    }

    /// Answers a batch of queries, in order. A query that fails gets an [`Answer::Failed`].
    ///
    /// # Errors
    /// The target was lost.
    fn ask(&mut self, queries: &[Query]) -> Result<Vec<Answer>, Failure>;

    /// Applies one step.
    ///
    /// # Errors
    /// It failed. Nothing was changed, unless the failure says otherwise.
    fn apply(&mut self, step: &Step, progress: &mut dyn FnMut(Progress)) -> Result<(), Failure>;
}

/// A machine that can run as a target of its own: what that needs beside [`Target`].
pub trait RunTarget: Target {
    /// Sets the blobs that steps refer to by digest.
    fn provide(&mut self, blobs: Blobs);

    /// The restart that this run has requested.
    fn restart(&self) -> Option<&Restart>;

    /// Restarts the machine as requested.
    ///
    /// # Errors
    /// It could not be restarted.
    fn go_down(&mut self) -> Result<(), Failure>;
}
