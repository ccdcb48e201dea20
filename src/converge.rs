//! Floor 5: the collection onto a target: observe, plan, apply, verify, notify.

use crate::model::collection::Collection;
use crate::model::error::Failure;
use crate::model::event::{Event, Mode};
use crate::target::Target;

/// What became of a run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary {
    /// Nothing failed (or only what was told to be ignored).
    pub success: bool,
    /// Something changed, or would.
    pub changed: bool,
}

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
    /// Run or plan.
    pub mode: Mode,
    /// After a failure.
    pub on_failure: OnFailure,
    /// Set from outside when the run shall end: looked at between resources.
    pub interrupted: std::sync::Arc<std::sync::atomic::AtomicBool>,
}

/// Converges (or plans) a collection on a target. Everything that happens comes out as events.
///
/// # Errors
/// The target was lost; events tell how far it came.
pub fn converge(
    _collection: &Collection,
    _target: &mut dyn Target,
    _options: &Options,
    _sink: &mut dyn FnMut(Event),
) -> Result<Summary, Failure> {
    unimplemented!()
}
