//! Masks a stream of events. Lines of output are held back while a secret may continue in the next line.

use std::collections::BTreeMap;

use super::redactor::Redactor;
use crate::model::event::Event;

/// Most lines that are held back.
const HELD: usize = 512;

/// Masks events on their way to the reports.
#[derive(Debug, Default)]
pub struct MaskedEvents {
    redactor: Redactor,
    /// Held back lines of one resource's command.
    held: Vec<Event>,
}

impl MaskedEvents {
    /// Creates a stream that masks these secrets, by name.
    #[must_use]
    pub fn new(secrets: &BTreeMap<String, String>) -> Self {
        Self { redactor: Redactor::new(secrets), held: Vec::new() }
    }

    /// The redactor for single texts.
    #[must_use]
    pub fn redactor(&self) -> &Redactor {
        &self.redactor
    }

    /// Masks an event and passes it on, after the lines that were held back before it.
    pub fn pass(&mut self, event: Event, sink: &mut dyn FnMut(Event)) {
        if self.redactor.is_idle() {
            return sink(event);
        }
        let Event::Output { resource, .. } = &event else {
            self.flush(sink);
            return sink(self.redactor.event(event));
        };
        let is_next =
            |held: &Event| matches!(held, Event::Output { resource: of, .. } if of.row == resource.row);
        if !self.held.last().is_none_or(is_next) {
            self.flush(sink);
        }
        self.held.push(event);
        if self.held.len() == HELD || !self.may_go_on() {
            self.flush(sink);
        }
    }

    /// Passes on the lines that were held back. Call it after the last event.
    pub fn flush(&mut self, sink: &mut dyn FnMut(Event)) {
        if self.held.is_empty() {
            return;
        }
        let mut lines: Vec<&mut String> = self.held.iter_mut().filter_map(line).collect();
        self.redactor.list(&mut lines);
        for event in self.held.drain(..) {
            sink(self.redactor.event(event));
        }
    }

    fn may_go_on(&mut self) -> bool {
        let lines: Vec<&str> = self.held.iter_mut().filter_map(line).map(|line| line.as_str()).collect();
        self.redactor.may_go_on(&lines.join("\n"))
    }
}

fn line(event: &mut Event) -> Option<&mut String> {
    match event {
        Event::Output { line, .. } => Some(line),
        _ => None,
    }
}
