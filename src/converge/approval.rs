//! Who decides about changes in a run that asks before each of them, and how much is still asked.

use std::fmt::Debug;

use crate::model::decision::Decision;
use crate::target::interrupt::Interrupt;

/// Decides about changes that were just reported.
pub trait Approval: Debug + Send + Sync {
    /// Waits for the decision about the changes of one resource, for a limited time. Without one, or if the run is
    /// interrupted meanwhile, the decision is [`Decision::Quit`].
    fn decide(&self, interrupt: &Interrupt) -> Decision;
}

/// What the user still wants to be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asking {
    /// Each change.
    Each,
    /// Nothing: everything is approved.
    Nothing,
    /// Nothing: no further change is made, not even for notifications that were earned.
    Over,
}
