//! Runs whose target was lost: what is known about them, and how the failure says it.

use super::wire::SILENCE;
use crate::model::address::Address;
use crate::model::english::{count, one_line};
use crate::model::error::{Failure, FailureKind};
use crate::model::event::{Event, Outcome};

/// What the events have told so far.
#[derive(Debug, Default)]
pub(super) struct SeenEvents {
    begun: bool,
    updated: usize,
    current: Option<String>,
}

impl SeenEvents {
    /// Records an event.
    pub(super) fn note(&mut self, event: &Event) {
        match event {
            Event::RunStarted { .. } => self.begun = true,
            Event::ActionStarted { resource, action, .. } => {
                self.current = Some(format!("{} {}", resource.id, action));
            }
            Event::ActionFinished { outcome, .. } => {
                self.current = None;
                self.updated += usize::from(matches!(outcome, Outcome::Updated));
            }
            _ => {}
        }
    }

    /// Adds what is known to the failure.
    pub(super) fn tell(&self, mut failure: Failure) -> Failure {
        if !self.begun {
            return failure;
        }
        let mut words = format!("{} reported until then", count(self.updated, "change"));
        if let Some(current) = &self.current {
            words = format!("{words}; {} was in progress", one_line(current));
        }
        failure.details.insert(0, words);
        failure
    }
}

/// The target was lost and not reached again. The run continues there.
pub(super) fn given_up(lost: Failure, target: &str, run: &str) -> Failure {
    lost.hint(format!("the run continues there: `chefrs status -t {target}` shows how it ended"))
        .hint(format!("`chefrs attach -t {target} {run}` shows all of it, from its start to its end"))
        .hint("or run again: that waits for it, and finishes what it leaves")
}

/// The process of the run was killed.
pub(super) fn died(address: &Address) -> Failure {
    Failure::new(format!("the run on `{address}` was killed"))
        .of_kind(FailureKind::Killed)
        .hint("run again: finished work is skipped, and owed notifications are delivered")
}

/// No keep-alives have come.
pub(super) fn silent(address: &Address) -> Failure {
    let seconds = SILENCE.as_secs();
    Failure::new(format!("the agent on `{address}` has been silent for {seconds} seconds"))
        .of_kind(FailureKind::Lost)
        .hint("is its process stopped there (`ps` shows the state T), or does the machine hang?")
}

/// The process of the run is stopped by a signal.
pub(super) fn stopped(address: &Address, pid: u32) -> Failure {
    Failure::new(format!("the run on `{address}` is stopped: a signal has stopped its process, {pid}"))
        .of_kind(FailureKind::Lost)
        .hint(format!("`kill -CONT {pid}` there continues it"))
}

/// The machine restarts, and only the side with the collection can continue the run.
pub(super) fn restarts(address: &Address) -> Failure {
    Failure::new(format!("`{address}` restarts, and the run continues with the client that started it"))
        .of_kind(FailureKind::Lost)
        .hint("if that client is gone, run again")
}
