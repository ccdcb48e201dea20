//! Restarts of the machine: what asks for one, what has had its own, and the end of a run that makes one.

use crate::model::collection::Timing;
use crate::model::error::Diagnostic;
use crate::model::event::{Event, ResourceRef};
use crate::model::journal::{Debt, Record, Restarted};
use crate::model::step::{Restart, Step};

use super::engine::Engine;

impl Engine<'_> {
    /// Takes over what earlier runs, or parts of this one, have asked for: what was made is not made again in its own
    /// turn, and what was not is owed.
    pub(super) fn inherit_restarts(&mut self, restarts: Vec<Restarted>) -> Vec<Debt> {
        let mut owed = Vec::new();
        for Restarted { by, run, made, .. } in restarts {
            if made {
                self.restarted.push(by);
            } else {
                owed.push(Debt {
                    to: by.clone(),
                    within: Vec::new(),
                    action: "request_reboot".to_owned(),
                    timing: Timing::Delayed,
                    from: by,
                    skip_on_failure: false,
                    run,
                });
            }
        }
        owed
    }

    /// The step as the target is to know it, where it asks for a restart.
    pub(super) fn signed(resource: &ResourceRef, step: &Step) -> Option<Step> {
        let Step::Restart(Some(restart)) = step else { return None };
        Some(Step::Restart(Some(Box::new(Restart { by: resource.id.clone(), ..(**restart).clone() }))))
    }

    /// Notes a step that was made.
    pub(super) fn note_restart(&mut self, resource: &ResourceRef, step: &Step) {
        if let Step::Restart(restart) = step {
            self.restart = restart.as_ref().map(|restart| (resource.clone(), (**restart).clone()));
        }
    }

    /// The resource for which the run ends here, to go on after the restart.
    pub(super) fn restarts_now(&self) -> Option<&str> {
        self.restart.as_ref().filter(|(_, restart)| restart.now).map(|(resource, _)| resource.id.as_str())
    }

    /// At the end: says that the machine restarts, or that it does not although somebody asked, or forgets what is over.
    /// The resource for which it restarts.
    pub(super) fn restart_or_settle(&mut self, well: bool) -> Option<String> {
        match self.restart.clone() {
            Some((resource, restart)) if well || restart.now => {
                let Restart { reason, delay, .. } = restart;
                let by = resource.id.clone();
                self.emit(Event::Restart { resource, reason, delay });
                return Some(by);
            }
            Some((resource, _)) => {
                let why = if self.cut { "was interrupted" } else { "did not go well" };
                let what = format!("the machine is not restarted for {}, because the run {why}", resource.id);
                let diagnostic = Diagnostic::warning(what).hint("the next run that does makes up for it");
                self.emit(Event::Warning { diagnostic });
            }
            None if well && !self.restarted.is_empty() => {
                if let Err(failure) = self.know.record(Record::Settled) {
                    let what = format!(
                        "that the run has gone on after its restart can't be written down: {}",
                        failure.message
                    );
                    self.emit(Event::Warning { diagnostic: Diagnostic::warning(what) });
                }
            }
            None => {}
        }
        None
    }
}
