//! The text report for people. For one target: a line for each changed resource with its diff, and failures with
//! details. For several: a line when each one ends, and identical details only once.

use std::fmt;
use std::io::{self, Write};
use std::time::Instant;

use anstream::adapter::strip_str;

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
mod notification;
mod run_lines;
mod several;

use lines::Lines;
use live::LiveLines;
use several::SeveralText;

/// Writes events as text. On a terminal it also shows live lines, which are cleared before other output.
pub struct TextReport {
    out: Box<dyn Write + Send>,
    styled: bool,
    notes: Box<dyn Write + Send>,
    live: Option<LiveLines>,
    choices: (Detail, Differences),
    teller: EventText,
    error: Option<io::Error>,
}

/// Formats events.
#[derive(Debug)]
enum EventText {
    /// No event has arrived yet.
    Empty,
    /// For a single target.
    One(Box<Lines>),
    Several(SeveralText),
}

impl fmt::Debug for TextReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TextReport").field("teller", &self.teller).finish_non_exhaustive()
    }
}

impl TextReport {
    /// Creates a reporter.
    #[must_use]
    pub fn new(outlet: Outlet) -> Self {
        let Outlet { out, styled, notes, live, detail, differences, .. } = outlet;
        Self {
            out,
            styled,
            notes,
            live: live.map(LiveLines::new),
            choices: (detail, differences),
            teller: EventText::Empty,
            error: None,
        }
    }

    /// The live lines without styles, cut to the size of the terminal. Empty if nothing is running.
    #[must_use]
    pub fn live_lines(&self, columns: usize, rows: usize, at: Instant) -> Vec<String> {
        let lines = self.live.iter().flat_map(|live| live.cut(columns, rows, at));
        lines.map(|line| SafeLine::to_string(&line)).collect()
    }

    /// The text for an event, which may be empty.
    fn render(&mut self, event: &FleetEvent) -> Page {
        let (detail, differences) = self.choices;
        if matches!(self.teller, EventText::Empty) {
            match event {
                FleetEvent::Target(_) => {
                    self.teller = EventText::One(Box::new(Lines::new(detail, differences)));
                }
                FleetEvent::Stage(Stage::FleetStarted { .. }) => {
                    self.teller = EventText::Several(SeveralText::new(detail, differences));
                }
                FleetEvent::Stage(_) => {}
            }
        }
        match (&mut self.teller, event) {
            (EventText::Several(chronicle), event) => chronicle.render(event),
            (EventText::One(lines), FleetEvent::Target(told)) => lines.render(&told.event),
            // The events of the target tell how it ended. The caller reports everything else.
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
            // If nobody can read the note, the run still goes on.
            let _ = self.notes.write_all(text.as_str().as_bytes()).and_then(|()| self.notes.flush());
        } else if self.error.is_none() {
            // Written at once: a plan of thousands of rows has hundreds of thousands of lines.
            let written = if self.styled {
                self.out.write_all(text.as_str().as_bytes())
            } else {
                self.out.write_all(strip_str(text.as_str()).to_string().as_bytes())
            };
            self.error = written.and_then(|()| self.out.flush()).err();
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
