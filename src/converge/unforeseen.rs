//! A run of a saved plan: what the plan did not foresee is not done.

use crate::model::change::Change;
use crate::model::error::Failure;
use crate::model::event::Event;

use super::state::RunState;

/// Why the changes of an action must not be made, if so: the plan neither showed one of them nor left open what the
/// action changes. `is_begun`: the action has made some of its changes, and what is left is the rest of them.
pub(super) fn refusal(
    state: &RunState<'_>,
    row: usize,
    action: &str,
    is_begun: bool,
    changes: &[Change],
) -> Option<Failure> {
    let foreseen = state.foreseen.as_ref().filter(|_| !is_begun)?;
    if foreseen.leaves_open(&state.rows, row, action) {
        return None;
    }
    let cause = state.cause(row, action);
    // The rest of what an earlier run has begun, which that run's plan has shown as a part of a change.
    let is_rest = |change: &&Change| change.unseen.is_some() && state.owed.begun(row, action).is_some();
    let surprise = changes.iter().filter(|change| !is_rest(change)).find_map(|change| {
        // As it would be reported, since that is what the plan has of it.
        match state.work.events.masked(cause.told(change, false)) {
            Event::Change { summary, diff, .. } if !foreseen.has(row, action, &summary, diff.as_deref()) => {
                Some(summary)
            }
            _ => None,
        }
    })?;
    let failure = Failure::new(format!("the saved plan does not have this change: {surprise}"));
    Some(failure.hint("the machine has changed since it was planned: plan again, and apply that"))
}
