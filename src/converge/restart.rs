//! Restarts of the machine: those already made, and the one that is requested. It changes nothing by itself.

use crate::model::collection::Timing;
use crate::model::event::ResourceRef;
use crate::model::journal::{Debt, Restarted};
use crate::model::step::{Restart, Step};

/// The restarts of a run.
#[derive(Debug, Default)]
pub(super) struct RestartsOfRun {
    /// Resources that have restarted the machine in their turn, since the last run that succeeded.
    made: Vec<String>,
    /// The restart that was requested.
    asked: Option<(ResourceRef, Restart)>,
}

/// What to do about restarts at the end of a run.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum AtEnd {
    /// Restart the machine.
    Restart(ResourceRef, Box<Restart>),
    /// Do not restart it, although this resource requested it.
    NotNow(ResourceRef),
    /// Clear the records of past restarts.
    Settle,
    Nothing,
}

impl RestartsOfRun {
    /// Takes over restarts of earlier runs and of earlier parts of this run. Those that were made are not repeated in
    /// their turn; the others are returned as owed notifications.
    pub(super) fn inherit(&mut self, restarts: Vec<Restarted>) -> Vec<Debt> {
        let mut owed = Vec::new();
        for Restarted { by, action, run, made, .. } in restarts {
            if made {
                self.made.push(by);
            } else {
                owed.push(Debt {
                    to: by.clone(),
                    within: Vec::new(),
                    recipe: String::new(),
                    action,
                    timing: Timing::Delayed,
                    from: by,
                    skip_on_failure: false,
                    awaits_notifier: false,
                    run,
                });
            }
        }
        owed
    }

    /// Whether the resource has restarted the machine in its turn, and the run continues after it.
    pub(super) fn has_made(&self, id: &str) -> bool {
        self.made.iter().any(|made| made == id)
    }

    /// Records a step that was made.
    pub(super) fn note(&mut self, resource: &ResourceRef, step: &Step) {
        if let Step::Restart(restart) = step {
            self.asked = restart.as_ref().map(|restart| (resource.clone(), (**restart).clone()));
        }
    }

    /// In a plan: assumes that a resource that restarts the machine at once has done so. Returns whether the step does
    /// that.
    pub(super) fn predict(&mut self, resource: &ResourceRef, step: &Step) -> bool {
        let restarts = matches!(step, Step::Restart(Some(restart)) if restart.now);
        if restarts {
            self.made.push(resource.id.clone());
        }
        restarts
    }

    /// Whether a restart is requested.
    pub(super) fn is_asked(&self) -> bool {
        self.asked.is_some()
    }

    /// The resource for which the run stops here, to continue after the restart.
    pub(super) fn now(&self) -> Option<&str> {
        self.asked.as_ref().filter(|(_, restart)| restart.now).map(|(resource, _)| resource.id.as_str())
    }

    /// What to do at the end of a run. `well`: nothing failed.
    pub(super) fn at_end(&mut self, well: bool) -> AtEnd {
        match self.asked.take() {
            Some((resource, restart)) if well || restart.now => AtEnd::Restart(resource, Box::new(restart)),
            Some((resource, _)) => AtEnd::NotNow(resource),
            None if well && !self.made.is_empty() => AtEnd::Settle,
            None => AtEnd::Nothing,
        }
    }
}

/// Adds the resource and action to a step that requests a restart.
pub(super) fn signed(resource: &ResourceRef, action: &str, step: &Step) -> Option<Step> {
    let Step::Restart(Some(restart)) = step else { return None };
    let (by, action) = (resource.id.clone(), action.to_owned());
    Some(Step::Restart(Some(Box::new(Restart { by, action, ..(**restart).clone() }))))
}
