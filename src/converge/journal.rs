//! Nothing is owed in silence: written to the target's journal before the change, struck out once it has run.

use crate::model::collection::{Notification, Timing};
use crate::model::error::{Diagnostic, Failure};
use crate::model::event::{Event, Mode};
use crate::model::journal::{Debt, Record};
use crate::model::known::Stop;
use crate::model::query::{Answer, Query};

use super::engine::Engine;

impl Engine<'_> {
    /// Takes over what earlier runs have left owed.
    pub(super) fn inherit(&mut self) {
        let journal = match self.know.one(&Query::Journal) {
            Ok(Answer::Journal(journal)) => journal.clone(),
            Ok(_) => return,
            Err(Stop::Failed(failure)) => {
                if self.know.lost.is_none() {
                    self.warn(unreadable(&failure));
                }
                return;
            }
            Err(_) => return,
        };
        if journal.unread > 0 {
            let what = format!("`{}` holds what this version of chefrs does not understand", journal.path);
            self.warn(
                Diagnostic::warning(what)
                    .hint("a newer version has written it: run that one, or remove the lines"),
            );
        }
        self.open.clone_from(&journal.owed);
        let restarts = self.inherit_restarts(journal.restarts);
        for debt in journal.owed.into_iter().chain(restarts) {
            match self.debtor(&debt) {
                Some(target) => self.take_over(target, debt),
                None => self.warn(undeclared(&debt, &journal.path)),
            }
        }
    }

    fn take_over(&mut self, target: usize, debt: Debt) {
        self.emit(Event::Owed { debt: debt.clone() });
        if debt.timing == Timing::Immediately && self.notifiers(&debt).next().is_some() {
            self.late.push((target, debt));
        } else {
            self.queue(target, debt);
        }
    }

    /// What the rows will owe once they have changed, and the custom resources around them, as far as it is not
    /// written down yet.
    pub(super) fn due(&self, rows: &[usize]) -> Vec<Debt> {
        let mut due: Vec<Debt> = Vec::new();
        for &changing in rows {
            let mut row = Some(changing);
            while let Some(notifier) = row {
                for timing in [Timing::Immediately, Timing::Delayed] {
                    for notification in self.notifications(notifier, timing) {
                        let debt = self.debt(notifier, &notification);
                        if !self.open.iter().chain(&due).any(|open| open.covers(&debt)) {
                            due.push(debt);
                        }
                    }
                }
                row = self.row(notifier).parent.as_ref().map(|parent| parent.row);
            }
        }
        due
    }

    /// Writes debts to the journal, ahead of the change that earns them.
    ///
    /// # Errors
    /// They could not be written, so the change must not be made.
    pub(super) fn record(&mut self, debts: &[Debt]) -> Result<(), Failure> {
        if debts.is_empty() {
            return Ok(());
        }
        self.know.record(Record::Owed(debts.to_vec())).map_err(|failure| Failure {
            message: format!(
                "what it will notify can't be written down, so nothing was changed: {}",
                failure.message
            ),
            ..failure
        })?;
        self.open.extend_from_slice(debts);
        Ok(())
    }

    /// Strikes out of the journal what has run, or is owed no more.
    pub(super) fn strike(&mut self, debts: &[Debt]) {
        let open = self.open.len();
        self.open.retain(|open| !debts.iter().any(|debt| debt.is_same(open)));
        if self.open.len() == open || self.options.mode == Mode::Plan {
            return;
        }
        if let Err(failure) = self.know.record(Record::Struck(debts.to_vec()))
            && self.know.lost.is_none()
        {
            let what =
                format!("what has run can't be struck out, so the next run repeats it: {}", failure.message);
            self.warn(Diagnostic { hints: failure.hints, ..Diagnostic::warning(what) });
        }
    }

    /// Pays the immediate notifications that earlier attempts of a row, now through, have left. A row that was updated
    /// has notified already whom it still names.
    pub(super) fn pay_late(&mut self, row: usize, updated: bool) {
        if self.late.is_empty() {
            return;
        }
        let from = self.row(row).id();
        let late = std::mem::take(&mut self.late);
        let (mine, others): (Vec<_>, Vec<_>) = late.into_iter().partition(|(_, debt)| debt.from == from);
        self.late = others;
        for (target, debt) in mine {
            let named = |notification: &Notification| {
                notification.target == target && notification.action == debt.action
            };
            let done = updated && self.notifications(row, Timing::Immediately).iter().any(named);
            if !done {
                self.deliver(target, debt);
            }
        }
    }

    /// A row failed after part of its work was done: its delayed notifications are due at the end of the list, its
    /// immediate ones once it comes out well.
    pub(super) fn owe_in_part(&mut self, row: usize) {
        self.owe(row);
        for notification in self.notifications(row, Timing::Immediately) {
            let debt = self.debt(row, &notification);
            if !self.late.iter().any(|(_, late)| late.is_same(&debt)) {
                self.late.push((notification.target, debt));
            }
        }
    }

    /// At the end of the list: what waits for a notifier that has nothing to do in this run waits no longer. One that
    /// failed, or was not reached, leaves it to the next run.
    pub(super) fn queue_late(&mut self) {
        for (target, debt) in std::mem::take(&mut self.late) {
            if self.notifiers(&debt).all(|row| !self.tally.held_up(row)) {
                self.queue(target, debt);
            }
        }
    }

    /// The debt that a notification of a row makes.
    pub(super) fn debt(&self, row: usize, notification: &Notification) -> Debt {
        let to = self.reference(notification.target);
        Debt {
            to: to.id,
            within: to.within,
            action: notification.action.clone(),
            timing: notification.timing,
            from: self.row(row).id(),
            skip_on_failure: notification.skip_on_failure,
            run: self.options.run.clone(),
        }
    }

    /// The row that pays: of the same name in the same custom resource, else the last of that name.
    fn debtor(&self, debt: &Debt) -> Option<usize> {
        let named = |&row: &usize| self.row(row).id() == debt.to;
        let rows = || (0..self.collection.rows.len()).rev().filter(named);
        rows().find(|&row| self.reference(row).within == debt.within).or_else(|| rows().next())
    }

    fn notifiers<'s>(&'s self, debt: &'s Debt) -> impl Iterator<Item = usize> + 's {
        (0..self.collection.rows.len()).filter(|&row| self.row(row).id() == debt.from)
    }

    fn warn(&mut self, diagnostic: Diagnostic) {
        self.emit(Event::Warning { diagnostic });
    }
}

fn unreadable(failure: &Failure) -> Diagnostic {
    let what = format!("it can't be told what earlier runs still owe: {}", failure.message);
    Diagnostic { hints: failure.hints.clone(), ..Diagnostic::warning(what) }
}

fn undeclared(debt: &Debt, path: &str) -> Diagnostic {
    let Debt { to, action, from, run, .. } = debt;
    Diagnostic::warning(format!("{to} is still owed {action}, and nothing in this run declares it"))
        .note(format!("{from} asked for it in the run {run}, which did not get that far"))
        .hint(format!(
            "a run of a recipe with {to} pays it; if there is none any more, remove its line from `{path}`"
        ))
}
