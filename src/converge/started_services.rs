//! Services that the run has started. They are checked again at the end of the run: a service that died meanwhile has
//! failed.

use std::time::{Duration, Instant};

use crate::model::change::{Change, Course, Reach};
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::provider::Planner;

use super::turn::PreparedAction;

/// How long the last started service must have been running at the final check. Most programs that can't use their
/// configuration have exited by then; systemd considers a `Type=simple` service started before that. Every run that
/// starts a service waits this long, so it has to fit the time budget of a first run.
const WATCHED: Duration = Duration::from_millis(250);

#[derive(Default)]
pub(super) struct StartedServices {
    services: Vec<StartedService>,
    /// When the last of them was started.
    last: Option<Instant>,
}

struct StartedService {
    row: usize,
    action: String,
    /// Full name of the service.
    name: String,
    planner: Box<dyn Planner>,
    /// Whether a later change may have stopped it intentionally.
    disturbed: bool,
}

/// A service that is not running any more.
pub(super) struct DeadService {
    pub(super) row: usize,
    pub(super) action: String,
    pub(super) failure: Failure,
}

impl StartedServices {
    pub(super) fn is_empty(&self) -> bool {
        self.services.is_empty()
    }

    /// How long to wait before the final check.
    pub(super) fn left_to_watch(&self) -> Duration {
        self.last.map_or(Duration::ZERO, |last| WATCHED.saturating_sub(last.elapsed()))
    }

    /// Records which services an action has started or stopped.
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

    /// Records changes that may have stopped services intentionally, even if only partly made.
    pub(super) fn disturb(&mut self, changes: &[Change]) {
        if changes.iter().any(|change| change.reach() >= Reach::System) {
            self.services.iter_mut().for_each(|started| started.disturbed = true);
        }
    }

    /// The services that are not running any more, with the rows that started them. All queries are asked together.
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
