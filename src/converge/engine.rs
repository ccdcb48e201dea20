//! The list from top to bottom: guards, plan, before, apply, verify, notify.

use std::collections::{HashSet, VecDeque};
use std::sync::atomic::Ordering;
use std::time::Instant;

use crate::model::collection::{Collection, Row};
use crate::model::error::Failure;
use crate::model::event::{Counts, Event, Mode, Outcome, ResourceRef, SCHEMA};
use crate::model::journal::Debt;
use crate::model::step::{Restart, Step};
use crate::target::Target;

use super::foresight::Foresight;
use super::knowledge::Knowledge;
use super::last::Waiting;
use super::notify::Owed;
use super::redact::{self, Redactor};
use super::tally::Tally;
use super::turn::Ended;
use super::{OnFailure, Options, Summary};

/// One run in progress.
pub(super) struct Engine<'a> {
    pub(super) collection: &'a Collection,
    pub(super) options: &'a Options,
    pub(super) know: Knowledge<'a>,
    pub(super) sink: &'a mut dyn FnMut(Event),
    pub(super) redactor: Redactor,
    pub(super) tally: Tally,
    /// The state of knowledge from which a plan made ahead of the turn came to nothing.
    pub(super) settled: Vec<Option<u64>>,
    /// Rows of custom resources, by parent.
    pub(super) children: Vec<Vec<usize>>,
    pub(super) owed: VecDeque<Owed>,
    pub(super) queued: HashSet<(usize, String)>,
    pub(super) firing: Vec<(usize, String)>,
    /// What the journal holds.
    pub(super) open: Vec<Debt>,
    /// Immediate notifications of earlier attempts: each waits for its notifier to come out well, then for the end.
    pub(super) late: Vec<(usize, Debt)>,
    pub(super) failures: Vec<(ResourceRef, Failure)>,
    /// Resources that have restarted the machine in their turn, since a run last came well to its end.
    pub(super) restarted: Vec<String>,
    /// The restart that was asked for.
    pub(super) restart: Option<(ResourceRef, Restart)>,
    /// Why the rest of the list is not run.
    halted: Option<String>,
    /// What must still follow the changes made so far.
    pub(super) last: Option<Waiting>,
    /// Steps planned so far, where somebody wants to know them.
    pub(super) record: Option<Vec<(ResourceRef, Step)>>,
}

impl<'a> Engine<'a> {
    pub(super) fn new(
        collection: &'a Collection,
        target: &'a mut dyn Target,
        options: &'a Options,
        sink: &'a mut dyn FnMut(Event),
    ) -> Self {
        let mut children = vec![Vec::new(); collection.rows.len()];
        for (index, row) in collection.rows.iter().enumerate() {
            if let Some(parent) = &row.parent {
                children[parent.row].push(index);
            }
        }
        Self {
            collection,
            options,
            know: Knowledge::new(target, options.mode),
            sink,
            redactor: Redactor::new(&options.secrets),
            tally: Tally::new(collection.rows.len()),
            settled: vec![None; collection.rows.len()],
            children,
            owed: VecDeque::new(),
            queued: HashSet::new(),
            firing: Vec::new(),
            open: Vec::new(),
            late: Vec::new(),
            failures: Vec::new(),
            restarted: Vec::new(),
            restart: None,
            halted: None,
            last: None,
            record: None,
        }
    }

    /// Begins with what was seen while the collection was still being made.
    pub(super) fn foreseen(mut self, foresight: Foresight) -> Self {
        let (known, settled) = foresight.into_parts();
        self.know.begin_with(known);
        for row in settled {
            if let Some(settled) = self.settled.get_mut(row) {
                *settled = Some(self.know.generation);
            }
        }
        self
    }

    /// The whole run. Resources refused by the preflight fail at once, and nothing is touched.
    pub(super) fn converge(mut self, refused: Vec<(usize, Failure)>) -> Result<Summary, Failure> {
        let begin = Instant::now();
        self.emit(Event::RunStarted {
            schema: SCHEMA,
            mode: self.options.mode,
            target: self.know.target_name().to_owned(),
            run_list: self.collection.run_list.clone(),
            resources: self.countable().count(),
            run: self.options.run.clone(),
            via: None,
        });
        if refused.is_empty() {
            self.converge_list();
        } else {
            for (row, failure) in refused {
                let action = self.row(row).actions.first().cloned().unwrap_or_default();
                self.finished(row, &action, Outcome::Failed { failure, ignored: false });
            }
        }
        self.close(begin)
    }

    /// The list and the delayed notifications.
    pub(super) fn converge_list(&mut self) {
        self.look_ahead();
        self.inherit();
        let top: Vec<usize> =
            (0..self.collection.rows.len()).filter(|&row| self.row(row).parent.is_none()).collect();
        self.list(&top);
        if self.know.lost.is_none() {
            self.drain();
        }
    }

    fn close(mut self, begin: Instant) -> Result<Summary, Failure> {
        let counts = self.counts();
        let success = self.failures.is_empty() && self.know.lost.is_none();
        let failures = std::mem::take(&mut self.failures);
        let restart = if self.options.mode == Mode::Run && self.know.lost.is_none() {
            self.restart_or_settle(success && !self.interrupted())
        } else {
            None
        };
        self.emit(Event::RunFinished { success, counts, failures, milliseconds: elapsed(begin) });
        match self.know.lost.take() {
            Some(failure) => Err(failure),
            None => Ok(Summary {
                success,
                changed: counts.updated + counts.unknown > 0,
                interrupted: self.interrupted(),
                counts: Some(counts),
                restart,
            }),
        }
    }

    /// Rows in order; whether any was updated, and whether any failed.
    pub(super) fn list(&mut self, rows: &[usize]) -> (bool, bool) {
        let (mut updated, mut failed) = (false, false);
        let mut at = 0;
        while at < rows.len() {
            self.settle_before(rows[at]);
            if let Some(reason) = self.halt_reason() {
                self.not_run(rows[at], &reason);
                at += 1;
                continue;
            }
            if let Some(together) = self.transaction(&rows[at..]) {
                at += together.rows;
                updated |= together.updated;
                failed |= together.failed;
            } else {
                for action in &self.row(rows[at]).actions {
                    match self.act(rows[at], action, None) {
                        Ended::Updated => updated = true,
                        Ended::Quiet => {}
                        // Ignored by a custom resource around it: that one ends here all the same.
                        Ended::Ignored if self.row(rows[at]).ignore_failure => {}
                        Ended::Failed | Ended::Ignored => {
                            failed = true;
                            break;
                        }
                    }
                }
                at += 1;
            }
            if failed && self.row(rows[at - 1]).parent.is_some() {
                // The rest of a custom resource depends on the part that failed.
                let reason = format!("{} failed", self.row(rows[at - 1]).id());
                for &row in &rows[at..] {
                    self.not_run(row, &reason);
                }
                break;
            }
        }
        failed |= !self.settle();
        (updated, failed)
    }

    pub(super) fn halt(&mut self, row: usize) {
        if self.options.on_failure == OnFailure::Stop {
            self.halted.get_or_insert_with(|| format!("{} failed", self.collection.rows[row].id()));
        }
    }

    pub(super) fn not_run(&mut self, row: usize, reason: &str) {
        if !self.tally.has(row) {
            self.tally.note(row, &Outcome::NotRun { reason: reason.to_owned() });
        }
        for child in self.children[row].clone() {
            self.not_run(child, reason);
        }
    }

    fn halt_reason(&self) -> Option<String> {
        if self.know.lost.is_some() {
            return Some("the target was lost".to_owned());
        }
        if let Some(by) = self.restarts_now() {
            return Some(format!("the machine restarts first, for {by}"));
        }
        if self.interrupted() {
            return Some("the run was interrupted".to_owned());
        }
        self.halted.clone()
    }

    pub(super) fn interrupted(&self) -> bool {
        self.options.interrupted.load(Ordering::Relaxed)
    }

    pub(super) fn shown(&self, row: usize, failure: Failure) -> Failure {
        if self.row(row).sensitive { redact::sensitive(&failure) } else { failure }
    }

    pub(super) fn row(&self, row: usize) -> &'a Row {
        &self.collection.rows[row]
    }

    pub(super) fn reference(&self, row: usize) -> ResourceRef {
        let declared = self.row(row);
        let mut within = Vec::new();
        let mut parent = declared.parent.as_ref();
        while let Some(outer) = parent {
            within.insert(0, self.row(outer.row).id());
            parent = self.row(outer.row).parent.as_ref();
        }
        let mut location = declared.location.clone();
        if declared.sensitive {
            // What must not be said may stand in the very line.
            location.excerpt.clear();
        }
        ResourceRef { row, id: declared.id(), location, within }
    }

    /// Custom resources are counted by their rows, and rows of actions nobody asked for not at all.
    fn countable(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.collection.rows.len()).filter(|&row| {
            let declared = self.row(row);
            let asked = declared.parent.as_ref().is_none_or(|parent| {
                self.row(parent.row).actions.contains(&parent.action) || self.tally.has(row)
            });
            !declared.custom && asked
        })
    }

    fn counts(&self) -> Counts {
        self.tally.counts(self.countable())
    }

    pub(super) fn emit(&mut self, event: Event) {
        (self.sink)(self.redactor.event(event));
    }
}

/// Milliseconds since then.
pub(super) fn elapsed(begin: Instant) -> u64 {
    u64::try_from(begin.elapsed().as_millis()).unwrap_or(u64::MAX)
}
