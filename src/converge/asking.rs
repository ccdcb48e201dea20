//! A run that asks before each change: what is asked, and what is not done without an answer.

use crate::model::change::Change;
use crate::model::decision::Decision;

use super::approval::Asking;
use super::state::RunState;
use super::turn::Turn;

const INTERRUPTED: &str = "the run was interrupted";

/// Reports the planned changes of a turn and asks about them, if that is wanted. Returns why they must not be made, if
/// so. Changes that were approved before are not asked for again: by a retry, or after a `before` notification.
pub(super) fn refusal(state: &mut RunState<'_>, turn: &mut Turn, changes: &[Change]) -> Option<String> {
    let approval = match (&state.options.approval, state.asking) {
        (Some(approval), Asking::Each) => approval.as_ref(),
        (_, Asking::Over) => return Some(INTERRUPTED.to_owned()),
        _ => return None,
    };
    if turn.is_approved(changes) {
        return None;
    }
    let cause = state.cause(turn.row, &turn.action);
    for change in changes {
        state.work.announce(&cause, change, false);
    }
    match approval.decide(&state.options.interrupt) {
        Decision::Yes => {}
        Decision::All => state.asking = Asking::Nothing,
        Decision::No => {
            state.declined.insert(turn.row);
            return Some("it was answered with no".to_owned());
        }
        Decision::Quit => {
            state.asking = Asking::Over;
            state.cut = true;
            state.options.interrupt.finish();
            return Some(INTERRUPTED.to_owned());
        }
    }
    turn.approve(changes);
    None
}
