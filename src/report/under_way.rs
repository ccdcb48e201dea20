//! What a run is at: `[12/106] package[nginx] install … last line of output`.

use super::line::{SafeLine, line};
use crate::model::event::Event;

/// What the events so far say of the moment.
#[derive(Debug, Default)]
pub(super) struct LiveMoment {
    total: usize,
    /// Place of the last resource that has had a turn.
    reached: usize,
    now: SafeLine,
    last: SafeLine,
}

impl LiveMoment {
    /// Keeps what an event tells.
    pub(super) fn note(&mut self, event: &Event) {
        match event {
            Event::RunStarted { resources, .. } => self.total = *resources,
            Event::ActionStarted { resource, action, .. } => {
                self.reached = self.reached.max(resource.position);
                self.now = line!("{} {}", SafeLine::of(&resource.id), SafeLine::of(action));
                self.last = SafeLine::default();
            }
            Event::Output { line, .. } => self.last = SafeLine::of(line.trim_end().replace('\t', " ")),
            Event::Waiting { message, .. } => {
                self.last = line!("waiting: {}", SafeLine::of(message));
            }
            Event::RunFinished { .. } => self.now = SafeLine::default(),
            _ => {}
        }
    }

    /// Whether a resource is being worked on.
    pub(super) fn is_busy(&self) -> bool {
        !self.now.is_empty()
    }

    /// All of it on one line.
    pub(super) fn words(&self) -> SafeLine {
        let now = line!("[{}/{}] {}", self.reached, self.total, self.now);
        if self.last.is_empty() { now } else { line!("{} … {}", now, self.last) }
    }
}
