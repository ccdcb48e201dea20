//! Events to text for people: one line for each changed resource, its diff below, failures with all that helps.

use std::io::{self, Write};

use crate::model::event::Event;

use super::Reporter;
use super::line::Page;

pub(super) mod closing;
mod detail;
mod diff;
mod failure;
mod heading;
mod lines;

pub use detail::Detail;
pub use diff::Differences;
pub(super) use lines::Lines;

/// Writes events as text, with styles; give it a stream that strips them where they are unwanted.
#[derive(Debug)]
pub struct RunText<W, N = W> {
    out: W,
    /// For notes, if they go elsewhere.
    notes: Option<N>,
    lines: Lines,
    error: Option<io::Error>,
}

impl<W: Write> RunText<W> {
    /// A reporter that writes there.
    pub fn new(out: W, detail: Detail) -> Self {
        Self { out, notes: None, lines: Lines::new(detail), error: None }
    }

    /// The same, with more or less of each difference.
    #[must_use]
    pub fn with_differences(self, shown: Differences) -> Self {
        Self { lines: self.lines.with_differences(shown), ..self }
    }

    /// The same, with notes going elsewhere: they concern whoever watches, and not the report.
    pub fn with_notes<N>(self, notes: N) -> RunText<W, N> {
        RunText { out: self.out, notes: Some(notes), lines: self.lines, error: self.error }
    }
}

impl<W: Write, N: Write> RunText<W, N> {
    /// The text that an event adds; often none.
    pub(super) fn prepare(&mut self, event: &Event) -> Page {
        self.lines.render(event)
    }

    pub(super) fn write(&mut self, event: &Event, text: &Page) {
        if let (Event::Note { .. }, Some(notes)) = (event, &mut self.notes) {
            // Where nobody can read it, the run goes on all the same.
            let _ = notes.write_all(text.as_str().as_bytes()).and_then(|()| notes.flush());
            return;
        }
        if text.is_empty() || self.error.is_some() {
            return;
        }
        let written = self.out.write_all(text.as_str().as_bytes()).and_then(|()| self.out.flush());
        self.error = written.err();
    }
}

impl<W: Write, N: Write> Reporter for RunText<W, N> {
    fn event(&mut self, event: &Event) {
        let text = self.prepare(event);
        self.write(event, &text);
    }

    fn finish(&mut self) -> io::Result<()> {
        self.error.take().map_or(Ok(()), Err)
    }
}
