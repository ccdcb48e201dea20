//! Floor 1: a machine to converge, behind two verbs.

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
mod quote;
pub mod shell;
pub mod store;

/// A machine. `ask` reads and never writes; `apply` does one step whole or not at all.
pub trait Target {
    /// How it was named: `local`.
    fn name(&self) -> &str;

    /// Number of the process that works there, as an operator of the machine sees it.
    fn process(&self) -> u32 {
        std::process::id()
    }

    /// Whether somebody has ended the run so that no command is started any more.
    fn has_ended(&self) -> bool {
        false
    }

    /// Lets time pass on the machine, which may take a moment to be what it was told.
    fn wait(&mut self, pause: Duration) {
        std::thread::sleep(pause);
    }

    /// Answers a batch of queries, in their order. What can't be found out is an [`Answer::Failed`] of its own.
    ///
    /// # Errors
    /// The target can't be reached any more.
    fn ask(&mut self, queries: &[Query]) -> Result<Vec<Answer>, Failure>;

    /// Does one step.
    ///
    /// # Errors
    /// It could not be done; what was there before is there still, unless the failure says otherwise.
    fn apply(&mut self, step: &Step, progress: &mut dyn FnMut(Progress)) -> Result<(), Failure>;
}

/// A machine that a run can be held on: what that needs beside the two verbs.
pub trait RunTarget: Target {
    /// Gives it the bytes that steps name by digest.
    fn provide(&mut self, blobs: Blobs);

    /// The restart that this run has asked for.
    fn restart(&self) -> Option<&Restart>;

    /// Restarts the machine now, as it was asked to.
    ///
    /// # Errors
    /// It could not be restarted.
    fn go_down(&mut self) -> Result<(), Failure>;
}
