//! Restarts of the machine that would come after each of its starts. A plan foresees them: nothing in the list behind one is
//! ever reached, or the run ends at the limit of restarts.

use std::collections::BTreeMap;

use rustc_hash::FxHashSet;

use crate::model::change::Change;
use crate::model::step::Step;

use super::acting::notifiers;
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
    let again = acting_again(state, &notifiers);
    let by = notifiers.into_iter().find(|by| is_each_of(state, by, &again))?;
    Some(EndlessRestart { restart, by })
}

/// The rows that act in every run, among those through which these resources come to act.
fn acting_again(state: &mut RunState<'_>, ids: &[String]) -> FxHashSet<usize> {
    let mut again = FxHashSet::default();
    // What makes a row act has acted before it.
    for row in leading_to(state, ids).into_values() {
        if acts_again(state, row, &again) {
            again.insert(row);
        }
    }
    again
}

/// The rows through which these resources come to act, and they themselves, in the order in which they act.
fn leading_to(state: &RunState<'_>, ids: &[String]) -> BTreeMap<usize, usize> {
    let named = |ids: &[String]| ids.iter().flat_map(|id| state.rows.named(id)).copied().collect::<Vec<_>>();
    let mut found = BTreeMap::new();
    let mut open = named(ids);
    while let Some(row) = open.pop() {
        let Some(acting) = state.acting.get(row) else { continue };
        if found.insert(acting.place, row).is_none() {
            open.extend(named(acting.notified_by.as_deref().unwrap_or_default()));
            open.extend(inside(state, row));
        }
    }
    found
}

/// Whether all resources of a name are among these rows.
fn is_each_of(state: &RunState<'_>, id: &str, rows: &FxHashSet<usize>) -> bool {
    let named = state.rows.named(id);
    !named.is_empty() && named.iter().all(|row| rows.contains(row))
}

/// Whether a row acts in every run. `again` has those that act before it and do so.
fn acts_again(state: &mut RunState<'_>, row: usize, again: &FxHashSet<usize>) -> bool {
    if !is_let_again(state, row) {
        return false;
    }
    let Some(acting) = state.acting.get(row) else { return false };
    let notified_by = acting.notified_by.as_ref();
    let comes_again = notified_by.is_none_or(|by| by.iter().any(|by| is_each_of(state, by, again)));
    comes_again && (acting.repeats || inside(state, row).iter().any(|row| again.contains(row)))
}

/// The rows of a custom resource that its turn reaches.
fn inside(state: &RunState<'_>, row: usize) -> Vec<usize> {
    let declared = state.row(row);
    if !declared.custom {
        return Vec::new();
    }
    declared.actions.iter().flat_map(|action| state.rows.of_action(row, action)).collect()
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
