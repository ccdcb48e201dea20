//! Restarts of the machine: what has had its own, and what asks for one now. Nothing in here acts.

use crate::model::collection::Timing;
use crate::model::event::ResourceRef;
use crate::model::journal::{Debt, Restarted};
use crate::model::step::{Restart, Step};

/// What is known of restarts.
#[derive(Debug, Default)]
pub(super) struct RestartsOfRun {
    /// Resources that have restarted the machine in their turn, since a run last came well to its end.
    made: Vec<String>,
    /// The restart that was asked for.
    asked: Option<(ResourceRef, Restart)>,
}

/// What the end of a run does about them.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum AtEnd {
    Restart(ResourceRef, Box<Restart>),
    /// It does not, although this resource has asked for it.
    NotNow(ResourceRef),
    /// Those made before are history.
    Settle,
    /// There is nothing to do.
    Nothing,
}

impl RestartsOfRun {
    /// Takes over what earlier runs, or parts of this one, have asked for: what was made is not made again in its own
    /// turn, and what was not is owed.
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

    /// Whether the resource has restarted the machine in its turn, and the run goes on behind it.
    pub(super) fn has_made(&self, id: &str) -> bool {
        self.made.iter().any(|made| made == id)
    }

    /// Notes a step that was made.
    pub(super) fn note(&mut self, resource: &ResourceRef, step: &Step) {
        if let Step::Restart(restart) = step {
            self.asked = restart.as_ref().map(|restart| (resource.clone(), (**restart).clone()));
        }
    }

    /// In a plan: whoever restarts the machine at once will have done so when what follows is converged. Whether it is one
    /// who does.
    pub(super) fn foretell(&mut self, resource: &ResourceRef, step: &Step) -> bool {
        let restarts = matches!(step, Step::Restart(Some(restart)) if restart.now);
        if restarts {
            self.made.push(resource.id.clone());
        }
        restarts
    }

    /// Whether a restart is still to come.
    pub(super) fn is_asked(&self) -> bool {
        self.asked.is_some()
    }

    /// The resource for which the run ends here, to go on after the restart.
    pub(super) fn now(&self) -> Option<&str> {
        self.asked.as_ref().filter(|(_, restart)| restart.now).map(|(resource, _)| resource.id.as_str())
    }

    /// What the end of a run that went well, or did not, does.
    pub(super) fn at_end(&mut self, well: bool) -> AtEnd {
        match self.asked.take() {
            Some((resource, restart)) if well || restart.now => AtEnd::Restart(resource, Box::new(restart)),
            Some((resource, _)) => AtEnd::NotNow(resource),
            None if well && !self.made.is_empty() => AtEnd::Settle,
            None => AtEnd::Nothing,
        }
    }
}

/// The step as the target is to know it, where it asks for a restart.
pub(super) fn signed(resource: &ResourceRef, action: &str, step: &Step) -> Option<Step> {
    let Step::Restart(Some(restart)) = step else { return None };
    let (by, action) = (resource.id.clone(), action.to_owned());
    Some(Step::Restart(Some(Box::new(Restart { by, action, ..(**restart).clone() }))))
}
