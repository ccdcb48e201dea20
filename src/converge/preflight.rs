//! What can be known before the first change is said before the first change, and then nothing is touched.
//!
//! The rows are planned as the machine is now in any case. Only where that leaves a suspicion the whole collection is
//! planned once more, with what earlier rows change laid over: what fails there for certain is refused. A second plan is
//! made only where something impossible and another failure meet, to see which of them the run comes to first.

use crate::model::collection::Collection;
use crate::model::error::{Failure, FailureKind};
use crate::model::event::{Event, Mode, Outcome};
use crate::target::Target;

use super::engine::Engine;
use super::foresight::Foresight;
use super::options::{OnFailure, Options};
use super::refusal::RefusedResource;

/// Looks at everything, and says what would be refused. What was seen comes back, so that the run need not look again.
///
/// # Errors
/// The target was lost.
pub(super) fn look(
    collection: &Collection,
    target: &mut dyn Target,
    options: &Options,
    foresight: Foresight,
) -> Result<(Foresight, Vec<RefusedResource>), Failure> {
    let mut silent = |_: Event| {};
    let (foresight, suspicious) =
        Engine::new(collection, target, options, &mut silent).foreseen(foresight).look();
    let refused = if suspicious { refused(collection, target, options)? } else { Vec::new() };
    Ok((foresight, refused))
}

/// What fails for certain in a plan. Where the run would come to something impossible all that is so is named, also what
/// stands behind another failure.
fn refused(
    collection: &Collection,
    target: &mut dyn Target,
    options: &Options,
) -> Result<Vec<RefusedResource>, Failure> {
    // What keeps one from being planned says nothing about the others.
    let further = Options { on_failure: OnFailure::Continue, ..options.clone() };
    let mut failed = failures(collection, target, &further)?;
    if !failed.iter().any(is_impossible) {
        return Ok(Vec::new());
    }
    if options.on_failure == OnFailure::Continue {
        return Ok(failed);
    }
    // A run that ends at another failure may not come to what is impossible.
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
            resource, outcome: Outcome::Failed { failure, ignored: false }, ..
        } = event
            && refused.last().is_none_or(|last| last.resource.row != resource.row)
        {
            refused.push(RefusedResource { resource, failure });
        }
    };
    Engine::new(collection, target, &plan, &mut collect).converge(Vec::new())?;
    Ok(refused)
}
