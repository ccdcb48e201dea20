//! Options of a run.

use std::sync::Arc;

use crate::model::event::Mode;
use crate::model::secrets::Secrets;
use crate::target::interrupt::Interrupt;

use super::approval::Approval;

/// What to do with the rest of the list after a failure.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum OnFailure {
    /// Run nothing more, except delayed notifications that were already triggered.
    #[default]
    Stop,
    /// Run everything that does not depend on the failed resource, by notification or custom resource.
    Continue,
}

/// Options of one run.
#[derive(Debug, Clone)]
pub struct Options {
    pub mode: Mode,
    /// What to do after a failure.
    pub on_failure: OnFailure,
    /// Set when a user interrupts the run.
    pub interrupt: Interrupt,
    /// Do not run commands of cookbooks in a plan; what depends on one is unknown. Ignored in a run.
    pub no_commands: bool,
    /// Decides about each change before it is made. Ignored in a plan.
    pub approval: Option<Arc<dyn Approval>>,
    /// Values of `secret "name"`. They are masked in every event.
    pub secrets: Secrets,
    /// Whether the run goes on after a restart of the machine, as one on another machine does. One on this machine ends
    /// with it.
    pub continues_after_restart: bool,
    /// Id of the run, for the target's journal. Empty in a plan.
    pub run: String,
}

impl Options {
    /// Default options.
    #[must_use]
    pub fn new(mode: Mode) -> Self {
        Self {
            mode,
            on_failure: OnFailure::Stop,
            interrupt: Interrupt::default(),
            no_commands: false,
            approval: None,
            secrets: Secrets::default(),
            continues_after_restart: true,
            run: String::new(),
        }
    }

    /// Whether commands of cookbooks must not be run.
    #[must_use]
    pub fn runs_no_commands(&self) -> bool {
        self.no_commands && self.mode == Mode::Plan
    }

    /// Whether the run is to stop after the current resource.
    #[must_use]
    pub fn is_interrupted(&self) -> bool {
        self.interrupt.is_wanted()
    }
}
