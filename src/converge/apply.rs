//! Making changes, and seeing that they hold.

use std::time::Duration;

use crate::model::change::Change;
use crate::model::english::list;
use crate::model::error::Failure;
use crate::model::event::{Event, ResourceRef};
use crate::model::known::Stop;
use crate::model::step::Step;
use crate::provider::Planner;
use crate::target::Progress;

use super::engine::Engine;

/// Pauses before the machine is looked at again: a service may take a moment to be what it was told.
const PATIENCE: [Duration; 3] =
    [Duration::from_millis(200), Duration::from_millis(600), Duration::from_millis(1200)];

impl Engine<'_> {
    /// Announces and makes changes in order. The number of steps that were done comes back with a failure.
    pub(super) fn make(
        &mut self,
        resource: &ResourceRef,
        action: &str,
        changes: &[Change],
    ) -> Result<(), (usize, Failure)> {
        let mut done = 0;
        for change in changes {
            self.settle_for(resource, change).map_err(|failure| (done, failure))?;
            self.announce(resource, change, false);
            // Even if it comes only half the way.
            self.put_off(resource.row, action, change);
            for step in &change.steps {
                self.step(resource, step).map_err(|failure| (done, failure))?;
                done += 1;
            }
        }
        Ok(())
    }

    /// Says what a change is, without what may not be shown.
    pub(super) fn announce(&mut self, resource: &ResourceRef, change: &Change, may: bool) {
        let sensitive = self.row(resource.row).sensitive;
        let runs = change.steps.iter().any(|step| matches!(step, Step::Run(_)));
        let summary = if sensitive && runs { "run a command that is not shown" } else { &change.summary };
        self.emit(Event::Change {
            resource: resource.clone(),
            summary: summary.to_owned(),
            diff: change.diff.clone().filter(|_| !sensitive),
            may,
        });
    }

    /// Does one step; what it prints and waits for become events.
    pub(super) fn step(&mut self, resource: &ResourceRef, step: &Step) -> Result<(), Failure> {
        let sensitive = self.row(resource.row).sensitive;
        let signed = Self::signed(resource, step);
        let Engine { know, sink, redactor, .. } = self;
        let applied = know.apply(signed.as_ref().unwrap_or(step), &mut |progress| {
            let event = match progress {
                Progress::Output(line) => Event::Output { resource: resource.clone(), line },
                Progress::Waiting(message) => Event::Waiting { resource: resource.clone(), message },
            };
            if !sensitive {
                sink(redactor.event(event));
            }
        });
        if applied.is_ok() {
            self.note_restart(resource, step);
        }
        applied
    }

    /// Looks again: whatever would still change did not hold, whatever exit codes said.
    pub(super) fn verify(
        &mut self,
        planner: &dyn Planner,
        action: &str,
        made: &[Change],
    ) -> Result<(), Stop> {
        if made.iter().all(|change| change.repeats) {
            return Ok(());
        }
        let mut left = self.left(planner, action)?;
        for pause in PATIENCE {
            if left.is_empty() {
                return Ok(());
            }
            std::thread::sleep(pause);
            self.know.refresh();
            left = self.left(planner, action)?;
        }
        if left.is_empty() {
            return Ok(());
        }
        Err(Failure::new(format!(
            "the change did not hold: afterwards it would again {}",
            list(&left, "and")
        ))
        .hint("something on the machine undoes it, or the command reported success without doing its work")
        .into())
    }

    fn left(&mut self, planner: &dyn Planner, action: &str) -> Result<Vec<String>, Stop> {
        let changes = self.know.plan(planner, action)?.changes;
        Ok(changes.into_iter().filter(|change| !change.repeats).map(|change| change.summary).collect())
    }
}
