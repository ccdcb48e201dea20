//! How a collection is to be converged.

use std::collections::BTreeMap;

use crate::model::event::Mode;
use crate::target::interrupt::Interrupt;

/// What to do with the rest of the list after a failure.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum OnFailure {
    /// Nothing further is run, but delayed notifications already earned are.
    #[default]
    Stop,
    /// Whatever does not depend on the failed resource by notification or custom resource goes on.
    Continue,
}

/// Choices of one run.
#[derive(Debug, Clone)]
pub struct Options {
    pub mode: Mode,
    pub on_failure: OnFailure,
    /// How somebody wants the run to end.
    pub interrupt: Interrupt,
    /// A plan runs no command of a cookbook: what depends on one is unknown. A run takes no notice.
    pub no_commands: bool,
    /// Values of `secret "name"`; they are masked in every event.
    pub secrets: BTreeMap<String, String>,
    /// Id of the run, for the target's journal; a plan has none.
    pub run: String,
}

impl Options {
    /// A mode with everything else as usual.
    #[must_use]
    pub fn new(mode: Mode) -> Self {
        Self {
            mode,
            on_failure: OnFailure::Stop,
            interrupt: Interrupt::default(),
            no_commands: false,
            secrets: BTreeMap::new(),
            run: String::new(),
        }
    }

    /// Whether no command of a cookbook is to be run.
    #[must_use]
    pub fn runs_no_commands(&self) -> bool {
        self.no_commands && self.mode == Mode::Plan
    }

    /// Whether somebody wants the run to stop after the current resource.
    #[must_use]
    pub fn is_interrupted(&self) -> bool {
        self.interrupt.is_wanted()
    }
}
