//! What earlier runs have left owed, and what a run does about it.

use crate::model::collection::Timing;
use crate::model::error::Diagnostic;
use crate::model::event::{Event, Mode};
use crate::model::journal::{Debt, Holder, Journal};
use crate::model::known::Stop;
use crate::model::query::{Answer, Query};

use super::state::RunState;

/// Takes over what earlier runs have left owed. Each debt is paid in this run, kept for another, or given up, and the
/// last two are said.
pub(super) fn inherit(state: &mut RunState<'_>) {
    let answer = state.work.know.one(&Query::Journal).cloned();
    let journal = match answer {
        Ok(Answer::Journal(journal)) => journal,
        Err(Stop::Failed(failure)) if state.work.know.lost.is_none() => {
            return state.work.voice.warn_of("it can't be told what earlier runs still owe", failure);
        }
        _ => return,
    };
    if journal.unread > 0 {
        let what = format!("`{}` holds what this version of chefrs does not understand", journal.path);
        state.work.voice.warn(
            Diagnostic::warning(what)
                .hint("a newer version has written it: run that one, or remove the lines"),
        );
    }
    let Journal { mut owed, restarts, .. } = journal;
    if let Some(holder) = under_way(state) {
        // What a run that goes on owes, it pays itself.
        owed.retain(|debt| debt.run != holder.run);
        let text = format!("the {holder} is under way, so this plan is of what it has left by now");
        state.work.voice.emit(Event::Note { text });
    }
    state.debts.open(owed.iter().cloned());
    let restarts = state.work.restarts.inherit(restarts);
    for debt in owed.into_iter().chain(restarts) {
        match state.rows.debtor(&debt) {
            Some(target) => take_over(state, target, debt),
            None if state.rows.has_recipe(&debt.recipe) => give_up(state, debt),
            None => state.work.voice.warn(undeclared(&debt)),
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
    state.work.voice.emit(Event::Owed { debt: debt.clone() });
    // A run that was cut off has written it down ahead of the change: whether that was made, its notifier finds out.
    if !state.rows.named(&debt.from).is_empty() {
        state.debts.wait_for_notifier(target, debt);
    } else if debt.timing == Timing::Immediately {
        state.debts.wait_for_target(target, debt);
    } else {
        state.debts.queue(target, debt, false);
    }
}

/// At the end of the list: what waits for a notifier that has nothing to do in this run waits no longer. One that
/// failed leaves it to the next run. So does one that was not reached, unless it may have earned it already.
pub(super) fn queue_late(state: &mut RunState<'_>) {
    for (target, debt) in state.debts.take_late() {
        let may_be_earned = debt.timing == Timing::Delayed && !debt.awaits_notifier;
        let holds_it_up = |&row: &usize| {
            if may_be_earned { state.tally.has_failed(row) } else { state.tally.is_held_up(row) }
        };
        if state.rows.named(&debt.from).iter().any(holds_it_up) {
            // It may still have its turn: what is notified at the end has rows too.
            state.debts.wait_for_notifier(target, debt);
        } else {
            state.debts.queue(target, debt, false);
        }
    }
}

/// The recipe that declared the resource is run, and declares it no more: nobody can ever pay.
fn give_up(state: &mut RunState<'_>, debt: Debt) {
    let Debt { to, action, from, run, recipe, .. } = &debt;
    let is = if state.is_plan() { "would be" } else { "is" };
    let what = format!(
        "{to} is declared no more in {recipe}, so its {action}, owed since an earlier run, {is} given up"
    );
    let diagnostic = Diagnostic::warning(what).note(format!("{from} asked for it in the run {run}"));
    state.work.voice.warn(diagnostic);
    state.strike(&[debt]);
}

fn undeclared(debt: &Debt) -> Diagnostic {
    let Debt { to, action, from, run, .. } = debt;
    Diagnostic::warning(format!("{to} is still owed {action}, and nothing in this run declares it"))
        .note(format!("{from} asked for it in the run {run}, which did not get that far"))
        .hint(format!("a run of a recipe with {to} pays it; if there is none any more, `chefrs status --give-up` drops it"))
}
