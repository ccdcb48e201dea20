//! Collects the events of a run, for documents that are written at the end.

use std::collections::BTreeMap;
use std::collections::VecDeque;

use crate::model::error::{Diagnostic, Failure, Location};
use crate::model::event::{Counts, Event, Mode, Outcome, ResourceRef};
use crate::model::fleet::{FleetEvent, Stage, TargetEvent, TargetOutcome};
use crate::model::journal::Debt;

use super::verdict::Verdict;

/// Most lines of output that are kept for an action, from the end.
const LINES: usize = 300;

/// Most bytes of diffs and output that are kept for a target.
const MOST: usize = 4 << 20;

/// A run or plan with all its events.
#[derive(Debug)]
pub(super) struct WholeRun {
    pub(super) mode: Mode,
    /// Id of the run. None for a plan.
    pub(super) run: Option<String>,
    /// Empty if each target has its own.
    pub(super) run_list: Vec<String>,
    /// Targets in the order in which they were named.
    pub(super) targets: Vec<TargetRun>,
    /// Messages that belong to no target.
    pub(super) notes: Vec<String>,
    /// Why no target was started.
    pub(super) findings: Vec<Diagnostic>,
    /// Duration in milliseconds, if known.
    pub(super) milliseconds: Option<u64>,
}

/// One target.
#[derive(Debug)]
pub(super) struct TargetRun {
    pub(super) name: String,
    /// What ran on it.
    pub(super) run_list: Vec<String>,
    /// The engine, if it is not the usual one.
    pub(super) via: Option<String>,
    /// Actions in the order in which they started.
    pub(super) actions: Vec<ActionRun>,
    pub(super) warnings: Vec<Diagnostic>,
    /// Messages that recipes printed.
    pub(super) messages: Vec<(Location, String)>,
    pub(super) notes: Vec<String>,
    /// Notifications of earlier runs that this run sent.
    pub(super) owed: Vec<Debt>,
    /// Resources that were not run, with the reason.
    pub(super) not_run: Vec<(String, String)>,
    /// Resources that are left out of the run, with the reason.
    pub(super) left_out: Vec<(String, String)>,
    /// Why the machine restarts.
    pub(super) restart: Option<String>,
    /// How the run ended. None if its end was not seen.
    pub(super) outcome: Option<TargetOutcome>,
    counts: Option<Counts>,
    milliseconds: u64,
    /// Indexes of running actions, by row.
    open: BTreeMap<usize, usize>,
    bytes: usize,
    /// Whether something was dropped because it was too large.
    pub(super) shortened: bool,
}

/// An action of a resource.
#[derive(Debug)]
pub(super) struct ActionRun {
    pub(super) resource: ResourceRef,
    /// Empty for a failure outside of actions.
    pub(super) action: String,
    pub(super) notified_by: Option<String>,
    pub(super) changes: Vec<ToldChange>,
    /// The last lines of output.
    pub(super) output: VecDeque<String>,
    /// What it waited for.
    pub(super) waits: Vec<String>,
    /// Failures of attempts before the last one.
    pub(super) retries: Vec<Failure>,
    /// Notifications, as `service[nginx] to reload, delayed`.
    pub(super) notifies: Vec<String>,
    /// None if its end was not seen.
    pub(super) outcome: Option<Outcome>,
    pub(super) milliseconds: u64,
    /// Whether it is a custom resource, whose work is done by the resources inside it.
    pub(super) is_around: bool,
}

/// A change.
#[derive(Debug)]
pub(super) struct ToldChange {
    pub(super) summary: String,
    pub(super) diff: Option<String>,
    /// Whether the change is uncertain, because the outcome of the action is unknown.
    pub(super) may: bool,
    /// Whether the diff is hidden, because the resource is sensitive.
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

    /// Adds an event.
    pub(super) fn note(&mut self, event: &FleetEvent) {
        match event {
            FleetEvent::Target(TargetEvent { target, event }) => {
                if let Event::RunStarted { mode, run_list, run, .. } = &**event {
                    self.mode = *mode;
                    // A fleet has told it already.
                    if self.targets.len() < 2 {
                        self.run_list.clone_from(run_list);
                    }
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

    /// Duration of the run in milliseconds.
    pub(super) fn lasted(&self) -> u64 {
        let longest = || self.targets.iter().map(TargetRun::lasted).max().unwrap_or_default();
        self.milliseconds.unwrap_or_else(longest)
    }
}

impl TargetRun {
    fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            run_list: Vec::new(),
            via: None,
            actions: Vec::new(),
            warnings: Vec::new(),
            messages: Vec::new(),
            notes: Vec::new(),
            owed: Vec::new(),
            not_run: Vec::new(),
            left_out: Vec::new(),
            restart: None,
            outcome: None,
            counts: None,
            milliseconds: 0,
            open: BTreeMap::new(),
            bytes: 0,
            shortened: false,
        }
    }

    /// Number of resources by outcome, as far as they were counted.
    pub(super) fn counts(&self) -> Counts {
        self.outcome.as_ref().and_then(|outcome| outcome.counts).or(self.counts).unwrap_or_default()
    }

    /// Whether it ended without a failure.
    pub(super) fn is_well(&self) -> bool {
        self.outcome.as_ref().is_some_and(|outcome| outcome.outcome.is_well())
    }

    /// Duration of the target in milliseconds.
    pub(super) fn lasted(&self) -> u64 {
        self.outcome.as_ref().map_or(0, |outcome| outcome.milliseconds).max(self.milliseconds)
    }

    /// Actions that are counted. Custom resources are not; the resources inside them are.
    pub(super) fn rows(&self) -> impl Iterator<Item = &ActionRun> {
        self.actions.iter().filter(|action| !action.is_around)
    }

    fn ended(&mut self, outcome: &TargetOutcome) {
        self.outcome = Some(outcome.clone());
    }

    fn note(&mut self, event: &Event) {
        match event {
            Event::RunStarted { via, run_list, .. } => {
                self.via.clone_from(via);
                self.run_list.clone_from(run_list);
            }
            Event::Owed { debt } => self.owed.push(debt.clone()),
            Event::Warning { diagnostic } => self.warnings.push(diagnostic.clone()),
            Event::Note { text } => self.notes.push(text.clone()),
            Event::Message { location, text } => self.messages.push((location.clone(), text.clone())),
            Event::ActionStarted { resource, action, notified_by } => {
                self.begin(resource, action, notified_by.clone());
            }
            Event::Change { resource, summary, diff, may, withheld, .. } => {
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
                // The next attempt announces the failed change again.
                action.changes.pop();
            }
            Event::ActionFinished { resource, action, outcome, milliseconds } => {
                let turn = self.action(resource, action);
                turn.action.clone_from(action);
                (turn.outcome, turn.milliseconds) = (Some(outcome.clone()), *milliseconds);
                self.open.remove(&resource.row);
            }
            Event::Notified { from, to, action, timing, left_out, .. } => {
                let by = self.actions.iter_mut().rev().find(|turn| turn.resource.id == *from);
                if let Some(turn) = by {
                    let unsent = if *left_out { "; not sent: it is left out" } else { "" };
                    turn.notifies.push(format!("{to} to {action}, {timing}{unsent}"));
                }
            }
            Event::LeftOut { resources, by } => {
                self.left_out.extend(resources.iter().map(|id| (id.clone(), format!("left out by {by}"))));
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

    /// Adds failures outside of actions (the target was lost).
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

    /// The running action of a resource. If it was not announced, it starts here.
    fn action(&mut self, resource: &ResourceRef, action: &str) -> &mut ActionRun {
        if !self.open.contains_key(&resource.row) {
            self.begin(resource, action, None);
        }
        let at = self.open.get(&resource.row).copied().unwrap_or_default();
        &mut self.actions[at]
    }

    /// Whether this many more bytes can be kept.
    fn has_room(&mut self, bytes: usize) -> bool {
        self.bytes = self.bytes.saturating_add(bytes);
        self.shortened |= self.bytes > MOST;
        self.bytes <= MOST
    }
}

impl ActionRun {
    /// The outcome.
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

    /// Why nothing was done, if there is a reason to show.
    pub(super) fn reason(&self) -> Option<String> {
        match self.outcome.as_ref()? {
            Outcome::Skipped { reason } | Outcome::NotRun { reason } => Some(reason.clone()),
            Outcome::Unknown { until, .. } => Some(format!("unknown until {until}")),
            Outcome::Updated | Outcome::UpToDate | Outcome::Failed { .. } => None,
        }
    }
}
