//! A turn, phase by phase: guards, plan, `before` notifications, change, retries.
//!
//! Custom resources and built-in ones share this code. Whatever a phase starts goes on the stack above the turn that
//! waits for it, so chains of notifications may have any length without recursion.

use std::collections::VecDeque;
use std::time::Duration;

use crate::model::collection::{Notification, Timing};
use crate::model::error::Failure;
use crate::model::event::{Event, Outcome};
use crate::model::known::Stop;

use super::action::{self, Preparation};
use super::apply::BrokenOff;
use super::asking;
use super::conclusion::{conclude, next_after};
use super::endless;
use super::notify::{deliver, report_notified};
use super::options::OnFailure;
use super::stack::Stack;
use super::state::RunState;
use super::turn::{Conclusion, Ended, List, ListResult, Phase, PreparedAction, Turn};
use super::unforeseen;

/// How often a pause checks for an interrupt.
const GLANCE: Duration = Duration::from_millis(100);

/// Runs the next phase of a turn.
pub(super) fn next_phase(state: &mut RunState<'_>, stack: &mut Stack, mut turn: Box<Turn>) {
    match std::mem::replace(&mut turn.phase, Phase::Again) {
        Phase::Start => start(state, stack, turn),
        Phase::Again => attempt(state, stack, turn),
        Phase::Before { failed: true, .. } if state.work.restarts.now().is_some() => {
            restarts_first(state, stack, turn);
        }
        Phase::Before { now, failed: true, .. } if state.declined.contains(&now.target) => {
            let first = state.row(now.target).id();
            let reason = format!("{first}, which must {} first, was answered with no", now.action);
            conclude(state, stack, turn, Outcome::NotRun { reason }.into());
        }
        Phase::Before { now, failed: true, .. } => {
            // The `before` notification failed. A retry runs it again.
            turn.before_done = false;
            stack.forget_before(&state.rows, turn.row);
            let first = format!("{}, which must {} first, failed", state.row(now.target).id(), now.action);
            stopped(state, stack, turn, Failure::new(first).into(), false);
        }
        Phase::Before { left, work, .. } => next_before(state, stack, turn, left, work, true),
        Phase::Rows(result) => rows_ended(state, stack, turn, result.unwrap_or_default()),
        Phase::Ended(conclusion) => conclude(state, stack, turn, conclusion),
        Phase::After { ended, left } => next_after(state, stack, turn, ended, left),
    }
}

fn start(state: &mut RunState<'_>, stack: &mut Stack, turn: Box<Turn>) {
    let Turn { row, action, .. } = turn.as_ref();
    if action == "nothing" {
        let clears = turn.notice.as_ref().map(|notice| notice.clears.clone()).unwrap_or_default();
        state.clear(&clears);
        if !state.tally.has(*row) {
            state.unnotified.insert(*row);
        }
        state.tally.note(*row, &Outcome::Skipped { reason: "it waits for a notification".to_owned() });
        return stack.end_turn(&state.rows, &turn, Ended::Quiet);
    }
    state.finish_trailing_before(*row);
    // In its own turn a row is left out with all its actions.
    if turn.notice.is_some()
        && let Some(reason) = state.unmet(*row)
    {
        state.leave_out(*row, &reason);
        return conclude(state, stack, turn, Outcome::NotRun { reason }.into());
    }
    let resource = state.rows.reference(*row);
    let is_made = turn.notice.is_none() && state.work.restarts.has_made(&resource.id);
    let notified_by = turn.notice.as_ref().map(|notice| notice.from.clone());
    state.work.events.emit(Event::ActionStarted { resource, action: action.clone(), notified_by });
    if is_made {
        return conclude(state, stack, turn, Outcome::UpToDate.into());
    }
    attempt(state, stack, turn);
}

fn attempt(state: &mut RunState<'_>, stack: &mut Stack, turn: Box<Turn>) {
    let prepared = action::prepare(state, turn.row, &turn.action);
    go_on(state, stack, turn, prepared);
}

fn go_on(
    state: &mut RunState<'_>,
    stack: &mut Stack,
    mut turn: Box<Turn>,
    prepared: Result<Preparation, Stop>,
) {
    match prepared {
        Err(stop) => match missing_because_of(state, &turn, &stop) {
            Some(failed) => not_run(state, stack, turn, &failed),
            None => stopped(state, stack, turn, stop, false),
        },
        Ok(Preparation::Skipped(reason)) => {
            for inside in state.rows.reached(turn.row, &turn.action) {
                state.tally.note(inside, &Outcome::Skipped { reason: reason.clone() });
            }
            conclude(state, stack, turn, Outcome::Skipped { reason }.into());
        }
        Ok(Preparation::Nothing) => conclude(state, stack, turn, Outcome::UpToDate.into()),
        Ok(Preparation::Open { until, hindrance }) => undecided(state, stack, turn, until, hindrance),
        Ok(Preparation::Rows { open, hindrance }) => {
            turn.hindrance = hindrance.map(|failure| state.shown(turn.row, failure));
            let rows = state.rows.of_action(turn.row, &turn.action);
            let mut list = List::new(rows, Some(turn.row), turn.notified);
            turn.open = open.or(turn.open);
            list.open.clone_from(&turn.open);
            stack.open(turn.row, &turn.action, turn.before_done);
            turn.phase = Phase::Rows(None);
            stack.push_turn(turn);
            stack.push_list(list);
        }
        Ok(Preparation::Changes(work))
            if state.is_plan() && (turn.open.is_some() || work.planned.until.is_some()) =>
        {
            if let Err(stop) = action::require_means(state, turn.row, &work.planned) {
                return stopped(state, stack, turn, stop, false);
            }
            let planned = match turn.open.clone() {
                Some(until) => work.planned.only_after(until),
                None => work.planned,
            };
            let until = planned.until.clone().unwrap_or_default();
            action::predict(state, turn.row, &turn.action, planned);
            conclude(state, stack, turn, Outcome::Unknown { until, failure: None }.into());
        }
        Ok(Preparation::Changes(work)) => {
            if let Some(failure) = unforeseen(state, &turn, &work) {
                return not_foreseen(state, stack, turn, failure);
            }
            if let Some(reason) = asking::refusal(state, &mut turn, &work.planned.changes) {
                return conclude(state, stack, turn, Outcome::NotRun { reason }.into());
            }
            let before = before(state, stack, &mut turn);
            next_before(state, stack, turn, before, work, false);
        }
    }
}

/// Collects the `before` notifications of a row: those of the custom resources around it, then its own.
fn before(state: &RunState<'_>, stack: &mut Stack, turn: &mut Turn) -> VecDeque<(usize, Notification)> {
    let mut notifiers: Vec<usize> = Vec::new();
    for pair in stack.around(&state.rows, turn.row).into_iter().rev() {
        if !stack.note_before(&pair) {
            notifiers.push(pair.0);
        }
    }
    if !std::mem::replace(&mut turn.before_done, true) {
        notifiers.push(turn.row);
    }
    let notifications = notifiers.into_iter().flat_map(|row| {
        state.rows.notifications(row, Timing::Before).map(move |notification| (row, notification.clone()))
    });
    notifications.collect()
}

/// Runs the next `before` notification; after the last one, makes the change. `again` means that a notified action has
/// run since the change was planned.
fn next_before(
    state: &mut RunState<'_>,
    stack: &mut Stack,
    mut turn: Box<Turn>,
    mut left: VecDeque<(usize, Notification)>,
    work: PreparedAction,
    again: bool,
) {
    // If one of them restarts the machine at once, the others follow after the restart.
    while state.work.restarts.now().is_none()
        && let Some((from, now)) = left.pop_front()
    {
        let pair = (now.target, now.action.clone());
        // A restart before a change is made once; after it, the run continues behind it.
        if stack.is_notified(&pair) || state.work.restarts.has_made(&state.row(now.target).id()) {
            continue;
        }
        let debt = state.rows.debt(from, &now, &state.options.run);
        report_notified(state, &debt, false);
        // The turn waits on the stack below the action that it starts.
        turn.phase = Phase::Before { left, now, failed: false, work };
        stack.push_turn(turn);
        deliver(state, stack, pair.0, debt, false);
        return;
    }
    if state.work.restarts.now().is_some() {
        return restarts_first(state, stack, turn);
    }
    if again {
        let prepared = action::prepare_again(state, turn.row, work.planner, &turn.action);
        return match prepared {
            Ok(Preparation::Changes(work)) if work.planned.until.is_none() => {
                change(state, stack, turn, work);
            }
            other => go_on(state, stack, turn, other),
        };
    }
    change(state, stack, turn, work);
}

/// A `before` notification requested a restart. The change is made when the run continues after it.
fn restarts_first(state: &mut RunState<'_>, stack: &mut Stack, turn: Box<Turn>) {
    let by = state.work.restarts.now().unwrap_or_default();
    let reason = format!("the machine restarts first, for {by}");
    conclude(state, stack, turn, Outcome::NotRun { reason }.into());
}

fn change(state: &mut RunState<'_>, stack: &mut Stack, mut turn: Box<Turn>, work: PreparedAction) {
    if state.is_plan() {
        if let Err(stop) = action::require_means(state, turn.row, &work.planned) {
            return stopped(state, stack, turn, stop, false);
        }
        return suppose_changed(state, stack, turn, work);
    }
    // A `before` notification may have changed what is left to do.
    if let Some(failure) = unforeseen(state, &turn, &work) {
        return not_foreseen(state, stack, turn, failure);
    }
    if let Some(reason) = asking::refusal(state, &mut turn, &work.planned.changes) {
        return conclude(state, stack, turn, Outcome::NotRun { reason }.into());
    }
    let announced = std::mem::take(&mut turn.announced) && turn.is_approved(&work.planned.changes);
    let around = stack.around(&state.rows, turn.row);
    match action::change(state, &turn, around, &work, announced) {
        Ok(()) => {
            if turn.notice.is_none() {
                action::look_at_guards_again(state, turn.row, &work.planned.changes);
            }
            state.started.note(turn.row, &turn.action, work);
            conclude(state, stack, turn, Outcome::Updated.into());
        }
        Err(BrokenOff { partly, stop }) => {
            state.started.disturb(&work.planned.changes);
            turn.partly |= partly;
            stopped(state, stack, turn, stop, false);
        }
    }
}

fn unforeseen(state: &RunState<'_>, turn: &Turn, work: &PreparedAction) -> Option<Failure> {
    unforeseen::refusal(state, turn.row, &turn.action, turn.partly, &work.planned.changes)
}

/// Fails an action that would change what a saved plan did not foresee. Another attempt would find the same, and the row
/// can't allow it.
fn not_foreseen(state: &mut RunState<'_>, stack: &mut Stack, turn: Box<Turn>, failure: Failure) {
    let failure = state.shown(turn.row, failure);
    state.halt(turn.row);
    conclude(state, stack, turn, Outcome::Failed { failure, ignored: false }.into());
}

/// In a plan: the changes are made.
fn suppose_changed(state: &mut RunState<'_>, stack: &mut Stack, mut turn: Box<Turn>, work: PreparedAction) {
    turn.repeats = work.planned.changes.iter().any(action::repeats);
    let endless = endless::restart(state, &turn, &work.planned.changes);
    if let Some(endless) = endless.as_ref().filter(|endless| endless.restart.now)
        && state.options.continues_after_restart
    {
        return stopped(state, stack, turn, endless.failure().into(), false);
    }
    let resource = state.rows.reference(turn.row);
    action::predict(state, turn.row, &turn.action, work.planned);
    if let Some(endless) = endless {
        state.work.restarts.predict_endless(&resource, &turn.action, endless);
    }
    conclude(state, stack, turn, Outcome::Updated.into());
}

/// All rows of a custom resource have ended.
fn rows_ended(state: &mut RunState<'_>, stack: &mut Stack, mut turn: Box<Turn>, result: ListResult) {
    let failed = result.failed.is_some() || stack.failed_inside(turn.row, &turn.action).is_some();
    let updated = result.updated || stack.was_updated_inside(turn.row, &turn.action);
    turn.before_done |= stack.close(turn.row, &turn.action);
    if failed {
        turn.partly |= updated || result.partly;
        let failure = Failure::new("a resource inside it failed");
        return stopped(state, stack, turn, failure.into(), true);
    }
    let outcome = if let Some(reason) = result.not_run {
        turn.partly |= updated || result.partly;
        Outcome::NotRun { reason }
    } else if updated {
        Outcome::Updated
    } else if let Some(until) = result.unknown.or_else(|| turn.open.clone()) {
        Outcome::Unknown { until, failure: turn.hindrance.take() }
    } else {
        Outcome::UpToDate
    };
    conclude(state, stack, turn, outcome.into());
}

/// An attempt failed or could not be planned. Starts another attempt if `retries` allows it.
fn stopped(state: &mut RunState<'_>, stack: &mut Stack, mut turn: Box<Turn>, stop: Stop, told: bool) {
    let row = turn.row;
    let failure = match stop {
        Stop::Unknown(until) => return unknown(state, stack, turn, until, None),
        Stop::Hindered(until, failure) => return unknown(state, stack, turn, until, Some(failure)),
        Stop::Wanted(_) => Failure::new("the state of the machine could not be determined"),
        Stop::Failed(failure) => failure,
    };
    if state.is_plan() && state.work.know.has_ended() {
        // Interrupting the plan has killed the command that it was running as well.
        state.cut = true;
        let reason = "the run was interrupted".to_owned();
        return conclude(state, stack, turn, Outcome::NotRun { reason }.into());
    }
    if let Some(until) = turn.open.clone() {
        // The row may never be reached.
        return unknown(state, stack, turn, until, (!told).then_some(failure));
    }
    let mut is_last = turn.retries == 0 || state.is_plan() || state.work.know.lost.is_some();
    if !is_last && !state.is_cut_short() {
        turn.retries -= 1;
        state.open_again(row, &turn.action, turn.failures);
        // While a retry follows, failures of this attempt stop nothing.
        state.halted = None;
        let failure = state.shown(row, failure.clone());
        let resource = state.rows.reference(row);
        state.work.events.emit(Event::Retry { resource, failure, left: turn.retries + 1 });
        pause(state, Duration::from_secs(u64::from(state.row(row).retry_delay)));
        is_last = state.is_cut_short();
        if !is_last {
            state.work.know.refresh();
            turn.announced = false;
            turn.phase = Phase::Again;
            return stack.push_turn(turn);
        }
    }
    let ignored = state.rows.ignores_failure(row);
    let failure = state.shown(row, failure);
    conclude(state, stack, turn, Conclusion { outcome: Outcome::Failed { failure, ignored }, told });
}

/// If a row can't be planned because an earlier one failed, and the run goes on after failures: the one that failed.
fn missing_because_of(state: &RunState<'_>, turn: &Turn, stop: &Stop) -> Option<String> {
    let may_go_on = state.options.on_failure == OnFailure::Continue && !turn.partly && turn.open.is_none();
    if !may_go_on || !matches!(stop, Stop::Failed(_)) {
        return None;
    }
    state.work.know.failed_before().map(str::to_owned)
}

/// Ends a turn that needs what failed. What needs this row fails for the same cause.
fn not_run(state: &mut RunState<'_>, stack: &mut Stack, turn: Box<Turn>, failed: &str) {
    action::leave_unmade(state, turn.row, failed);
    let reason = format!("{failed} failed");
    state.leave_out(turn.row, &reason);
    conclude(state, stack, turn, Outcome::NotRun { reason }.into());
}

fn unknown(
    state: &mut RunState<'_>,
    stack: &mut Stack,
    turn: Box<Turn>,
    until: String,
    failure: Option<Failure>,
) {
    action::doubt(state, turn.row);
    undecided(state, stack, turn, until, failure);
}

/// In a plan: ends the turn as unknown, because another resource decides whether it changes anything.
fn undecided(
    state: &mut RunState<'_>,
    stack: &mut Stack,
    turn: Box<Turn>,
    until: String,
    failure: Option<Failure>,
) {
    let failure = failure.map(|failure| state.shown(turn.row, failure));
    conclude(state, stack, turn, Outcome::Unknown { until, failure }.into());
}

/// Waits, or returns early if the run is interrupted.
pub(super) fn pause(state: &mut RunState<'_>, pause: Duration) {
    let mut left = pause;
    while !left.is_zero() && !state.options.is_interrupted() {
        let some = left.min(GLANCE);
        state.work.know.wait(some);
        left -= some;
    }
}
