//! Goes through a list of rows, and stops where there is a reason to.

use crate::model::event::Outcome;

use super::notify::deliver;
use super::stack::Stack;
use super::state::RunState;
use super::transaction;
use super::turn::{List, Phase, Turn};

/// Starts the next row of a list, or ends the list.
pub(super) fn next_row(state: &mut RunState<'_>, stack: &mut Stack, mut list: List) {
    if let Some(turn) = list.ready.pop_front() {
        stack.push_list(list);
        return stack.push_turn(turn);
    }
    while let Some(row) = list.current() {
        let declared = state.row(row);
        if list.action == 0 {
            state.finish_trailing_before(row);
            if let Some(reason) = reason_to_stop(state, stack, &mut list, row) {
                state.leave_out(row, &reason);
                list.result.not_run.get_or_insert(reason);
                list.next_row();
                continue;
            }
            // Notifications of an earlier run whose notifier is no longer declared.
            let mut late = state.owed.take_for_target(row);
            // The same action is already queued for the end of the run.
            late.retain(|debt| {
                let waits = state.owed.is_waiting(row, debt);
                if waits {
                    state.owed.queue(row, debt.clone(), false);
                }
                !waits
            });
            if !late.is_empty() {
                stack.push_list(list);
                for debt in late.into_iter().rev() {
                    deliver(state, stack, row, debt, false);
                }
                return;
            }
            if let Some(turns) = transaction::run(state, stack, &list.rows[list.at..]) {
                list.at += turns.len();
                list.ready = turns.into();
                return next_row(state, stack, list);
            }
        }
        let action = &declared.actions[list.action];
        let mut turn = Turn::new(row, action, declared.retries, None);
        // What an earlier action of the row has notified at once may have failed.
        if let Some(reason) = state.halted.clone().filter(|_| list.action > 0) {
            turn.phase = Phase::Ended(Outcome::NotRun { reason }.into());
        }
        turn.failures = state.failures.len();
        turn.notified = list.notified;
        turn.open.clone_from(&list.open);
        list.action += 1;
        if list.action == declared.actions.len() {
            list.next_row();
        }
        stack.push_list(list);
        stack.push_turn(turn);
        return;
    }
    if let Some(row) = state.finish_trailing()
        && list.of.is_some()
    {
        list.result.failed.get_or_insert_with(|| format!("{} failed", state.row(row).id()));
    }
    stack.end_list(list);
}

fn reason_to_stop(state: &mut RunState<'_>, stack: &Stack, list: &mut List, row: usize) -> Option<String> {
    if state.work.know.lost.is_some() {
        return Some("the target was lost".to_owned());
    }
    if let Some(by) = state.work.restarts.now() {
        return Some(format!("the machine restarts first, for {by}"));
    }
    let failed = state.row(row).parent.as_ref().and_then(|of| stack.failed_inside(of.row, &of.action));
    if let Some(failed) = failed {
        list.result.failed.get_or_insert_with(|| format!("{} failed", state.rows.get(failed).id()));
    }
    if list.result.failed.is_some() {
        return list.result.failed.clone();
    }
    // Notified actions are pending work, so a first interrupt lets them finish.
    let is_interrupted =
        if list.notified { state.work.know.has_ended() } else { state.options.is_interrupted() };
    // An action `nothing` has nothing to do in its turn, so it is not reported as skipped.
    if is_interrupted && state.row(row).actions.iter().any(|action| action != "nothing") {
        state.cut = true;
        return Some("the run was interrupted".to_owned());
    }
    state.halted.clone().or_else(|| state.unmet(row))
}
