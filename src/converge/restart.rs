//! Restarts of the machine: those already made, and the one that is requested. It changes nothing by itself.

use rustc_hash::FxHashMap;

use crate::model::collection::Timing;
use crate::model::english::count;
use crate::model::error::Failure;
use crate::model::event::ResourceRef;
use crate::model::journal::{Debt, Restarted};
use crate::model::step::{Restart, Step};

/// How often a resource may restart the machine in one run. A run on another machine goes on after each restart, so a
/// resource that is notified after every start would never come to an end.
const LIMIT: u32 = 5;

/// The restarts of a run.
#[derive(Debug, Default)]
pub(super) struct RestartsOfRun {
    /// Resources that have restarted the machine in their turn, since the last run that succeeded.
    made: Vec<String>,
    /// How often each of them has restarted it in this run.
    times: FxHashMap<String, u32>,
    /// The restart that was requested.
    asked: Option<(ResourceRef, Restart)>,
    /// In a plan: the row that restarts the machine at once has still to notify others.
    supposed: bool,
    /// In a plan: the restart at the end of the run, if it would come in every run; the resource, and its action.
    endless: Option<(ResourceRef, String, EndlessRestart)>,
}

/// A restart that would come after each start of the machine.
#[derive(Debug, Clone)]
pub(super) struct EndlessRestart {
    pub(super) restart: Restart,
    /// The resource that asks for it in every run.
    pub(super) by: String,
}

impl EndlessRestart {
    /// Why a run that goes on after restarts fails.
    pub(super) fn failure(&self) -> Failure {
        let by = &self.by;
        Failure::new(format!(
            "the run would restart the machine for it {LIMIT} times, and then fail: {by} does its work again after each \
             start, and notifies it"
        ))
        .hint(format!("give {by} a guard, so that it does nothing once its work is done"))
    }
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
    /// their turn; the others are returned as owed notifications. `this` is the id of this run.
    pub(super) fn inherit(&mut self, restarts: Vec<Restarted>, this: &str) -> Vec<Debt> {
        let mut owed = Vec::new();
        for Restarted { by, action, run, made, earlier, .. } in restarts {
            if made {
                if run == this {
                    self.times.insert(by.clone(), earlier + 1);
                }
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
                    awaits: None,
                    begun: None,
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

    /// Fails if the step would restart the machine once more for a resource that has done so too often in this run.
    ///
    /// # Errors
    /// Something on the machine is different after every start, and asks for the next one.
    pub(super) fn require_end(&self, resource: &ResourceRef, step: &Step) -> Result<(), Failure> {
        let times = self.times.get(&resource.id).copied().unwrap_or_default();
        if times < LIMIT || !matches!(step, Step::Restart(Some(_))) {
            return Ok(());
        }
        let times = usize::try_from(times).unwrap_or(usize::MAX);
        Err(Failure::new(format!(
            "it has restarted the machine {} in this run already, so it does not restart it again",
            count(times, "time")
        ))
        .hint("what notifies it is changed by every start of the machine; see which resource is updated each time"))
    }

    /// Records a step that was made.
    pub(super) fn note(&mut self, resource: &ResourceRef, step: &Step) {
        if let Step::Restart(restart) = step {
            self.asked = restart.as_ref().map(|restart| (resource.clone(), (**restart).clone()));
        }
    }

    /// In a plan: assumes that a resource that restarts the machine at once has done so.
    pub(super) fn predict(&mut self, resource: &ResourceRef, step: &Step) {
        match step {
            Step::Restart(Some(restart)) if restart.now => {
                self.made.push(resource.id.clone());
                self.supposed = true;
            }
            Step::Restart(None) => self.endless = None,
            _ => {}
        }
    }

    /// In a plan: assumes that a restart has been requested that comes in every run. One at once ends the run here, and
    /// the next one too.
    pub(super) fn predict_endless(&mut self, resource: &ResourceRef, action: &str, endless: EndlessRestart) {
        if endless.restart.now {
            self.asked = Some((resource.clone(), endless.restart));
        } else {
            self.endless = Some((resource.clone(), action.to_owned(), endless));
        }
    }

    /// In a plan: the restart at the end of the run that comes in every run.
    pub(super) fn take_endless(&mut self) -> Option<(ResourceRef, String, EndlessRestart)> {
        self.endless.take()
    }

    /// In a plan: whether the machine would restart now, once the row that restarts it has notified others.
    pub(super) fn take_supposed(&mut self) -> bool {
        std::mem::take(&mut self.supposed)
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
