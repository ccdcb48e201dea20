//! Owed notifications of earlier runs, and what a run does with them.

use crate::model::collection::Timing;
use crate::model::error::Diagnostic;
use crate::model::event::{Event, Mode};
use crate::model::journal::{Debt, Holder, Journal};
use crate::model::known::Stop;
use crate::model::query::{Answer, Query};

use super::state::RunState;

/// Takes over the owed notifications of earlier runs. Each is delivered in this run, kept for another, or dropped;
/// the last two are reported.
pub(super) fn inherit(state: &mut RunState<'_>) {
    let answer = state.work.know.one(&Query::Journal).cloned();
    let journal = match answer {
        Ok(Answer::Journal(journal)) => journal,
        Err(Stop::Failed(failure)) if state.work.know.lost.is_none() => {
            return state.work.events.warn_of("can't read what earlier runs still owe", failure);
        }
        _ => return,
    };
    if journal.unread > 0 {
        let what = format!("`{}` has entries that this version of chefrs does not understand", journal.path);
        state.work.events.warn(
            Diagnostic::warning(what)
                .hint("a newer version wrote them: use that version, or remove the lines"),
        );
    }
    let Journal { mut owed, restarts, .. } = journal;
    if let Some(holder) = under_way(state) {
        // A run in progress delivers its own notifications.
        owed.retain(|debt| debt.run != holder.run);
        let text = format!("the {holder} is in progress, so this plan shows what is left now");
        state.work.events.emit(Event::Note { text });
    }
    state.owed.open(owed.iter().cloned());
    let restarts = state.work.restarts.inherit(restarts, &state.options.run);
    for debt in owed.into_iter().chain(restarts) {
        match state.rows.row_of(&debt) {
            Some(target) if state.rows.is_left_out(target) => state.work.events.warn(left_out(&debt)),
            Some(target) if debt.begun.is_some() && !state.rows.may_run(target, &debt.action) => {
                give_up(state, debt);
            }
            Some(target) => take_over(state, target, debt),
            None if state.rows.has_recipe(&debt.recipe) => give_up(state, debt),
            None => state.work.events.warn(undeclared(&debt)),
        }
    }
}

/// The run that works on the target while this one only plans.
fn under_way(state: &mut RunState<'_>) -> Option<Holder> {
    if state.options.mode == Mode::Run {
        return None;
    }
    match state.work.know.one(&Query::Lock) {
        Ok(Answer::Lock(lock)) if lock.held => lock.holder.clone(),
        _ => None,
    }
}

fn take_over(state: &mut RunState<'_>, target: usize, debt: Debt) {
    state.work.events.emit(Event::Owed { debt: debt.clone() });
    if debt.begun.is_some() {
        return state.owed.begin(target, debt);
    }
    // An interrupted run wrote the entry before the change. Its notifier will find out whether the change was made.
    if !state.rows.named(&debt.from).is_empty() {
        state.owed.wait_for_notifier(target, debt);
    } else if debt.timing == Timing::Immediately {
        state.owed.wait_for_target(target, debt);
    } else {
        state.owed.queue(target, debt, false);
    }
}

/// At the end of the list, queues the notifications whose notifier has nothing to do in this run. If the notifier
/// failed, the notification stays for the next run; also if the notifier was not reached, unless it may have triggered
/// the notification in the earlier run.
pub(super) fn queue_late(state: &mut RunState<'_>) {
    // The turn of such an action has not come: it is in a custom resource that waits for a notification.
    for (row, debt) in state.owed.all_begun() {
        if !state.tally.is_kept_back(row) {
            state.owed.queue(row, debt, false);
        }
    }
    for (target, debt) in state.owed.take_late() {
        let may_be_earned = debt.timing == Timing::Delayed && debt.awaits.is_none();
        let holds_it_up = |&row: &usize| {
            if may_be_earned { state.tally.has_failed(row) } else { state.tally.is_held_up(row) }
        };
        if state.rows.named(&debt.from).iter().any(holds_it_up) {
            // It may still get its turn: an action that is notified at the end has rows too.
            state.owed.wait_for_notifier(target, debt);
        } else {
            state.owed.queue(target, debt, false);
        }
    }
}

/// When the queue is empty: queues the notifications whose notifier had no turn, and gets none any more. It is in a custom
/// resource that waits for a notification, and none came. Whether there were any.
pub(super) fn queue_unreached(state: &mut RunState<'_>) -> bool {
    let mut queued = false;
    for (target, debt) in state.owed.take_late() {
        let notifiers = state.rows.named(&debt.from);
        if notifiers.iter().any(|&row| state.tally.has(row) || is_inside_owed(state, row, &debt)) {
            state.owed.wait_for_notifier(target, debt);
        } else {
            state.owed.queue(target, debt, false);
            queued = true;
        }
    }
    queued
}

/// Whether something else than this is owed to a custom resource around the row, so that the row may still get its turn.
fn is_inside_owed(state: &RunState<'_>, row: usize, debt: &Debt) -> bool {
    let mut around = state.rows.outwards(row).map(|outer| state.row(outer).id());
    around.any(|outer| outer != debt.to && state.owed.owes(&outer))
}

/// The recipe that declared the resource runs, but no longer declares it: the notification can never be delivered.
fn give_up(state: &mut RunState<'_>, debt: Debt) {
    let Debt { to, action, recipe, .. } = &debt;
    let is = if state.is_plan() { "would be" } else { "is" };
    let what = if debt.begun.is_some() {
        format!("{recipe} no longer declares {to} with {action}, so what is left of it {is} dropped")
    } else {
        format!("{recipe} no longer declares {to}, so its {action}, owed since an earlier run, {is} dropped")
    };
    state.work.events.warn(Diagnostic::warning(what).note(origin(&debt)));
    state.clear(&[debt]);
}

/// Why it is owed.
fn origin(debt: &Debt) -> String {
    let Debt { from, run, .. } = debt;
    if debt.begun.is_some() {
        return format!("the run {run} began it, and did not finish it");
    }
    format!("{from} asked for it in the run {run}, which did not get that far")
}

fn undeclared(debt: &Debt) -> Diagnostic {
    let Debt { to, action, .. } = debt;
    Diagnostic::warning(format!("{to} is still owed {action}, and nothing in this run declares it"))
        .note(origin(debt))
        .hint(format!(
            "run a recipe that declares {to} to deliver it, or drop it with `chefrs status --give-up`"
        ))
}

/// The resource is not asked for in this run: the notification stays in the journal.
fn left_out(debt: &Debt) -> Diagnostic {
    let Debt { to, action, .. } = debt;
    Diagnostic::warning(format!("{to} is still owed {action}, and this run leaves it out"))
        .note(origin(debt))
        .hint("a run that does not leave it out delivers it")
}
