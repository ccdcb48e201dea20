//! Floor 5: converges the collection on a target: observe, plan, apply, verify, notify.

use crate::model::collection::Collection;
use crate::model::error::Failure;
use crate::model::event::Event;
use crate::target::Target;

mod acting;
mod action;
mod apply;
mod approval;
mod asking;
mod attempt;
mod authority;
mod batch;
mod conclusion;
mod conflicts;
mod deferred;
mod early_answers;
mod endless;
mod engine;
mod exposed;
mod foreseen;
mod fragments;
mod guard;
mod journal;
mod knowledge;
mod list;
mod look_ahead;
mod masked_events;
mod mounts;
mod notify;
mod options;
mod overlay;
mod owed;
mod pending;
mod permissions;
mod preflight;
mod programs;
mod reads;
mod restart;
mod row_secrets;
mod rows;
mod stack;
mod started_services;
mod state;
mod summary;
mod tally;
mod trailing;
mod transaction;
mod turn;
mod unforeseen;
mod written_service;

pub use approval::Approval;
pub use early_answers::EarlyAnswers;
pub use options::{OnFailure, Options};
pub use summary::{RefusedResource, Summary};

/// Converges (or plans) a collection on a target. Everything that happens is sent to `sink` as an event.
///
/// # Errors
/// The target was lost. The events up to then have been sent.
pub fn converge(
    collection: &Collection,
    target: &mut dyn Target,
    options: &Options,
    sink: &mut dyn FnMut(Event),
) -> Result<Summary, Failure> {
    converge_with_early_answers(collection, target, options, EarlyAnswers::default(), sink)
}

/// Returns the resources that a run would refuse before its first change. A caller with several targets uses it to
/// change none of them unless all can be converged.
///
/// # Errors
/// The target was lost.
pub fn preflight(
    collection: &Collection,
    target: &mut dyn Target,
    options: &Options,
) -> Result<Vec<RefusedResource>, Failure> {
    let (_, mut refused) = preflight::look(collection, target, options, EarlyAnswers::default())?;
    refused.extend(authority::refused(collection));
    Ok(refused)
}

/// Ends a run because of `refused` resources. It sends the same events as any run, and changes nothing.
///
/// # Errors
/// The target was lost.
pub fn refuse(
    collection: &Collection,
    target: &mut dyn Target,
    options: &Options,
    refused: Vec<RefusedResource>,
    sink: &mut dyn FnMut(Event),
) -> Result<Summary, Failure> {
    engine::Engine::new(collection, target, options, sink).converge(refused)
}

/// Like [`converge`], with answers that were collected while the recipes were still being compiled.
///
/// # Errors
/// See [`converge`].
pub fn converge_with_early_answers(
    collection: &Collection,
    target: &mut dyn Target,
    options: &Options,
    early_answers: EarlyAnswers,
    sink: &mut dyn FnMut(Event),
) -> Result<Summary, Failure> {
    let (early_answers, mut refused) = preflight::look(collection, target, options, early_answers)?;
    refused.extend(authority::refused(collection));
    engine::Engine::new(collection, target, options, sink).with_early_answers(early_answers).converge(refused)
}
