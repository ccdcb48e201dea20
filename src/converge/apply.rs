//! Making changes, and verifying that they hold.

use std::time::Duration;

use crate::model::change::Change;
use crate::model::english::list;
use crate::model::error::{Diagnostic, Failure};
use crate::model::event::{Event, ResourceRef};
use crate::model::known::Stop;
use crate::model::step::Step;
use crate::provider::Planner;
use crate::target::Progress;

use super::knowledge::Knowledge;
use super::masked_events::EventSink;
use super::restart::{self, RestartsOfRun};
use super::trailing::Trailing;

/// Pauses before a change is verified again. A service may need a moment to reach its new state.
const PATIENCE: [Duration; 3] =
    [Duration::from_millis(200), Duration::from_millis(600), Duration::from_millis(1200)];

/// The target, and what is reported and remembered of the work on it.
pub(super) struct Work<'a> {
    pub(super) know: Knowledge<'a>,
    pub(super) events: EventSink<'a>,
    pub(super) restarts: RestartsOfRun,
    /// A step that must still follow the changes made so far.
    pub(super) trailing: Option<Trailing>,
}

/// The action for which something is done.
#[derive(Debug, Clone)]
pub(super) struct Cause<'r> {
    pub(super) resource: ResourceRef,
    pub(super) action: &'r str,
    /// Whether diffs, commands and output are hidden.
    pub(super) sensitive: bool,
    /// Whether diffs are shown.
    pub(super) shows_diff: bool,
    /// In a plan: the resource until which it is unknown what exactly is changed.
    pub(super) details_until: Option<String>,
}

impl Cause<'_> {
    /// The report of a change, without what must stay hidden.
    pub(super) fn told(&self, change: &Change, may: bool) -> Event {
        let runs = change.steps.iter().any(|step| matches!(step, Step::Run(_)));
        let hidden = self.sensitive && runs;
        let summary = if hidden { "run a command that is not shown" } else { &change.summary };
        Event::Change {
            resource: self.resource.clone(),
            summary: summary.to_owned(),
            diff: change.diff.clone().filter(|_| self.shows_diff),
            may,
            details_until: self.details_until.clone(),
            withheld: self.sensitive && change.diff.is_some(),
        }
    }
}

/// Why changes were not made, or not all of them.
#[derive(Debug)]
pub(super) struct BrokenOff {
    /// Whether some of them were made.
    pub(super) partly: bool,
    pub(super) stop: Stop,
}

impl Work<'_> {
    /// Announces (unless that is done), makes and verifies changes in order.
    pub(super) fn make(
        &mut self,
        cause: &Cause<'_>,
        planner: &dyn Planner,
        changes: &[Change],
        announced: bool,
    ) -> Result<(), BrokenOff> {
        let mut partly = false;
        for change in changes {
            if let Err(failure) = self.make_one(cause, change, announced, &mut partly) {
                let failure = self.with_details(failure, planner, cause.action);
                return Err(BrokenOff { partly, stop: failure.into() });
            }
        }
        self.verify(planner, cause.action, changes).map_err(|stop| BrokenOff { partly: true, stop })
    }

    fn make_one(
        &mut self,
        cause: &Cause<'_>,
        change: &Change,
        announced: bool,
        partly: &mut bool,
    ) -> Result<(), Failure> {
        if let Some(trailing) = self.trailing.take_if(|trailing| !trailing.may_wait_for(change)) {
            self.step(cause, &trailing.step)?;
        }
        if !announced {
            self.announce(cause, change, false);
        }
        // Set before the steps: it is needed even if only some of them succeed.
        if let Some(trailing) = Trailing::of(cause.resource.row, cause.action, change) {
            self.trailing = Some(trailing);
        }
        for step in &change.steps {
            self.step(cause, step)?;
            *partly = true;
        }
        Ok(())
    }

    /// Reports a change, without what must stay hidden.
    pub(super) fn announce(&mut self, cause: &Cause<'_>, change: &Change, may: bool) {
        if let Some(warning) = change.warning.as_ref().filter(|_| !cause.sensitive) {
            let warning = Diagnostic::warning(format!("{}: {warning}", cause.resource.id));
            self.events.warn(warning.at(cause.resource.location.clone()));
        }
        self.events.emit(cause.told(change, may));
    }

    /// Applies one step. Its output and its waiting are reported as events.
    pub(super) fn step(&mut self, cause: &Cause<'_>, step: &Step) -> Result<(), Failure> {
        let Cause { resource, action, sensitive, .. } = cause;
        let signed = restart::signed(resource, action, step);
        let Self { know, events, restarts, .. } = self;
        restarts.require_end(resource, step)?;
        know.apply(signed.as_ref().unwrap_or(step), &mut |progress| {
            let event = match progress {
                Progress::Output(line) => Event::Output { resource: resource.clone(), line },
                Progress::Waiting(message) => Event::Waiting { resource: resource.clone(), message },
            };
            if !sensitive {
                events.emit(event);
            }
        })?;
        restarts.note(resource, step);
        Ok(())
    }

    /// Plans again: whatever would still change did not hold, whatever the exit codes were.
    fn verify(&mut self, planner: &dyn Planner, action: &str, made: &[Change]) -> Result<(), Stop> {
        if made.iter().all(|change| change.repeats) {
            return Ok(());
        }
        let mut left = self.left(planner, action)?;
        for pause in PATIENCE {
            if left.is_empty() {
                return Ok(());
            }
            self.know.wait(pause);
            self.know.refresh();
            left = self.left(planner, action)?;
        }
        if left.is_empty() {
            return Ok(());
        }
        let unexplained = || {
            Failure::new(format!("the change did not hold: afterwards it would again {}", list(&left, "and")))
                .hint(
                    "something on the machine undoes it, or the command reported success without doing its work",
                )
        };
        Err(self.wrong(planner, action)?.unwrap_or_else(unexplained).into())
    }

    /// Adds what the machine knows about the failure of a step.
    fn with_details(&mut self, mut failure: Failure, planner: &dyn Planner, action: &str) -> Failure {
        if self.know.lost.is_none()
            && !self.know.has_ended()
            && let Ok(Some(wrong)) = self.wrong(planner, action)
        {
            let new = wrong.details.into_iter().filter(|line| !failure.details.contains(line));
            let new: Vec<String> = new.collect();
            failure.details.splice(0..0, new);
        }
        failure
    }

    /// What the machine knows about an action that failed.
    fn wrong(&mut self, planner: &dyn Planner, action: &str) -> Result<Option<Failure>, Stop> {
        self.know.find_out(|known| planner.what_went_wrong(action, false, known))
    }

    fn left(&mut self, planner: &dyn Planner, action: &str) -> Result<Vec<String>, Stop> {
        let changes = self.know.plan(planner, action)?.changes;
        Ok(changes.into_iter().filter(|change| !change.repeats).map(|change| change.summary).collect())
    }
}
