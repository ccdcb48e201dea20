//! Restarts of the machine that would come after each of its starts. A plan foresees them: nothing in the list behind one is
//! ever reached, or the run ends at the limit of restarts.

use std::collections::BTreeSet;

use crate::model::change::Change;
use crate::model::step::Step;

use super::acting::{ActingRow, notifiers};
use super::action;
use super::restart::EndlessRestart;
use super::state::RunState;
use super::turn::Turn;

/// In a plan: the restart among these changes, if something that acts in every run has notified the turn.
pub(super) fn restart(state: &mut RunState<'_>, turn: &Turn, changes: &[Change]) -> Option<EndlessRestart> {
    let mut steps = changes.iter().flat_map(|change| &change.steps);
    let restart = steps.find_map(|step| match step {
        Step::Restart(Some(restart)) => Some(restart.as_ref().clone()),
        _ => None,
    })?;
    let notifiers = notifiers(turn.notice.as_ref()?);
    let by = notifiers.into_iter().find(|by| acts_in_every_run(state, by, &mut BTreeSet::new()))?;
    Some(EndlessRestart { restart, by })
}

/// Whether each resource of a name acts in every run.
fn acts_in_every_run(state: &mut RunState<'_>, id: &str, seen: &mut BTreeSet<usize>) -> bool {
    let rows = state.rows.named(id).to_vec();
    !rows.is_empty() && rows.into_iter().all(|row| acts(state, row, seen))
}

fn acts(state: &mut RunState<'_>, row: usize, seen: &mut BTreeSet<usize>) -> bool {
    let Some(ActingRow { repeats, notified_by }) = state.acting.get(row) else { return false };
    let (repeats, notified_by) = (*repeats, notified_by.clone());
    if !seen.insert(row) || !is_let_again(state, row) {
        return false;
    }
    let comes_again = match notified_by {
        None => true,
        Some(notifiers) => notifiers.iter().any(|by| acts_in_every_run(state, by, seen)),
    };
    let declared = state.row(row);
    let inside = || declared.actions.iter().flat_map(|action| state.rows.of_action(row, action)).collect();
    let inside: Vec<usize> = if declared.custom { inside() } else { Vec::new() };
    comes_again && (repeats || inside.into_iter().any(|row| acts(state, row, seen)))
}

/// Whether the guards of a row and of all around it still let it act, as far as that is known.
fn is_let_again(state: &mut RunState<'_>, row: usize) -> bool {
    let mut at = Some(row);
    while let Some(row) = at {
        if !action::is_let(state, row) {
            return false;
        }
        at = state.row(row).parent.as_ref().map(|parent| parent.row);
    }
    true
}

/// In a plan of a run that goes on after restarts: the restart at its end is one too many.
pub(super) fn fail_at_end(state: &mut RunState<'_>) {
    if !state.is_plan() || !state.options.continues_after_restart || !state.failures.is_empty() {
        return;
    }
    if let Some((resource, action, endless)) = state.work.restarts.take_endless() {
        state.fail(resource.row, &action, endless.failure(), std::time::Instant::now());
    }
}
