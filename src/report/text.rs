//! Text for people: one line for each changed resource, its diff below, failures with all that helps; of several targets
//! a line as each ends, and what is the same once.

use std::fmt;
use std::io::{self, Write};
use std::time::Instant;

use anstream::StripStream;

use crate::model::event::Event;
use crate::model::fleet::{FleetEvent, Stage};

use super::Reporter;
use super::line::{Page, SafeLine};
use super::outlet::{Detail, Differences, Outlet};

pub(super) mod closing;
mod diff;
pub(super) mod failure;
mod folded;
mod heading;
mod lines;
mod live;
mod live_moment;
mod several;

use lines::Lines;
use live::LiveLines;
use several::Chronicle;

/// Writes events as text, with live lines below it on a terminal, taken away before each line that stays.
pub struct TextReport {
    out: Box<dyn Write + Send>,
    notes: Box<dyn Write + Send>,
    live: Option<LiveLines>,
    choices: (Detail, Differences),
    teller: Teller,
    error: Option<io::Error>,
}

/// What makes lines of events.
#[derive(Debug)]
enum Teller {
    /// Nothing has begun.
    Nobody,
    /// Of one target alone.
    OfOne(Box<Lines>),
    OfSeveral(Chronicle),
}

impl fmt::Debug for TextReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TextReport").field("teller", &self.teller).finish_non_exhaustive()
    }
}

impl TextReport {
    /// A reporter that writes there.
    #[must_use]
    pub fn new(outlet: Outlet) -> Self {
        let Outlet { out, styled, notes, live, detail, differences, .. } = outlet;
        Self {
            out: if styled { out } else { Box::new(StripStream::new(out)) },
            notes,
            live: live.map(LiveLines::new),
            choices: (detail, differences),
            teller: Teller::Nobody,
            error: None,
        }
    }

    /// The live lines without styles, as they fit into so many columns and rows at that time; none when nothing is under
    /// way.
    #[must_use]
    pub fn live_lines(&self, columns: usize, rows: usize, at: Instant) -> Vec<String> {
        let lines = self.live.iter().flat_map(|live| live.cut(columns, rows, at));
        lines.map(|line| SafeLine::to_string(&line)).collect()
    }

    /// The text that an event adds; often none.
    fn render(&mut self, event: &FleetEvent) -> Page {
        let (detail, differences) = self.choices;
        if matches!(self.teller, Teller::Nobody) {
            match event {
                FleetEvent::Target(_) => {
                    self.teller = Teller::OfOne(Box::new(Lines::new(detail, differences)));
                }
                FleetEvent::Stage(Stage::FleetStarted { .. }) => {
                    self.teller = Teller::OfSeveral(Chronicle::new(detail, differences));
                }
                FleetEvent::Stage(_) => {}
            }
        }
        match (&mut self.teller, event) {
            (Teller::OfSeveral(chronicle), event) => chronicle.render(event),
            (Teller::OfOne(lines), FleetEvent::Target(told)) => lines.render(&told.event),
            // What became of it stands in its events; what does not is told by whoever began it.
            (_, FleetEvent::Stage(Stage::Note { text, .. })) => Page::of(SafeLine::of(text)),
            (_, _) => Page::default(),
        }
    }

    fn write(&mut self, event: &FleetEvent, text: &Page) {
        let is_note = match event {
            FleetEvent::Stage(stage) => matches!(stage, Stage::Note { .. }),
            FleetEvent::Target(told) => matches!(*told.event, Event::Note { .. }),
        };
        if is_note {
            // Where nobody can read it, the run goes on all the same.
            let _ = self.notes.write_all(text.as_str().as_bytes()).and_then(|()| self.notes.flush());
        } else if self.error.is_none() {
            let written = self.out.write_all(text.as_str().as_bytes()).and_then(|()| self.out.flush());
            self.error = written.err();
        }
    }
}

impl Reporter for TextReport {
    fn event(&mut self, event: &FleetEvent) {
        if let Some(live) = &mut self.live {
            live.note(event);
        }
        let text = self.render(event);
        if !text.is_empty() {
            if let Some(live) = &mut self.live {
                live.clear(&mut self.notes);
            }
            self.write(event, &text);
        }
        self.tick();
    }

    fn tick(&mut self) {
        if let Some(live) = &mut self.live {
            live.draw(&mut self.notes);
        }
    }

    fn finish(&mut self) -> io::Result<()> {
        if let Some(live) = &mut self.live {
            live.clear(&mut self.notes);
        }
        self.error.take().map_or(Ok(()), Err)
    }
}
