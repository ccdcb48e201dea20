//! The state of a run: one value for each concern, and the functions that report and record them.

use std::collections::BTreeSet;
use std::time::Instant;

use rustc_hash::FxHashMap;

use crate::model::collection::{Row, Timing};
use crate::model::error::{Diagnostic, Failure, FailureKind};
use crate::model::event::{Counts, Event, Mode, Outcome, ResourceRef};
use crate::model::journal::{Debt, Record};

use super::acting::ActingRows;
use super::apply::{Cause, Work};
use super::approval::Asking;
use super::foreseen::ForeseenChanges;
use super::masked_events;
use super::options::{OnFailure, Options};
use super::owed::{OwedNotifications, Pair};
use super::rows::Rows;
use super::started_services::StartedServices;
use super::tally::Tally;
use super::trailing::Trailing;

pub(super) struct RunState<'a> {
    pub(super) rows: Rows<'a>,
    pub(super) options: &'a Options,
    pub(super) work: Work<'a>,
    pub(super) tally: Tally,
    pub(super) owed: OwedNotifications,
    /// The services that this run has started.
    pub(super) started: StartedServices,
    pub(super) failures: Vec<(ResourceRef, Failure)>,
    /// Immediate notifications whose action failed, in the current attempt of the row around them.
    pub(super) undelivered: Vec<(usize, Debt)>,
    /// Why the rest of the top-level list is not run.
    pub(super) halted: Option<String>,
    /// Whether an interrupt has left work undone.
    pub(super) cut: bool,
    /// Whether to ask before each change.
    pub(super) asking: Asking,
    /// For a run of a saved plan: the changes that it may make.
    pub(super) foreseen: Option<ForeseenChanges<'a>>,
    /// The rows whose changes the user has declined.
    pub(super) declined: BTreeSet<usize>,
    /// Rows that were not run, grouped by reason.
    pub(super) not_run: Vec<(String, Vec<usize>)>,
    /// For each row: the generation of [`Knowledge`](super::knowledge::Knowledge) in which it was found to need no
    /// change.
    pub(super) settled: Vec<Option<u64>>,
    /// Whether the look-ahead is done.
    pub(super) looked: bool,
    /// Whether the look-ahead found a row that may have to be refused.
    pub(super) suspicious: bool,
    /// In a plan: whether a run would be refused before its first change.
    pub(super) refused: bool,
    /// In a plan: whether it was said that a file may be one that can't be changed.
    pub(super) told_unseen: bool,
    /// In a plan: the rows with a value that is unknown, and until which resource.
    pub(super) details_until: FxHashMap<usize, String>,
    /// In a plan: the rows that would act.
    pub(super) acting: ActingRows,
    /// Rows whose turn has come with the action `nothing`, and that have not acted yet.
    pub(super) unnotified: BTreeSet<usize>,
}

impl<'a> RunState<'a> {
    pub(super) fn row(&self, row: usize) -> &'a Row {
        self.rows.get(row)
    }

    pub(super) fn is_plan(&self) -> bool {
        self.options.mode == Mode::Plan
    }

    /// Describes for which action of which row something is done.
    pub(super) fn cause<'r>(&self, row: usize, action: &'r str) -> Cause<'r> {
        Cause {
            resource: self.rows.reference(row),
            action,
            sensitive: self.rows.is_sensitive(row),
            shows_diff: self.rows.shows_diff(row),
            details_until: self.details_until.get(&row).cloned(),
        }
    }

    /// A failure of a row, with sensitive details removed.
    pub(super) fn shown(&self, row: usize, failure: Failure) -> Failure {
        if self.rows.is_sensitive(row) { masked_events::without_details(&failure) } else { failure }
    }

    /// Whether the run is interrupted. Call it only if there is work left: it records that some is left undone.
    pub(super) fn is_cut_short(&mut self) -> bool {
        self.cut |= self.options.is_interrupted();
        self.cut
    }

    /// Resets a row for another attempt. Failures from index `failures` on are dropped. Notifications that failed
    /// inside the row are delivered again once their notifier succeeds.
    pub(super) fn open_again(&mut self, row: usize, action: &str, failures: usize) {
        let failed = self.failures.split_off(failures.min(self.failures.len()));
        // Rows of other actions keep their own outcome.
        let inside = self.rows.reached(row, action);
        for (_, left_out) in &mut self.not_run {
            left_out.retain(|row| !inside.contains(row));
        }
        for row in inside.iter().copied().chain([row]).chain(failed.iter().map(|(resource, _)| resource.row))
        {
            self.tally.reopen(row);
        }
        let is_inside = |debt: &Debt| inside.iter().any(|&row| self.rows.get(row).id() == debt.from);
        for (target, debt) in std::mem::take(&mut self.undelivered) {
            if is_inside(&debt) {
                self.owed.wait_for_notifier(target, debt);
            }
        }
    }

    /// Stops the rest of the top-level list, if the options say so.
    pub(super) fn halt(&mut self, row: usize) {
        // The run would be refused, and the plan lists every reason for that.
        let impossible = |(_, failure): &(ResourceRef, Failure)| failure.kind == FailureKind::Impossible;
        if self.refused && self.failures.iter().all(impossible) {
            return;
        }
        if self.options.on_failure == OnFailure::Stop {
            self.halted.get_or_insert_with(|| format!("{} failed", self.rows.get(row).id()));
        }
    }

    /// Why a row is not run although its turn has come: a resource that it requires, or that a custom resource around
    /// it requires, failed or was not run.
    pub(super) fn unmet(&self, row: usize) -> Option<String> {
        let required = self.rows.outwards(row).flat_map(|row| self.row(row).requires.iter().copied());
        required.into_iter().find_map(|required| {
            let left_out = self.not_run.iter().find(|(_, rows)| rows.contains(&required));
            match left_out {
                _ if self.tally.has_failed(required) => Some(format!("{} failed", self.row(required).id())),
                Some((cause, _)) if !self.tally.was_run(required) => Some(cause.clone()),
                _ => None,
            }
        })
    }

    /// Records that a row and all rows inside it are not run.
    pub(super) fn leave_out(&mut self, row: usize, reason: &str) {
        let mut left_out = vec![row];
        left_out.extend(self.rows.inside(row));
        left_out.retain(|&row| !self.tally.has(row) && !self.rows.is_left_out(row));
        for &row in &left_out {
            self.tally.note(row, &Outcome::NotRun { reason: reason.to_owned() });
        }
        match self.not_run.last_mut() {
            Some((same, rows)) if same == reason => rows.extend(left_out),
            _ => self.not_run.push((reason.to_owned(), left_out)),
        }
    }

    /// Reports and counts the outcome of an action.
    pub(super) fn report_end(
        &mut self,
        resource: ResourceRef,
        action: &str,
        outcome: Outcome,
        started: Instant,
    ) {
        self.tally.note_turn(resource.row, &outcome);
        self.unnotified.remove(&resource.row);
        self.work.events.emit(Event::ActionFinished {
            resource,
            action: action.to_owned(),
            outcome,
            milliseconds: elapsed(started),
        });
    }

    /// Reports a failure of a row, and keeps it for the summary unless `ignore_failure` is set. Returns whether it
    /// counts.
    pub(super) fn fail(&mut self, row: usize, action: &str, failure: Failure, started: Instant) -> bool {
        let ignored = self.rows.ignores_failure(row);
        let failure = self.shown(row, failure);
        let resource = self.rows.reference(row);
        if !ignored {
            self.failures.push((resource.clone(), failure.clone()));
        }
        self.report_end(resource, action, Outcome::Failed { failure, ignored }, started);
        !ignored
    }

    /// Runs the trailing step of the changes made so far. If it fails, the row that wanted it fails, and is returned.
    pub(super) fn finish_trailing(&mut self) -> Option<usize> {
        let trailing = self.work.trailing.take()?;
        if self.work.know.lost.is_some() {
            return None;
        }
        let cause = self.cause(trailing.row, &trailing.action);
        let failure = self.work.step(&cause, &trailing.step).err()?;
        let counts = self.fail(trailing.row, &trailing.action, failure, Instant::now());
        if counts && self.row(trailing.row).parent.is_none() {
            self.halt(trailing.row);
        }
        counts.then_some(trailing.row)
    }

    /// Runs the trailing step, unless the row may be another one that lets it wait.
    pub(super) fn finish_trailing_before(&mut self, row: usize) {
        let may_wait =
            |trailing: &Trailing| Trailing::may_wait_for_row(self.rows.get(trailing.row), self.rows.get(row));
        if self.work.trailing.as_ref().is_some_and(|trailing| !may_wait(trailing)) {
            self.finish_trailing();
        }
    }

    /// The notifications that these actions of rows will send if they change something, except those that are already in
    /// the journal.
    pub(super) fn new_debts(&self, notifiers: impl IntoIterator<Item = Pair>) -> Vec<Debt> {
        let mut debts = Vec::new();
        for (row, action) in notifiers {
            for timing in [Timing::Immediately, Timing::Delayed] {
                for notification in self.rows.notifications(row, timing) {
                    let debt = self.rows.debt(row, notification, &self.options.run);
                    let waits_for_it = Debt { awaits: Some(action.clone()), ..debt.clone() };
                    if !self.owed.has(&waits_for_it) {
                        debts.push(debt);
                    }
                }
            }
        }
        self.owed.new_among(debts)
    }

    /// Writes notifications to the journal, before the change that triggers them.
    ///
    /// # Errors
    /// They could not be written, so the change must not be made.
    pub(super) fn record_owed(&mut self, debts: &[Debt]) -> Result<(), Failure> {
        if debts.is_empty() || self.is_plan() {
            return Ok(());
        }
        let what = if debts.iter().all(|debt| debt.begun.is_some()) {
            "that it is begun"
        } else {
            "its notifications"
        };
        self.work.know.record(Record::Owed(debts.to_vec())).map_err(|failure| Failure {
            message: format!("{what} can't be recorded, so nothing was changed: {}", failure.message),
            ..failure
        })?;
        self.owed.open(debts.iter().cloned());
        Ok(())
    }

    /// Removes notifications from the journal: they have run, or are no longer needed.
    pub(super) fn clear(&mut self, debts: &[Debt]) {
        let struck = self.owed.clear(debts);
        if struck.is_empty() || self.is_plan() {
            return;
        }
        if let Err(failure) = self.work.know.record(Record::Struck(struck))
            && self.work.know.lost.is_none()
        {
            self.work
                .events
                .warn_of("can't clear delivered notifications, so the next run repeats them", failure);
        }
    }

    /// An action of a row failed, or was left, after it had made some of its changes. The notifications of the row stay
    /// pending until the action succeeds, in this run or a later one, even if there is nothing to change by then.
    pub(super) fn keep_owed_until_success(&mut self, row: usize, action: &str) {
        if self.is_plan() {
            return;
        }
        let (mut owed, mut earned) = (Vec::new(), Vec::new());
        for notification in &self.row(row).notifies {
            let debt = self.rows.debt(row, notification, &self.options.run);
            match notification.timing {
                Timing::Before | Timing::OnFailure => {}
                // It is in the journal already, and an immediate notification always waits for its notifier.
                Timing::Immediately => self.owed.wait_for_notifier(notification.target, debt),
                Timing::Delayed => {
                    let waits = Debt { awaits: Some(action.to_owned()), ..debt.clone() };
                    self.owed.wait_for_notifier(notification.target, waits.clone());
                    owed.push(waits);
                    if !self.owed.is_waiting(notification.target, &debt) {
                        earned.push(debt);
                    }
                }
            }
        }
        let owed = self.owed.new_among(owed);
        match self.record_owed(&owed) {
            // Nothing else has triggered it, so it does not run at the end of this run.
            Ok(()) => self.clear(&earned),
            // The entry stays in the journal as it is, so the next run delivers it at its end.
            Err(failure) => self.work.events.warn_of("can't record owed notifications", failure),
        }
    }

    /// Warns that a notified action was not run because the run was ended. It stays in the journal.
    pub(super) fn warn_undelivered(&mut self, target: usize, action: &str, from: &str) {
        self.cut = true;
        let to = self.row(target).id();
        let diagnostic =
            Diagnostic::warning(format!("{to} is still owed {action}: the run was ended before it"))
                .note(format!("{from} asked for it"))
                .hint("the next run delivers it");
        self.work.events.warn(diagnostic);
    }

    /// Whether a row is included in the counts.
    pub(super) fn counts_row(&self, row: usize) -> bool {
        self.rows.is_counted(row) || !self.row(row).custom && self.tally.had_turn(row)
    }

    pub(super) fn counts(&self) -> Counts {
        let counts = self.tally.counts((0..self.rows.len()).filter(|&row| self.counts_row(row)));
        Counts { left_out: self.rows.left_out().count(), ..counts }
    }
}

/// Milliseconds since `since`.
pub(super) fn elapsed(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}
