//! What is known about a run whose target was lost.

use crate::model::english::{count, one_line};
use crate::model::error::Failure;
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
