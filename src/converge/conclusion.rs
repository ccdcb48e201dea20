//! The end of an action: its report, its notifications, and what runs next.

use std::collections::VecDeque;

use crate::model::collection::Timing;
use crate::model::event::Outcome;
use crate::model::journal::Debt;

use super::action;
use super::notify::{
    deliver, late, late_of_action, notify, on_failure, report_notified, report_unsent, suppose,
};
use super::stack::Stack;
use super::state::RunState;
use super::turn::{Conclusion, Ended, Phase, Turn};

/// Reports how an action ended, and starts what follows.
pub(super) fn conclude(
    state: &mut RunState<'_>,
    stack: &mut Stack,
    mut turn: Box<Turn>,
    Conclusion { outcome, told }: Conclusion,
) {
    let row = turn.row;
    // An earlier attempt has changed something.
    let outcome = if outcome == Outcome::UpToDate && turn.partly { Outcome::Updated } else { outcome };
    let partly = turn.partly;
    let ended = match &outcome {
        Outcome::Updated => Ended::Updated,
        Outcome::Failed { ignored, .. } => Ended::Failed { ignored: *ignored, partly },
        Outcome::Unknown { until, .. } => Ended::Unknown(until.clone()),
        Outcome::NotRun { reason } => Ended::NotRun { reason: reason.clone(), partly },
        Outcome::UpToDate | Outcome::Skipped { .. } => Ended::Quiet,
    };
    let is_done = match &outcome {
        Outcome::Updated | Outcome::UpToDate | Outcome::Skipped { .. } => true,
        Outcome::Failed { ignored, .. } => *ignored,
        Outcome::Unknown { .. } | Outcome::NotRun { .. } => false,
    };
    // Before what notified it is cleared.
    if state.is_plan() && ended == Ended::Updated {
        state.acting.note(&turn);
    }
    if is_done && let Some(notice) = &mut turn.notice {
        // If it failed or was only partly run, the notification stays pending: the next run tries again.
        let mut clears = std::mem::take(&mut notice.clears);
        clears.retain(|debt| debt.begun.is_none());
        state.clear(&clears);
    } else if let Some(notice) = &turn.notice {
        if notice.clears.iter().any(|debt| debt.timing == Timing::Delayed) {
            state.owed.fail(row, &turn.action);
        }
        if matches!(outcome, Outcome::Failed { .. }) {
            let at_once = notice.clears.iter().filter(|debt| debt.timing == Timing::Immediately);
            state.undelivered.extend(at_once.map(|debt| (row, debt.clone())));
        }
    }
    // What was begun and failed is still begun, also if the failure is ignored.
    if matches!(outcome, Outcome::Updated | Outcome::UpToDate | Outcome::Skipped { .. }) {
        let ended = state.owed.end(row, &turn.action);
        state.clear(&ended);
    }
    let resource = state.rows.reference(row);
    if let Outcome::Failed { failure, ignored: false } = &outcome
        && !told
    {
        state.failures.push((resource.clone(), failure.clone()));
        action::leave_unmade(state, row, &resource.id);
    }
    if let Outcome::Failed { .. } = &outcome {
        leave_out_inside(state, &turn);
    }
    match &outcome {
        Outcome::Failed { ignored, .. } if !(*ignored && state.row(row).ignore_failure) => {
            leave_out_further(state, &turn, &format!("{} failed", state.row(row).id()));
        }
        Outcome::NotRun { reason } => leave_out_further(state, &turn, reason),
        _ => {}
    }
    state.report_end(resource, &turn.action, outcome, turn.started);
    let left = match &ended {
        Ended::Updated => {
            report_unsent(state, row, false);
            let immediate = notify(state, row);
            // A run stops here: what it queued, it queued in the part before the restart.
            if state.work.restarts.take_supposed() {
                state.owed.start_new_part();
            }
            immediate
        }
        // An attempt may have failed in an action that is still to come.
        Ended::Quiet if turn.notice.is_none() && state.row(row).actions.last() != Some(&turn.action) => {
            late_of_action(state, row, &turn.action)
        }
        Ended::Quiet => late(state, row, &[]),
        Ended::Unknown(_) => {
            report_unsent(state, row, true);
            suppose(state, stack, row, turn.before_done)
        }
        Ended::Failed { .. } | Ended::NotRun { .. } => {
            if partly {
                state.keep_owed_until_success(row, &turn.action);
            }
            if matches!(ended, Ended::Failed { .. }) { on_failure(state, row) } else { VecDeque::new() }
        }
    };
    next_after(state, stack, turn, ended, left);
}

/// Marks the rows of a failed custom resource that have not run as not run.
fn leave_out_inside(state: &mut RunState<'_>, turn: &Turn) {
    let reason = format!("{} failed", state.row(turn.row).id());
    for row in state.rows.of_action(turn.row, &turn.action) {
        if !state.tally.has(row) {
            state.leave_out(row, &reason);
        }
    }
}

/// Marks the rows of a custom resource's further actions as not run, since they depend on this one.
fn leave_out_further(state: &mut RunState<'_>, turn: &Turn, reason: &str) {
    let actions = &state.row(turn.row).actions;
    if turn.notice.is_some() || !state.row(turn.row).custom {
        return;
    }
    for action in actions.iter().skip_while(|action| **action != turn.action).skip(1) {
        for row in state.rows.of_action(turn.row, action) {
            if !state.tally.has(row) {
                state.leave_out(row, reason);
            }
        }
    }
}

/// Starts the next immediate notification. After the last one, ends the turn.
pub(super) fn next_after(
    state: &mut RunState<'_>,
    stack: &mut Stack,
    mut turn: Box<Turn>,
    ended: Ended,
    mut left: VecDeque<(usize, Debt)>,
) {
    let uncertain = matches!(ended, Ended::Unknown(_));
    while let Some((target, debt)) = left.pop_front() {
        if stack.is_notified(&(target, debt.action.clone())) {
            // It is in progress already.
            state.clear(&[debt]);
            continue;
        }
        // Pending notifications of an earlier run were reported when this run started.
        if debt.run == state.options.run {
            report_notified(state, &debt, uncertain);
        }
        turn.phase = Phase::After { ended, left };
        stack.push_turn(turn);
        deliver(state, stack, target, debt, uncertain);
        return;
    }
    end(state, stack, turn, ended);
}

fn end(state: &mut RunState<'_>, stack: &mut Stack, mut turn: Box<Turn>, mut ended: Ended) {
    if turn.notice.is_some() {
        if state.finish_trailing().is_some() {
            ended = Ended::Failed { ignored: false, partly: true };
        }
        let inner = state.halted.take();
        state.halted = turn.halted.take().or(inner);
    }
    // A failure inside a custom resource ends that resource first: it may have retries left, or `ignore_failure`.
    if matches!(ended, Ended::Failed { ignored: false, .. })
        && (turn.notice.is_some() || state.row(turn.row).parent.is_none())
    {
        state.halt(turn.row);
    }
    stack.end_turn(&state.rows, &turn, ended);
}
