//! The only way out for events. Secrets are masked in each of them, and failures of sensitive resources are shortened.

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

    /// The event as it would be sent.
    pub(super) fn masked(&self, event: Event) -> Event {
        self.masked.redactor().event(event)
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

/// A failure of a sensitive resource, without its command and output.
pub(super) fn without_details(failure: &Failure) -> Failure {
    Failure {
        kind: failure.kind,
        message: match &failure.command {
            None => failure.message.clone(),
            Some(_) => "its command failed".to_owned(),
        },
        command: None,
        details: failure.command.iter().filter_map(|command| command.status.clone()).collect(),
        ways_out: if failure.command.is_none() { failure.ways_out.clone() } else { Vec::new() },
        hints: match &failure.command {
            None => failure.hints.clone(),
            Some(_) => {
                vec!["the resource is sensitive, so its command and output are not shown".to_owned()]
            }
        },
    }
}
