//! Floor 5: the collection onto a target: observe, plan, apply, verify, notify.

use std::collections::BTreeMap;

use crate::model::collection::Collection;
use crate::model::ending::Ending;
use crate::model::error::Failure;
use crate::model::event::{Counts, Event, Mode};
use crate::target::Target;
use crate::target::interrupt::Interrupt;

mod action;
mod ahead;
mod attempt;
mod conclusion;
mod debts;
mod deferred;
mod engine;
mod foresight;
mod guard;
mod journal;
mod knowledge;
mod list;
mod notify;
mod overlay;
mod pending;
mod preflight;
mod reads;
mod redact;
mod refusal;
mod restart;
mod rights;
mod rows;
mod stack;
mod state;
mod tally;
mod trailing;
mod transaction;
mod turn;
mod unit;
mod voice;
mod work;

pub use foresight::Foresight;
pub use refusal::RefusedResource;

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
    /// How somebody wants the run to end.
    pub interrupt: Interrupt,
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
            secrets: BTreeMap::new(),
            run: String::new(),
        }
    }

    /// Whether somebody wants the run to stop after the current resource.
    #[must_use]
    pub fn is_interrupted(&self) -> bool {
        self.interrupt.is_wanted()
    }
}

/// Converges (or plans) a collection on a target. Everything that happens comes out as events.
///
/// # Errors
/// The target was lost; the events tell how far it came.
pub fn converge(
    collection: &Collection,
    target: &mut dyn Target,
    options: &Options,
    sink: &mut dyn FnMut(Event),
) -> Result<Summary, Failure> {
    converge_foreseen(collection, target, options, Foresight::default(), sink)
}

/// The resources that a run would refuse before it touches anything. For whoever has several targets and wants to touch
/// none of them unless all can be converged.
///
/// # Errors
/// The target was lost.
pub fn preflight(
    collection: &Collection,
    target: &mut dyn Target,
    options: &Options,
) -> Result<Vec<RefusedResource>, Failure> {
    preflight::look(collection, target, options, Foresight::default()).map(|(_, refused)| refused)
}

/// The same as [`converge`], with what was seen of the target while the collection was still being made.
///
/// # Errors
/// As [`converge`].
pub fn converge_foreseen(
    collection: &Collection,
    target: &mut dyn Target,
    options: &Options,
    foresight: Foresight,
    sink: &mut dyn FnMut(Event),
) -> Result<Summary, Failure> {
    let (foresight, refused) = match options.mode {
        Mode::Run => preflight::look(collection, target, options, foresight)?,
        Mode::Plan => (foresight, Vec::new()),
    };
    engine::Engine::new(collection, target, options, sink).foreseen(foresight).converge(refused)
}
