//! One action: guards, plan, before, apply, verify; again where the cook allows it.

use std::time::{Duration, Instant};

use crate::model::error::Failure;
use crate::model::event::{Event, Mode, Outcome};
use crate::model::known::Stop;
use crate::provider::Planner;
use crate::resources;

use super::engine::Engine;
use super::knowledge::Planned;
use super::turn::INSIDE;
use super::{deferred, guard};

/// How often a pause looks whether the run was interrupted.
const GLANCE: Duration = Duration::from_millis(100);

impl Engine<'_> {
    /// Whether the row or a custom resource around it says to go on.
    pub(super) fn ignores(&self, row: usize) -> bool {
        let declared = self.row(row);
        declared.ignore_failure || declared.parent.as_ref().is_some_and(|parent| self.ignores(parent.row))
    }

    pub(super) fn attempts(&mut self, row: usize, action: &str) -> Result<Outcome, Stop> {
        let mut left = self.row(row).retries;
        let failures = self.failures.len();
        loop {
            let result = if self.row(row).custom { self.custom(row, action) } else { self.once(row, action) };
            match result {
                Err(Stop::Failed(failure)) => {
                    if left == 0
                        || self.options.mode == Mode::Plan
                        || self.know.lost.is_some()
                        || self.cut_short()
                    {
                        return Err(Stop::Failed(failure));
                    }
                    left -= 1;
                    self.failures.truncate(failures);
                    let failure = self.shown(row, failure);
                    let resource = self.reference(row);
                    self.emit(Event::Retry { resource, failure: failure.clone(), left: left + 1 });
                    self.pause(Duration::from_secs(u64::from(self.row(row).retry_delay)));
                    if self.cut_short() {
                        return Err(Stop::Failed(failure));
                    }
                    self.know.refresh();
                }
                other => return other,
            }
        }
    }

    /// Whether the run is interrupted, where something is left to do.
    fn cut_short(&mut self) -> bool {
        self.cut |= self.interrupted();
        self.cut
    }

    /// Waits, unless the run is interrupted.
    fn pause(&self, pause: Duration) {
        let begin = Instant::now();
        while let Some(left) = pause.checked_sub(begin.elapsed())
            && !self.interrupted()
        {
            std::thread::sleep(left.min(GLANCE));
        }
    }

    /// A custom resource: its guards, then the rows of the action.
    fn custom(&mut self, row: usize, action: &str) -> Result<Outcome, Stop> {
        let children: Vec<usize> = self.children[row]
            .iter()
            .copied()
            .filter(|&child| self.row(child).parent.as_ref().is_some_and(|parent| parent.action == action))
            .collect();
        let declared = &self.collection.rows[row];
        if let Some(reason) = guard::keeps_back(declared, None, &mut self.know)? {
            for child in children {
                self.tally.note(child, &Outcome::Skipped { reason: reason.clone() });
            }
            return Ok(Outcome::Skipped { reason });
        }
        match self.list(&children) {
            (updated, true) => {
                if updated {
                    self.owe_in_part(row);
                }
                Err(Failure::new(INSIDE).into())
            }
            (true, false) => Ok(Outcome::Updated),
            (false, false) => Ok(Outcome::UpToDate),
        }
    }

    fn once(&mut self, row: usize, action: &str) -> Result<Outcome, Stop> {
        if self.holds(row, action) {
            return Ok(Outcome::UpToDate);
        }
        let planner = self.load(row)?;
        let declared = &self.collection.rows[row];
        match guard::keeps_back(declared, Some(planner.as_ref()), &mut self.know) {
            Ok(None) => {}
            Ok(Some(reason)) => return Ok(Outcome::Skipped { reason }),
            Err(stop) => {
                self.suppose(row, planner.as_ref(), action, &stop);
                return Err(stop);
            }
        }
        planner.check(action)?;
        let mut wanted = self.know.plan(planner.as_ref(), action)?;
        if wanted.changes.is_empty() {
            return wanted.nothing();
        }
        if self.notify_before(row)? {
            wanted = self.know.plan(planner.as_ref(), action)?;
            if wanted.changes.is_empty() {
                return wanted.nothing();
            }
        }
        if self.options.mode == Mode::Plan {
            return self.foretell(row, wanted);
        }
        let resource = self.reference(row);
        let changes = wanted.changes;
        let fresh = self.due(&[row]);
        self.record(&fresh)?;
        if let Err((done, failure)) = self.make(&resource, action, &changes) {
            if done > 0 {
                // Part of it is on the machine, so what it owes is owed: the next run would see no change there.
                self.owe_in_part(row);
            } else {
                self.strike(&fresh);
            }
            return Err(failure.into());
        }
        if let Err(stop) = self.verify(planner.as_ref(), action, &changes) {
            self.owe_in_part(row);
            return Err(stop);
        }
        Ok(Outcome::Updated)
    }

    /// In a plan, the changes are told, and what they bring about is believed from here on.
    fn foretell(&mut self, row: usize, planned: Planned) -> Result<Outcome, Stop> {
        let resource = self.reference(row);
        for change in &planned.changes {
            self.announce(&resource, change, planned.until.is_some());
            if let Some(record) = self.record.as_mut().filter(|_| planned.until.is_none() || planned.holds) {
                let last = change.last.as_ref().filter(|last| last.needed).map(|last| &last.step);
                let steps = change.steps.iter().chain(last);
                record.extend(steps.map(|step| (resource.clone(), step.clone())));
            }
        }
        self.know.predict(&resource.id, &planned);
        match planned.until {
            None => Ok(Outcome::Updated),
            Some(until) => Err(Stop::Unknown(until)),
        }
    }

    /// In a plan, what a resource may do whose guard can't be told yet.
    fn suppose(&mut self, row: usize, planner: &dyn Planner, action: &str, stop: &Stop) {
        if let (Mode::Plan, Stop::Unknown(until) | Stop::Hindered(until, _)) = (self.options.mode, stop)
            && planner.check(action).is_ok()
            && let Ok(planned) = self.know.plan(planner, action)
        {
            let until = until.clone();
            // What it may do is told and believed to be open; how it ends was told by its guard.
            let _ = self.foretell(row, planned.only_after(until));
        }
    }

    pub(super) fn load(&mut self, row: usize) -> Result<Box<dyn Planner>, Stop> {
        let declared = &self.collection.rows[row];
        let Some(entry) = resources::find(&declared.r#type) else {
            return Err(Failure::new(format!("chefrs has no resource type `{}`", declared.r#type)).into());
        };
        deferred::load(declared, entry, &mut self.know, &self.options.secrets)
    }
}
