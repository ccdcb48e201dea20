//! A run as a whole, gathered from its events: what a document is made of, which is written once the run has ended.

use std::collections::BTreeMap;
use std::collections::VecDeque;

use crate::model::error::{Diagnostic, Failure, Location};
use crate::model::event::{Counts, Event, Mode, Outcome, ResourceRef};
use crate::model::fleet::{FleetEvent, Stage, TargetEvent, TargetOutcome};
use crate::model::journal::Debt;

use super::verdict::Verdict;

/// Lines that are kept of what the commands of one action print: the last ones.
const LINES: usize = 300;

/// Bytes of differences and of what commands print that are kept of one target.
const MOST: usize = 4 << 20;

/// All that was told of a run or a plan.
#[derive(Debug)]
pub(super) struct WholeRun {
    pub(super) mode: Mode,
    /// Id of the run; a plan has none.
    pub(super) run: Option<String>,
    pub(super) run_list: Vec<String>,
    /// In the order in which they were named.
    pub(super) targets: Vec<TargetRun>,
    /// What was said outside of any target.
    pub(super) notes: Vec<String>,
    /// Why it came to no target.
    pub(super) findings: Vec<Diagnostic>,
    /// Milliseconds of the whole, where they were told.
    pub(super) milliseconds: Option<u64>,
}

/// What was told of one target.
#[derive(Debug)]
pub(super) struct TargetRun {
    pub(super) name: String,
    /// How it was worked on, where that is not as usual.
    pub(super) via: Option<String>,
    /// In the order in which they began.
    pub(super) actions: Vec<ActionRun>,
    pub(super) warnings: Vec<Diagnostic>,
    /// What recipes printed.
    pub(super) messages: Vec<(Location, String)>,
    pub(super) notes: Vec<String>,
    /// Notifications of an earlier run that this one paid.
    pub(super) owed: Vec<Debt>,
    /// Resources whose turn never came, and why.
    pub(super) not_run: Vec<(String, String)>,
    /// Why the machine restarts.
    pub(super) restart: Option<String>,
    /// What became of it; nothing where nobody saw its end.
    pub(super) outcome: Option<TargetOutcome>,
    counts: Option<Counts>,
    milliseconds: u64,
    /// Actions under way: their rows, and places in the list.
    open: BTreeMap<usize, usize>,
    bytes: usize,
    /// Whether something was too much to be kept.
    pub(super) shortened: bool,
}

/// One action of one resource.
#[derive(Debug)]
pub(super) struct ActionRun {
    pub(super) resource: ResourceRef,
    /// Nothing where it failed outside of any.
    pub(super) action: String,
    pub(super) notified_by: Option<String>,
    pub(super) changes: Vec<ToldChange>,
    /// The last lines that its commands printed.
    pub(super) output: VecDeque<String>,
    /// For whom it waited.
    pub(super) waits: Vec<String>,
    /// Attempts that failed before the last.
    pub(super) retries: Vec<Failure>,
    /// `service[nginx] to reload, delayed`.
    pub(super) notifies: Vec<String>,
    /// Nothing where nobody saw its end.
    pub(super) outcome: Option<Outcome>,
    pub(super) milliseconds: u64,
    /// Whether its work is that of resources inside it.
    pub(super) is_around: bool,
}

/// A change, as it was told.
#[derive(Debug)]
pub(super) struct ToldChange {
    pub(super) summary: String,
    pub(super) diff: Option<String>,
    /// Whether it is only what would be made as the machine is now.
    pub(super) may: bool,
    /// Whether the difference is not shown, because the resource is sensitive.
    pub(super) withheld: bool,
}

impl WholeRun {
    pub(super) fn new() -> Self {
        Self {
            mode: Mode::Run,
            run: None,
            run_list: Vec::new(),
            targets: Vec::new(),
            notes: Vec::new(),
            findings: Vec::new(),
            milliseconds: None,
        }
    }

    /// Keeps what an event tells.
    pub(super) fn note(&mut self, event: &FleetEvent) {
        match event {
            FleetEvent::Target(TargetEvent { target, event }) => {
                if let Event::RunStarted { mode, run_list, run, .. } = &**event {
                    self.mode = *mode;
                    self.run_list.clone_from(run_list);
                    self.run = self.run.take().or_else(|| Some(run.clone()).filter(|run| !run.is_empty()));
                }
                self.target(target).note(event);
            }
            FleetEvent::Stage(stage) => self.stage(stage),
        }
    }

    fn stage(&mut self, stage: &Stage) {
        match stage {
            Stage::FleetStarted { mode, run_list, targets, run, .. } => {
                self.mode = *mode;
                self.run_list.clone_from(run_list);
                self.run.clone_from(run);
                for name in targets {
                    self.target(name);
                }
            }
            Stage::Note { target: Some(target), text } => self.target(target).notes.push(text.clone()),
            Stage::Note { target: None, text } => self.notes.push(text.clone()),
            Stage::TargetFinished(outcome) => self.target(&outcome.target).ended(outcome),
            Stage::FleetFinished { milliseconds, targets, findings, .. } => {
                self.milliseconds = Some(*milliseconds);
                self.findings.clone_from(findings);
                for outcome in targets {
                    self.target(&outcome.target).ended(outcome);
                }
            }
            Stage::BatchStarted { .. } | Stage::TargetStarted { .. } | Stage::BatchFinished { .. } => {}
        }
    }

    fn target(&mut self, name: &str) -> &mut TargetRun {
        let found = self.targets.iter().position(|target| target.name == name);
        let index = found.unwrap_or_else(|| {
            self.targets.push(TargetRun::new(name));
            self.targets.len() - 1
        });
        &mut self.targets[index]
    }

    /// Milliseconds of the whole.
    pub(super) fn lasted(&self) -> u64 {
        let longest = || self.targets.iter().map(TargetRun::lasted).max().unwrap_or_default();
        self.milliseconds.unwrap_or_else(longest)
    }
}

impl TargetRun {
    fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            via: None,
            actions: Vec::new(),
            warnings: Vec::new(),
            messages: Vec::new(),
            notes: Vec::new(),
            owed: Vec::new(),
            not_run: Vec::new(),
            restart: None,
            outcome: None,
            counts: None,
            milliseconds: 0,
            open: BTreeMap::new(),
            bytes: 0,
            shortened: false,
        }
    }

    /// Rows by outcome, as far as they were counted.
    pub(super) fn counts(&self) -> Counts {
        self.outcome.as_ref().and_then(|outcome| outcome.counts).or(self.counts).unwrap_or_default()
    }

    /// Whether it ended, and nothing went wrong.
    pub(super) fn is_well(&self) -> bool {
        self.outcome.as_ref().is_some_and(|outcome| outcome.outcome.is_well())
    }

    /// Milliseconds from its begin to its end.
    pub(super) fn lasted(&self) -> u64 {
        self.outcome.as_ref().map_or(0, |outcome| outcome.milliseconds).max(self.milliseconds)
    }

    /// Actions that are counted: those of custom resources are the ones inside them.
    pub(super) fn rows(&self) -> impl Iterator<Item = &ActionRun> {
        self.actions.iter().filter(|action| !action.is_around)
    }

    fn ended(&mut self, outcome: &TargetOutcome) {
        self.outcome = Some(outcome.clone());
    }

    fn note(&mut self, event: &Event) {
        match event {
            Event::RunStarted { via, .. } => self.via.clone_from(via),
            Event::Owed { debt } => self.owed.push(debt.clone()),
            Event::Warning { diagnostic } => self.warnings.push(diagnostic.clone()),
            Event::Note { text } => self.notes.push(text.clone()),
            Event::Message { location, text } => self.messages.push((location.clone(), text.clone())),
            Event::ActionStarted { resource, action, notified_by } => {
                self.begin(resource, action, notified_by.clone());
            }
            Event::Change { resource, summary, diff, may, withheld } => {
                let diff = diff.as_ref().filter(|diff| self.has_room(diff.len())).cloned();
                let change = ToldChange { summary: summary.clone(), diff, may: *may, withheld: *withheld };
                self.action(resource, "").changes.push(change);
            }
            Event::Output { resource, line } => {
                if self.has_room(line.len()) {
                    let action = self.action(resource, "");
                    action.output.push_back(line.clone());
                    if action.output.len() > LINES {
                        action.output.pop_front();
                        self.shortened = true;
                    }
                }
            }
            Event::Waiting { resource, message } => {
                let waits = &mut self.action(resource, "").waits;
                if waits.last() != Some(message) {
                    waits.push(message.clone());
                }
            }
            Event::Retry { resource, failure, .. } => {
                let action = self.action(resource, "");
                action.retries.push(failure.clone());
                // What broke off is told again with the next attempt.
                action.changes.pop();
            }
            Event::ActionFinished { resource, action, outcome, milliseconds } => {
                let turn = self.action(resource, action);
                turn.action.clone_from(action);
                (turn.outcome, turn.milliseconds) = (Some(outcome.clone()), *milliseconds);
                self.open.remove(&resource.row);
            }
            Event::Notified { from, to, action, timing, .. } => {
                let by = self.actions.iter_mut().rev().find(|turn| turn.resource.id == *from);
                if let Some(turn) = by {
                    turn.notifies.push(format!("{to} to {action}, {timing}"));
                }
            }
            Event::NotRun { resources, reason } => {
                self.not_run.extend(resources.iter().map(|id| (id.clone(), reason.clone())));
            }
            Event::Restart { resource, reason, .. } => {
                self.restart = Some(format!("the machine restarts for {}: {reason}", resource.id));
            }
            Event::Traffic { .. } => {}
            Event::RunFinished { counts, failures, milliseconds, .. } => {
                (self.counts, self.milliseconds) = (Some(*counts), *milliseconds);
                self.tell_untold(failures);
            }
        }
    }

    /// A failure outside of any action (the target was lost) has none of its own.
    fn tell_untold(&mut self, failures: &[(ResourceRef, Failure)]) {
        for (resource, failure) in failures {
            let is_told = |action: &ActionRun| {
                action.resource.row == resource.row && action.verdict() == Verdict::Failed
            };
            if !self.actions.iter().any(is_told) {
                let action = self.action(resource, "");
                action.outcome = Some(Outcome::Failed { failure: failure.clone(), ignored: false });
                self.open.remove(&resource.row);
            }
        }
    }

    fn begin(&mut self, resource: &ResourceRef, action: &str, notified_by: Option<String>) {
        for at in self.open.values() {
            self.actions[*at].is_around |= resource.within.contains(&self.actions[*at].resource.id);
        }
        self.open.insert(resource.row, self.actions.len());
        self.actions.push(ActionRun {
            resource: resource.clone(),
            action: action.to_owned(),
            notified_by,
            changes: Vec::new(),
            output: VecDeque::new(),
            waits: Vec::new(),
            retries: Vec::new(),
            notifies: Vec::new(),
            outcome: None,
            milliseconds: 0,
            is_around: false,
        });
    }

    /// The action under way of a resource; one that was not told of before begins with that.
    fn action(&mut self, resource: &ResourceRef, action: &str) -> &mut ActionRun {
        if !self.open.contains_key(&resource.row) {
            self.begin(resource, action, None);
        }
        let at = self.open.get(&resource.row).copied().unwrap_or_default();
        &mut self.actions[at]
    }

    /// Whether so many bytes more can be kept.
    fn has_room(&mut self, bytes: usize) -> bool {
        self.bytes = self.bytes.saturating_add(bytes);
        self.shortened |= self.bytes > MOST;
        self.bytes <= MOST
    }
}

impl ActionRun {
    /// How it ended, in a word.
    pub(super) fn verdict(&self) -> Verdict {
        Verdict::of(self.outcome.as_ref())
    }

    /// The type of the resource: `file`.
    pub(super) fn kind(&self) -> &str {
        self.resource.id.split('[').next().unwrap_or_default()
    }

    /// Why it failed, if it did.
    pub(super) fn failure(&self) -> Option<&Failure> {
        match &self.outcome {
            Some(Outcome::Failed { failure, .. }) => Some(failure),
            Some(Outcome::Unknown { failure, .. }) => failure.as_ref(),
            _ => None,
        }
    }

    /// What is to be said of an outcome in which nothing was done.
    pub(super) fn reason(&self) -> Option<String> {
        match self.outcome.as_ref()? {
            Outcome::Skipped { reason } | Outcome::NotRun { reason } => Some(reason.clone()),
            Outcome::Unknown { until, .. } => Some(format!("unknown until {until}")),
            Outcome::Updated | Outcome::UpToDate | Outcome::Failed { .. } => None,
        }
    }
}
