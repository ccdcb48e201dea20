//! What a run has started, looked at once more at its end: a service that died a moment later has failed after all.

use std::time::{Duration, Instant};

use crate::model::change::{Change, Course, Reach};
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::provider::Planner;

use super::turn::PreparedAction;

/// How long the service that was started last must have been running before the last look: a program that can't use its
/// configuration has mostly ended by then. systemd itself calls a `Type=simple` service started before its program has
/// read that. Each run that starts something waits so long, so it is no longer than the budget of a first run allows.
const WATCHED: Duration = Duration::from_millis(250);

/// The services that run because of this run.
#[derive(Default)]
pub(super) struct StartedServices {
    services: Vec<StartedService>,
    /// When the last of them was started.
    last: Option<Instant>,
}

/// One of them.
struct StartedService {
    row: usize,
    action: String,
    /// Its whole name.
    name: String,
    planner: Box<dyn Planner>,
    /// Whether something came after it that may have stopped it in good order.
    disturbed: bool,
}

/// A service that does not run any more.
pub(super) struct DeadService {
    pub(super) row: usize,
    pub(super) action: String,
    pub(super) failure: Failure,
}

impl StartedServices {
    pub(super) fn is_empty(&self) -> bool {
        self.services.is_empty()
    }

    /// How long to wait before the last look at them.
    pub(super) fn left_to_watch(&self) -> Duration {
        self.last.map_or(Duration::ZERO, |last| WATCHED.saturating_sub(last.elapsed()))
    }

    /// Notes what becomes of services by an action that was made.
    pub(super) fn note(&mut self, row: usize, action: &str, made: PreparedAction) {
        let PreparedAction { planner, planned } = made;
        let mut runs = None;
        self.disturb(&planned.changes);
        for change in planned.changes {
            let Some(course) = change.course else { continue };
            let (Course::Runs(name) | Course::Ends(name)) = &course;
            self.services.retain(|started| started.name != *name);
            if let Course::Runs(name) = course {
                runs = Some(name);
            }
        }
        if let Some(name) = runs {
            let action = action.to_owned();
            self.services.push(StartedService { row, action, name, planner, disturbed: false });
            self.last = Some(Instant::now());
        }
    }

    /// Notes changes that may have stopped services in good order, whether they were made wholly or not.
    pub(super) fn disturb(&mut self, changes: &[Change]) {
        if changes.iter().any(|change| change.reach() >= Reach::System) {
            self.services.iter_mut().for_each(|started| started.disturbed = true);
        }
    }

    /// Those that do not run any more, by the rows that started them. What they want to know is asked together.
    ///
    /// # Errors
    /// Answers are missing, or the target was lost.
    pub(super) fn dead(&self, known: &Known) -> Result<Vec<DeadService>, Stop> {
        let mut wanted = Vec::new();
        let mut dead = Vec::new();
        for StartedService { row, action, planner, disturbed, .. } in &self.services {
            let (row, action) = (*row, action.clone());
            match planner.what_went_wrong(&action, *disturbed, known) {
                Ok(None) => {}
                Ok(Some(failure)) | Err(Stop::Failed(failure)) => {
                    dead.push(DeadService { row, action, failure });
                }
                Err(Stop::Wanted(queries)) => wanted.extend(queries),
                Err(stop) => return Err(stop),
            }
        }
        if wanted.is_empty() { Ok(dead) } else { Err(Stop::Wanted(wanted)) }
    }
}
