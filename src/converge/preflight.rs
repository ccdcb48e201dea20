//! Before an ordinary user's run changes anything: which resources would need the superuser?

use crate::model::collection::Collection;
use crate::model::error::Failure;
use crate::model::event::{Event, Mode};
use crate::model::query::{Answer, Host, Query};
use crate::model::step::Step;
use crate::resources;
use crate::target::Target;

use super::engine::Engine;
use super::{OnFailure, Options};

/// The resources that can't be converged by this user, with the reason; nothing for the superuser.
///
/// # Errors
/// The target was lost.
pub(super) fn refused(
    collection: &Collection,
    target: &mut dyn Target,
    options: &Options,
) -> Result<Vec<(usize, Failure)>, Failure> {
    let answers = target.ask(&[Query::Host])?;
    let Some(Answer::Host(host)) = answers.first().filter(|answer| !is_root(answer)) else {
        return Ok(Vec::new());
    };
    // All of them at once: what keeps one from being planned says nothing about the others.
    let plan = Options { mode: Mode::Plan, on_failure: OnFailure::Continue, ..options.clone() };
    let mut silent = |_: Event| {};
    let planned = Engine::new(collection, target, &plan, &mut silent).planned_steps();
    let mut refused: Vec<(usize, Failure)> = Vec::new();
    for (row, step) in planned {
        if refused.iter().any(|(other, _)| *other == row) {
            continue;
        }
        if let Some(reason) = reason(&collection.rows[row].r#type, &step, host, target)? {
            let failure = Failure::new(format!("{reason}, and this run is by `{}`", host.user))
                .hint("run it as root: sudo chefrs run …, or with --become on another machine");
            refused.push((row, failure));
        }
    }
    Ok(refused)
}

fn is_root(answer: &Answer) -> bool {
    matches!(answer, Answer::Host(host) if host.root)
}

fn reason(
    r#type: &str,
    step: &Step,
    host: &Host,
    target: &mut dyn Target,
) -> Result<Option<String>, Failure> {
    if resources::find(r#type).is_some_and(|entry| entry.needs_root) || step.needs_root(&host.user) {
        return Ok(Some("it needs root".to_owned()));
    }
    let Some(path) = step.path() else { return Ok(None) };
    let answers = target.ask(&[Query::Writable(path.to_owned())])?;
    if matches!(answers.first(), Some(Answer::Writable(false))) {
        return Ok(Some(format!("it needs root to write `{path}`")));
    }
    Ok(None)
}
