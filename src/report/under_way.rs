//! What a run is at: `[12/106] package[nginx] install … last line of output`.

use crate::model::english::one_line;
use crate::model::event::Event;

/// What the events so far say of the moment.
#[derive(Debug, Default)]
pub(super) struct LiveMoment {
    total: usize,
    /// Place of the last resource that has had a turn.
    reached: usize,
    now: String,
    last: String,
}

impl LiveMoment {
    /// Keeps what an event tells.
    pub(super) fn note(&mut self, event: &Event) {
        match event {
            Event::RunStarted { resources, .. } => self.total = *resources,
            Event::ActionStarted { resource, action, .. } => {
                self.reached = self.reached.max(resource.position);
                self.now = format!("{} {action}", one_line(&resource.id));
                self.last.clear();
            }
            Event::Output { line, .. } => self.last = one_line(line.trim_end()).replace('\t', " "),
            Event::Waiting { message, .. } => self.last = format!("waiting: {}", one_line(message)),
            Event::RunFinished { .. } => self.now.clear(),
            _ => {}
        }
    }

    /// Whether a resource is being worked on.
    pub(super) fn is_busy(&self) -> bool {
        !self.now.is_empty()
    }

    /// All of it on one line.
    pub(super) fn words(&self) -> String {
        let mut line = format!("[{}/{}] {}", self.reached, self.total, self.now);
        if !self.last.is_empty() {
            line.push_str(" … ");
            line.push_str(&self.last);
        }
        line
    }
}

/// The first `width` characters, with a mark where something is left out.
pub(super) fn cut(line: &str, width: usize) -> String {
    if line.chars().count() <= width {
        return line.to_owned();
    }
    let mut short: String = line.chars().take(width.saturating_sub(1)).collect();
    short.push('…');
    short
}
