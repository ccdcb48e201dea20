//! The only way out for events. Secrets are masked in each of them.

use crate::model::error::{Diagnostic, Failure};
use crate::model::event::Event;
use crate::model::redact::MaskedEvents;

use super::options::Options;

/// Sends events.
pub(super) struct EventSink<'a> {
    sink: &'a mut dyn FnMut(Event),
    masked: MaskedEvents,
}

impl<'a> EventSink<'a> {
    pub(super) fn new(options: &Options, sink: &'a mut dyn FnMut(Event)) -> Self {
        Self { sink, masked: MaskedEvents::new(&options.secrets) }
    }

    pub(super) fn emit(&mut self, event: Event) {
        self.masked.pass(event, self.sink);
    }

    pub(super) fn warn(&mut self, diagnostic: Diagnostic) {
        self.emit(Event::Warning { diagnostic });
    }

    /// Warns that something could not be recorded, and why.
    pub(super) fn warn_of(&mut self, what: &str, failure: Failure) {
        let warning = Diagnostic::warning(format!("{what}: {}", failure.message));
        self.warn(Diagnostic { hints: failure.hints, ..warning });
    }
}
