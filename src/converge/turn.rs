//! An action's turn: what it is started for, how it ended, and what follows from that.

use std::time::Instant;

use crate::model::error::Failure;
use crate::model::event::{Event, Outcome, ResourceRef};
use crate::model::known::Stop;

use super::engine::{Engine, elapsed};
use super::notify::Notice;

/// Why a custom resource failed when the cause was told already.
pub(super) const INSIDE: &str = "a resource inside it failed";

/// How an action ended, for the one who started it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    /// Something changed, or would.
    Updated,
    /// It failed, and the failure counts.
    Failed,
    /// It failed, and the cook said to go on.
    Ignored,
    /// Anything else.
    Quiet,
}

impl Engine<'_> {
    /// One action of one row, with everything that follows from it.
    pub(super) fn act(&mut self, row: usize, action: &str, notice: Option<Notice>) -> Ended {
        let (notified_by, pays) =
            notice.map_or((None, Vec::new()), |notice| (Some(notice.from), notice.pays));
        if action == "nothing" {
            self.strike(&pays);
            self.tally.note(row, &Outcome::Skipped { reason: "it waits for a notification".to_owned() });
            for child in self.children[row].clone() {
                self.not_run(child, "its resource waits for a notification");
            }
            return Ended::Quiet;
        }
        self.settle_before(row);
        let begin = Instant::now();
        let resource = self.reference(row);
        let notified = notified_by.is_some();
        self.started(resource.clone(), action, notified_by);
        let done = !notified && self.restarted.contains(&resource.id);
        let outcome = match if done { Ok(Outcome::UpToDate) } else { self.attempts(row, action) } {
            Ok(outcome) => outcome,
            Err(Stop::Unknown(until)) => Outcome::Unknown { until, failure: None },
            Err(Stop::Hindered(until, failure)) => {
                Outcome::Unknown { until, failure: Some(self.shown(row, failure)) }
            }
            Err(Stop::Failed(failure)) => Outcome::Failed { failure, ignored: self.ignores(row) },
            Err(Stop::Wanted(_)) => Outcome::Failed {
                failure: Failure::new("it could not be found out what the machine is like"),
                ignored: false,
            },
        };
        // What failed is owed still: the next run tries again.
        if !matches!(outcome, Outcome::Failed { ignored: false, .. }) {
            self.strike(&pays);
        }
        let ended = self.concluded(resource, action, outcome, begin);
        // A failure inside a custom resource ends that one first; it may have retries left, or be ignored.
        if ended == Ended::Failed && (notified || self.row(row).parent.is_none()) {
            self.halt(row);
        }
        if notified && !self.settle() {
            return Ended::Failed;
        }
        ended
    }

    pub(super) fn started(&mut self, resource: ResourceRef, action: &str, notified_by: Option<String>) {
        self.emit(Event::ActionStarted { resource, action: action.to_owned(), notified_by });
    }

    /// An outcome that took no time of its own.
    pub(super) fn finished(&mut self, row: usize, action: &str, outcome: Outcome) {
        let resource = self.reference(row);
        if self.concluded(resource, action, outcome, Instant::now()) == Ended::Failed
            && self.row(row).parent.is_none()
        {
            self.halt(row);
        }
    }

    fn concluded(&mut self, resource: ResourceRef, action: &str, outcome: Outcome, begin: Instant) -> Ended {
        let row = resource.row;
        let outcome = match outcome {
            Outcome::Failed { failure, ignored } => {
                Outcome::Failed { failure: self.shown(row, failure), ignored }
            }
            other => other,
        };
        self.tally.note(row, &outcome);
        let ended = match &outcome {
            Outcome::Updated => Ended::Updated,
            Outcome::Failed { ignored: true, .. } => Ended::Ignored,
            Outcome::Failed { .. } => Ended::Failed,
            _ => Ended::Quiet,
        };
        let settled = matches!(outcome, Outcome::UpToDate | Outcome::Skipped { .. });
        if let Outcome::Failed { failure, ignored: false } = &outcome
            && failure.message != INSIDE
        {
            self.failures.push((resource.clone(), failure.clone()));
        }
        self.emit(Event::ActionFinished {
            resource,
            action: action.to_owned(),
            outcome,
            milliseconds: elapsed(begin),
        });
        if ended == Ended::Updated {
            self.notify_after(row);
            self.pay_late(row, true);
        } else if settled {
            self.pay_late(row, false);
        }
        ended
    }
}
