//! Adjacent resources whose changes are made by one command: several packages are one transaction.

use crate::model::change::Change;
use crate::model::collection::Row;
use crate::model::collection::Timing;
use crate::model::event::{Event, Outcome};
use crate::model::step::Step;
use crate::resources;

use super::action::{self, Preparation};
use super::approval::Asking;
use super::stack::Stack;
use super::state::RunState;
use super::turn::{Conclusion, Phase, PreparedAction, Turn};
use super::unforeseen;

/// A row of the transaction. Without `work` it is up to date.
struct Member {
    row: usize,
    work: Option<PreparedAction>,
}

impl Member {
    fn change(&self) -> Option<&Change> {
        self.work.as_ref()?.planned.changes.first()
    }

    fn step(&self) -> Option<&Step> {
        self.change()?.steps.first()
    }

    /// Whether it predicts an answer that the other one predicts too.
    fn decides(&self, other: &Self) -> bool {
        let (Some(first), Some(second)) = (self.change(), other.change()) else { return false };
        let first = &first.then;
        second.then.iter().any(|(query, _)| first.iter().any(|(same, _)| same == query))
    }
}

/// Converges the first rows of a list together, if one command can change at least two of them. Returns their turns,
/// each with its outcome.
pub(super) fn run(state: &mut RunState<'_>, stack: &Stack, rows: &[usize]) -> Option<Vec<Turn>> {
    // Each change is asked for, so each is made by itself.
    if state.is_plan() || state.asking != Asking::Nothing || !joins(state.row(rows[0])) {
        return None;
    }
    let mut members: Vec<Member> = Vec::new();
    let mut all: Option<Step> = None;
    for &row in rows {
        let declared = state.row(row);
        // Needs a `before` notification, and so a turn of its own.
        if !joins(declared) || stack.owes_before(&state.rows, row) {
            break;
        }
        let Some(member) = member(state, row) else { break };
        // Can only be planned after the earlier one has converged.
        if members.iter().any(|earlier| earlier.decides(&member)) {
            break;
        }
        if let Some(step) = member.step() {
            let joined = match &all {
                None => Some(step.clone()),
                Some(before) => before.joined(step),
            };
            if joined.is_none() {
                break;
            }
            all = joined;
        }
        members.push(member);
        // An immediate notification must run before the next row.
        if state.rows.notifications(row, Timing::Immediately).next().is_some() {
            break;
        }
    }
    if members.iter().filter(|member| member.work.is_some()).count() < 2 {
        return None;
    }
    Some(commit(state, stack, members, &all?))
}

/// Whether the declaration of a row allows it to share a command with its neighbours.
fn joins(row: &Row) -> bool {
    resources::find(&row.r#type).is_some_and(|entry| entry.joins)
        && row.only_if.is_empty()
        && row.not_if.is_empty()
        && row.retries == 0
        && row.requires.is_empty()
        && !row.ignore_failure
        && row.notifies.iter().all(|notification| notification.timing != Timing::Before)
        && matches!(row.actions.as_slice(), [action] if action != "nothing")
}

/// Errors are ignored here: they are reported at the row's own turn.
fn member(state: &mut RunState<'_>, row: usize) -> Option<Member> {
    let work = match action::prepare(state, row, &state.row(row).actions[0]).ok()? {
        Preparation::Nothing => None,
        Preparation::Changes(work) if matches!(work.planned.changes.as_slice(), [Change { steps, .. }] if steps.len() == 1) => {
            Some(work)
        }
        _ => return None,
    };
    if let Some(PreparedAction { planned, .. }) = &work {
        let refused = unforeseen::refusal(state, row, &state.row(row).actions[0], false, &planned.changes);
        if refused.is_some() {
            return None;
        }
    }
    Some(Member { row, work })
}

fn commit(state: &mut RunState<'_>, stack: &Stack, members: Vec<Member>, step: &Step) -> Vec<Turn> {
    let leader = members.iter().find(|member| member.work.is_some()).map_or(0, |member| member.row);
    let action = state.row(leader).actions[0].clone();
    for member in &members {
        let resource = state.rows.reference(member.row);
        let action = state.row(member.row).actions[0].clone();
        state.work.events.emit(Event::ActionStarted { resource, action: action.clone(), notified_by: None });
        if let Some(change) = member.change() {
            let cause = state.cause(member.row, &action);
            state.work.announce(&cause, change, false);
        }
    }
    let changing = members.iter().filter(|member| member.work.is_some()).map(|member| member.row);
    let changing = changing.map(|row| (row, state.row(row).actions[0].clone()));
    let debts = state.new_debts(stack.around(&state.rows, leader).into_iter().chain(changing));
    let cause = state.cause(leader, &action);
    let mut failure = state.record_owed(&debts).and_then(|()| state.work.step(&cause, step)).err();
    for work in members.iter().filter_map(|member| member.work.as_ref()) {
        state.started.disturb(&work.planned.changes);
    }
    let came: Vec<bool> = members.iter().map(|member| came(state, member)).collect();
    let failed: Vec<String> = members
        .iter()
        .zip(&came)
        .filter(|(member, came)| member.work.is_some() && !**came)
        .map(|(member, _)| state.row(member.row).id())
        .collect();
    // A custom resource around all of them has changed if one of them has.
    let is_any_here = members.iter().zip(&came).any(|(member, came)| member.work.is_some() && *came);
    let unearned: Vec<_> =
        debts.into_iter().filter(|debt| !is_any_here || failed.contains(&debt.from)).collect();
    state.clear(&unearned);
    let together = format!("it was to be installed together with {}, which failed", cause.resource.id);
    let mut turns: Vec<Turn> = Vec::with_capacity(members.len());
    for (member, came) in members.iter().zip(came) {
        let outcome = if member.work.is_none() {
            Outcome::UpToDate
        } else if came {
            Outcome::Updated
        } else if let Some(failure) = failure.take() {
            let failure = state.shown(member.row, failure);
            Outcome::Failed { failure, ignored: state.rows.ignores_failure(member.row) }
        } else {
            Outcome::NotRun { reason: together.clone() }
        };
        let mut turn = Turn::new(member.row, &state.row(member.row).actions[0], 0, None);
        turn.failures = state.failures.len();
        turn.phase = Phase::Ended(Conclusion::from(outcome));
        turns.push(turn);
    }
    if let (Some(failure), Some(turn)) = (failure, turns.iter_mut().find(|turn| turn.row == leader)) {
        // The command failed, although every package is in its declared state.
        let failure = state.shown(leader, failure);
        let ignored = state.rows.ignores_failure(leader);
        turn.partly = true;
        turn.phase = Phase::Ended(Outcome::Failed { failure, ignored }.into());
    }
    turns
}

/// Whether the row is as declared now that the command has run.
fn came(state: &mut RunState<'_>, member: &Member) -> bool {
    let Some(work) = &member.work else { return true };
    let action = &state.row(member.row).actions[0];
    state.work.know.plan(work.planner.as_ref(), action).is_ok_and(|planned| planned.changes.is_empty())
}
