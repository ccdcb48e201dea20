//! The live line on a terminal: `[12/106] package[nginx] install … last line of output`. Never in a pipe.

use std::io::{self, Write};
use std::time::{Duration, Instant};

use crate::model::event::Event;

use super::Reporter;
use super::line::SafeLine;
use super::style::{FAINT, paint};
use super::text::RunText;
use super::under_way::LiveMoment;

/// Redrawing more often than this costs time and flickers.
const PAUSE: Duration = Duration::from_millis(60);

/// Text for people with a live line below it, taken away before each line that stays.
#[derive(Debug)]
pub struct LiveText<O, W> {
    text: RunText<O>,
    terminal: W,
    columns: fn() -> usize,
    now: LiveMoment,
    shown: bool,
    drawn: Option<Instant>,
}

impl<O: Write, W: Write> LiveText<O, W> {
    /// A live line on `terminal`, cut to the width that `columns` tells at each drawing.
    pub fn new(text: RunText<O>, terminal: W, columns: fn() -> usize) -> Self {
        Self { text, terminal, columns, now: LiveMoment::default(), shown: false, drawn: None }
    }

    /// The live line without styles, cut to a width.
    #[must_use]
    pub fn line(&self, width: usize) -> String {
        self.cut(width).to_string()
    }

    fn cut(&self, width: usize) -> SafeLine {
        self.now.words().cut(width)
    }

    fn clear(&mut self) {
        if self.shown {
            // A terminal that can't be written to any more takes nothing from the run.
            let _ = self.terminal.write_all(b"\r\x1b[K").and_then(|()| self.terminal.flush());
            self.shown = false;
        }
    }

    fn draw(&mut self) {
        if !self.now.is_busy() || self.shown && self.drawn.is_some_and(|at| at.elapsed() < PAUSE) {
            return;
        }
        // One column stays free: a full line would wrap, and could not be taken away.
        let line = self.cut((self.columns)().saturating_sub(1));
        let _ = write!(self.terminal, "\r\x1b[K{}", paint(FAINT, line)).and_then(|()| self.terminal.flush());
        self.shown = true;
        self.drawn = Some(Instant::now());
    }
}

impl<O: Write, W: Write> Reporter for LiveText<O, W> {
    fn event(&mut self, event: &Event) {
        self.now.note(event);
        let text = self.text.prepare(event);
        if !text.is_empty() || matches!(event, Event::RunFinished { .. }) {
            self.clear();
            if matches!(event, Event::Note { .. }) {
                // Where nobody can read it, the run goes on all the same.
                let _ =
                    self.terminal.write_all(text.as_str().as_bytes()).and_then(|()| self.terminal.flush());
            } else {
                self.text.write(event, &text);
            }
        }
        self.draw();
    }

    fn finish(&mut self) -> io::Result<()> {
        self.clear();
        self.text.finish()
    }
}
