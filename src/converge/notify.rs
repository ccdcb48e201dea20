//! Notifications: triggering them after an outcome, and starting the notified actions.

use std::collections::VecDeque;

use crate::model::collection::{Notification, Timing};
use crate::model::error::Diagnostic;
use crate::model::event::Event;
use crate::model::journal::Debt;

use super::owed::Enqueued;
use super::stack::Stack;
use super::state::RunState;
use super::turn::{Notice, Turn};

/// Starts a notified action. If the run is ending, the notification stays in the journal instead.
pub(super) fn deliver(
    state: &mut RunState<'_>,
    stack: &mut Stack,
    target: usize,
    debt: Debt,
    uncertain: bool,
) {
    if state.work.restarts.now().is_some() {
        return;
    }
    // A `before` notification is tried even so: its failure prevents the change.
    if state.work.know.has_ended() && debt.timing != Timing::Before {
        if debt.timing == Timing::OnFailure {
            let to = state.row(target).id();
            let warning = Diagnostic::warning(format!("{to} was not run: the run was ended before it"));
            state
                .work
                .events
                .warn(warning.note(format!("{} failed, and names it in `on_failure`", debt.from)));
        } else {
            state.warn_undelivered(target, &debt.action, &debt.from);
        }
        return;
    }
    let action = debt.action.clone();
    start_notified(
        state,
        stack,
        target,
        &action,
        Notice { from: debt.from.clone(), uncertain, clears: vec![debt] },
    );
}

pub(super) fn start_notified(
    state: &mut RunState<'_>,
    stack: &mut Stack,
    row: usize,
    action: &str,
    notice: Notice,
) {
    let mut turn = Turn::new(row, action, state.row(row).retries, Some(notice));
    turn.failures = state.failures.len();
    // An earlier failure must not stop the notified action, but a failure inside it must stop the rest of it.
    turn.halted = state.halted.take();
    stack.push_notified(turn);
}

pub(super) fn report_notified(state: &mut RunState<'_>, debt: &Debt, uncertain: bool) {
    state.work.events.emit(Event::Notified {
        from: debt.from.clone(),
        to: debt.to.clone(),
        action: debt.action.clone(),
        timing: debt.timing.word().to_owned(),
        uncertain,
        left_out: false,
    });
}

/// Reports the notifications of a row that are not sent, because the rows that they lead to are left out. Nothing is
/// owed for them.
pub(super) fn report_unsent(state: &mut RunState<'_>, row: usize, uncertain: bool) {
    report_left_out(state, row, uncertain, |timing| timing != Timing::OnFailure);
}

fn report_left_out(state: &mut RunState<'_>, row: usize, uncertain: bool, is_meant: fn(Timing) -> bool) {
    let unsent = state.row(row).unsent.iter().filter(|notification| is_meant(notification.timing));
    for Notification { target, action, timing, .. } in unsent {
        state.work.events.emit(Event::Notified {
            from: state.row(row).id(),
            to: state.row(*target).id(),
            action: action.clone(),
            timing: timing.word().to_owned(),
            uncertain,
            left_out: true,
        });
    }
}

/// Queues the delayed notifications of an updated row. Returns the immediate ones.
pub(super) fn notify(state: &mut RunState<'_>, row: usize) -> VecDeque<(usize, Debt)> {
    for notification in state.rows.notifications(row, Timing::Delayed) {
        let debt = state.rows.debt(row, notification, &state.options.run);
        match state.owed.enqueue(notification.target, debt.clone(), false) {
            Enqueued::First => report_notified(state, &debt, false),
            Enqueued::Again | Enqueued::Failed => {}
            Enqueued::Done => state.clear(&[debt]),
        }
    }
    let mut immediate: VecDeque<(usize, Debt)> = VecDeque::new();
    for notification in state.rows.notifications(row, Timing::Immediately) {
        immediate.push_back((notification.target, state.rows.debt(row, notification, &state.options.run)));
    }
    let late = late(state, row, immediate.make_contiguous());
    immediate.extend(late);
    immediate
}

/// What a failed row runs.
pub(super) fn on_failure(state: &mut RunState<'_>, row: usize) -> VecDeque<(usize, Debt)> {
    report_left_out(state, row, false, |timing| timing == Timing::OnFailure);
    let named = state.rows.notifications(row, Timing::OnFailure);
    named
        .map(|notification| (notification.target, state.rows.debt(row, notification, &state.options.run)))
        .collect()
}

/// Handles the notifications that earlier attempts of a row have left pending, now that it has succeeded. Delayed ones
/// are queued. Immediate ones are returned, except those in `certain`, which the row sends anyway.
pub(super) fn late(
    state: &mut RunState<'_>,
    row: usize,
    certain: &[(usize, Debt)],
) -> VecDeque<(usize, Debt)> {
    let mut immediate = VecDeque::new();
    for (target, debt) in state.owed.take_for_notifier(state.row(row)) {
        if debt.timing == Timing::Delayed {
            state.owed.queue(target, debt, false);
        } else if !certain.iter().any(|(row, other)| *row == target && other.is_same(&debt)) {
            immediate.push_back((target, debt));
        }
    }
    immediate
}

/// Like [`late`], for an action of a row that has further ones: what waits for the success of those goes on waiting.
pub(super) fn late_of_action(state: &mut RunState<'_>, row: usize, action: &str) -> VecDeque<(usize, Debt)> {
    let all = state.owed.take_for_notifier(state.row(row));
    let waits = |(_, debt): &(usize, Debt)| debt.awaits.as_deref().is_some_and(|awaited| awaited != action);
    let (awaiting, earned): (Vec<_>, Vec<_>) = all.into_iter().partition(waits);
    for (target, debt) in earned {
        state.owed.wait_for_notifier(target, debt);
    }
    let immediate = late(state, row, &[]);
    for (target, debt) in awaiting {
        state.owed.wait_for_notifier(target, debt);
    }
    immediate
}

/// In a plan: reports the notifications of a row that may change.
pub(super) fn suppose(
    state: &mut RunState<'_>,
    stack: &mut Stack,
    row: usize,
    before_done: bool,
) -> VecDeque<(usize, Debt)> {
    let mut at_once = VecDeque::new();
    for notification in &state.row(row).notifies {
        match notification.timing {
            Timing::Before if before_done => continue,
            Timing::OnFailure => continue,
            _ => {}
        }
        let debt = state.rows.debt(row, notification, &state.options.run);
        if notification.timing != Timing::Delayed {
            if stack.suppose(notification) {
                at_once.push_back((notification.target, debt));
            }
        } else if state.owed.enqueue(notification.target, debt.clone(), true) == Enqueued::First {
            report_notified(state, &debt, true);
        }
    }
    at_once
}
