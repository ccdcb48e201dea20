//! Events as JSON, one object a line; the first, `run_started` or `fleet_started`, carries the version of the form.

use std::io::{self, Write};

use serde::Serialize;

use crate::model::event::Event;
use crate::model::fleet::FleetEvent;

use super::{FleetReporter, Reporter};

/// Writes each event as one line of JSON.
#[derive(Debug)]
pub struct Json<W> {
    out: W,
    error: Option<io::Error>,
}

impl<W: Write> Json<W> {
    /// A reporter that writes there.
    pub fn new(out: W) -> Self {
        Self { out, error: None }
    }

    fn line(&mut self, event: &impl Serialize) {
        if self.error.is_some() {
            return;
        }
        let written = serde_json::to_string(event)
            .map_err(io::Error::from)
            .and_then(|line| writeln!(self.out, "{}", visible(&line)))
            .and_then(|()| self.out.flush());
        self.error = written.err();
    }
}

impl<W: Write> Reporter for Json<W> {
    fn event(&mut self, event: &Event) {
        self.line(event);
    }

    fn finish(&mut self) -> io::Result<()> {
        self.error.take().map_or(Ok(()), Err)
    }
}

impl<W: Write> FleetReporter for Json<W> {
    fn event(&mut self, event: &FleetEvent) {
        self.line(event);
    }

    fn finish(&mut self) -> io::Result<()> {
        self.error.take().map_or(Ok(()), Err)
    }
}

/// JSON escapes the control characters below U+0020 alone; those above, and those that turn the reading direction, act
/// on a terminal just as well. They stand inside strings only, where `\u` says the same.
#[must_use]
pub fn visible(json: &str) -> String {
    json.chars()
        .map(|c| match c {
            '\n' => c.to_string(),
            c if c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') => {
                format!("\\u{:04x}", u32::from(c))
            }
            c => c.to_string(),
        })
        .collect()
}
