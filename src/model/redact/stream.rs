//! Events one after the other: lines of a command wait while a secret may go on in the next one.

use std::collections::BTreeMap;

use super::redactor::Redactor;
use crate::model::event::Event;

/// Lines that wait at most.
const HELD: usize = 512;

/// Masks events on their way to whoever hears of them.
#[derive(Debug, Default)]
pub struct MaskedEvents {
    redactor: Redactor,
    /// Lines of one resource's command.
    held: Vec<Event>,
}

impl MaskedEvents {
    /// Masks these secrets, by name.
    #[must_use]
    pub fn new(secrets: &BTreeMap<String, String>) -> Self {
        Self { redactor: Redactor::new(secrets), held: Vec::new() }
    }

    /// What masks a single text.
    #[must_use]
    pub fn redactor(&self) -> &Redactor {
        &self.redactor
    }

    /// Passes an event on, and before it what waited for it.
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

    /// Passes on what waits: nothing follows.
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
