//! What became of a run.

use crate::model::ending::Ending;
use crate::model::event::{Counts, Mode};

/// What became of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// Nothing failed (or only what was told to be ignored).
    pub success: bool,
    /// Something changed, or would, or may (plan).
    pub changed: bool,
    /// It was interrupted before everything was done.
    pub interrupted: bool,
    /// Rows by outcome; nothing where another machine has counted them.
    pub counts: Option<Counts>,
    /// `type[name]` of the resource for which the machine is to be restarted now that the run is over.
    pub restart: Option<String>,
}

impl Summary {
    /// How it ended, in a word.
    #[must_use]
    pub fn ending(&self, mode: Mode) -> Ending {
        match (mode, self.success, self.changed) {
            _ if self.interrupted => Ending::Interrupted,
            (_, false, _) => Ending::Failed,
            (Mode::Run, true, _) => Ending::Converged,
            (Mode::Plan, true, true) => Ending::Changes,
            (Mode::Plan, true, false) => Ending::NothingToDo,
        }
    }
}
