//! The preflight: a run that is certain to fail is refused before its first change.
//!
//! All rows are planned against the current state anyway. Only if that leaves a suspicion, the whole collection is
//! planned again with predictions, and what fails there for certain is refused. A second such plan is needed only if
//! something impossible and another failure meet, to see which one the run reaches first.

use crate::model::collection::Collection;
use crate::model::error::{Failure, FailureKind};
use crate::model::event::{Event, Mode, Outcome};
use crate::target::Target;

use super::early_answers::EarlyAnswers;
use super::engine::Engine;
use super::options::{OnFailure, Options};
use super::summary::RefusedResource;

/// Looks ahead at all rows. Returns what was learned, so that the run need not ask again, and the resources to refuse.
///
/// # Errors
/// The target was lost.
pub(super) fn look(
    collection: &Collection,
    target: &mut dyn Target,
    options: &Options,
    early_answers: EarlyAnswers,
) -> Result<(EarlyAnswers, Vec<RefusedResource>), Failure> {
    let mut silent = |_: Event| {};
    let (early_answers, suspicious) =
        Engine::new(collection, target, options, &mut silent).with_early_answers(early_answers).look();
    let refused = if suspicious { refused(collection, target, options)? } else { Vec::new() };
    Ok((early_answers, refused))
}

/// What fails for certain in a plan. If the run would reach an impossible resource, all impossible ones are listed,
/// even those after another failure.
fn refused(
    collection: &Collection,
    target: &mut dyn Target,
    options: &Options,
) -> Result<Vec<RefusedResource>, Failure> {
    // A row that can't be planned says nothing about the others.
    let further = Options { on_failure: OnFailure::Continue, ..options.clone() };
    let mut failed = failures(collection, target, &further)?;
    if !failed.iter().any(is_impossible) {
        return Ok(Vec::new());
    }
    if options.on_failure == OnFailure::Continue {
        return Ok(failed);
    }
    // A run that stops at another failure may not reach the impossible resource.
    let stops_before = !failed.iter().all(is_impossible)
        && !failures(collection, target, options)?.iter().any(is_impossible);
    failed.retain(|refused| !stops_before && is_impossible(refused));
    Ok(failed)
}

fn is_impossible(refused: &RefusedResource) -> bool {
    refused.failure.kind == FailureKind::Impossible
}

/// What fails for certain in a plan.
fn failures(
    collection: &Collection,
    target: &mut dyn Target,
    options: &Options,
) -> Result<Vec<RefusedResource>, Failure> {
    let plan = Options { mode: Mode::Plan, ..options.clone() };
    let mut refused: Vec<RefusedResource> = Vec::new();
    let mut collect = |event: Event| {
        if let Event::ActionFinished {
            resource,
            action,
            outcome: Outcome::Failed { failure, ignored: false },
            ..
        } = event
            && refused.last().is_none_or(|last| last.resource.row != resource.row)
        {
            refused.push(RefusedResource { resource, action, failure });
        }
    };
    Engine::new(collection, target, &plan, &mut collect).converge(Vec::new())?;
    Ok(refused)
}
