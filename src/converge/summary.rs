//! The result of a run, and the resources that it was refused for.

use crate::model::ending::Ending;
use crate::model::error::Failure;
use crate::model::event::{Counts, Mode, ResourceRef};

/// The result of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// Nothing failed, apart from failures that were ignored.
    pub success: bool,
    /// Something changed. In a plan: something would change, or may.
    pub changed: bool,
    /// It was interrupted before everything was done.
    pub interrupted: bool,
    /// Rows by outcome. `None` if another machine has counted them.
    pub counts: Option<Counts>,
    /// `type[name]` of the resource for which the machine is to be restarted after the run.
    pub restart: Option<String>,
}

impl Summary {
    /// How the run ended.
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

/// A resource that can't be converged on this machine, whatever comes before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedResource {
    pub resource: ResourceRef,
    /// The action that is impossible.
    pub action: String,
    pub failure: Failure,
}
