//! The live line of a target: `[12/106] package[nginx] install (14 s) … last line of output`.

use std::time::{Duration, Instant};

use crate::model::event::Event;
use crate::report::line::{SafeLine, line};

/// Duration after which an action shows its time.
const LONG: Duration = Duration::from_secs(3);

/// The state of a target, from its events.
#[derive(Debug, Default)]
pub(super) struct LiveMoment {
    total: usize,
    /// Position of the last resource that was started.
    reached: usize,
    now: SafeLine,
    last: SafeLine,
    /// Start time of the current action.
    since: Option<Instant>,
}

impl LiveMoment {
    /// Updates the state with an event.
    pub(super) fn note(&mut self, event: &Event) {
        match event {
            Event::RunStarted { resources, .. } => self.total = *resources,
            Event::ActionStarted { resource, action, .. } => {
                self.reached = self.reached.max(resource.position);
                self.now = line!("{} {}", SafeLine::of(&resource.id), SafeLine::of(action));
                self.last = SafeLine::default();
                self.since = Some(Instant::now());
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

    /// The line at this time.
    pub(super) fn words(&self, at: Instant) -> SafeLine {
        let took = self.since.map(|since| at.saturating_duration_since(since)).filter(|took| *took >= LONG);
        let took = took.map(|took| line!(" ({})", seconds(took.as_secs()))).unwrap_or_default();
        let now = line!("[{}/{}] {}{}", self.reached, self.total, self.now, took);
        if self.last.is_empty() { now } else { line!("{} … {}", now, self.last) }
    }
}

/// Formats whole seconds: `14 s`, `2 min 5 s`. Tenths would flicker.
fn seconds(seconds: u64) -> SafeLine {
    match seconds {
        0..60 => line!("{} s", seconds),
        _ => line!("{} min {} s", seconds / 60, seconds % 60),
    }
}
