//! The live line on a terminal: `[12/106] package[nginx] install … last line of output`. Never in a pipe.

use std::io::{self, Write};
use std::time::{Duration, Instant};

use crate::model::english::one_line;
use crate::model::event::Event;

use super::Reporter;
use super::style::{FAINT, paint};
use super::text::Text;

/// Redrawing more often than this costs time and flickers.
const PAUSE: Duration = Duration::from_millis(60);

/// Text for people with a live line below it, taken away before each line that stays.
#[derive(Debug)]
pub struct Progress<O, W> {
    text: Text<O>,
    terminal: W,
    columns: fn() -> usize,
    total: usize,
    reached: usize,
    now: String,
    last: String,
    shown: bool,
    drawn: Option<Instant>,
}

impl<O: Write, W: Write> Progress<O, W> {
    /// A live line on `terminal`, cut to the width that `columns` tells at each drawing.
    pub fn new(text: Text<O>, terminal: W, columns: fn() -> usize) -> Self {
        Self {
            text,
            terminal,
            columns,
            total: 0,
            reached: 0,
            now: String::new(),
            last: String::new(),
            shown: false,
            drawn: None,
        }
    }

    /// The live line without styles, cut to a width.
    #[must_use]
    pub fn line(&self, width: usize) -> String {
        let mut line = format!("[{}/{}] {}", self.reached, self.total, self.now);
        if !self.last.is_empty() {
            line.push_str(" … ");
            line.push_str(&self.last);
        }
        cut(&line, width)
    }

    fn clear(&mut self) {
        if self.shown {
            // A terminal that can't be written to any more takes nothing from the run.
            let _ = self.terminal.write_all(b"\r\x1b[K").and_then(|()| self.terminal.flush());
            self.shown = false;
        }
    }

    fn draw(&mut self) {
        if self.now.is_empty() || self.shown && self.drawn.is_some_and(|at| at.elapsed() < PAUSE) {
            return;
        }
        // One column stays free: a full line would wrap, and could not be taken away.
        let line = self.line((self.columns)().saturating_sub(1));
        let _ = write!(self.terminal, "\r\x1b[K{}", paint(FAINT, &line)).and_then(|()| self.terminal.flush());
        self.shown = true;
        self.drawn = Some(Instant::now());
    }

    fn note(&mut self, event: &Event) {
        match event {
            Event::RunStarted { resources, .. } => self.total = *resources,
            Event::ActionStarted { resource, action, .. } => {
                self.reached = self.reached.max(resource.row + 1);
                self.now = format!("{} {action}", one_line(&resource.id));
                self.last.clear();
            }
            Event::Output { line, .. } => self.last = one_line(line.trim_end()).replace('\t', " "),
            Event::Waiting { message, .. } => self.last = format!("waiting: {}", one_line(message)),
            Event::RunFinished { .. } => self.now.clear(),
            _ => {}
        }
    }
}

impl<O: Write, W: Write> Reporter for Progress<O, W> {
    fn event(&mut self, event: &Event) {
        self.note(event);
        let text = self.text.prepare(event);
        if !text.is_empty() || matches!(event, Event::RunFinished { .. }) {
            self.clear();
            self.text.write(&text);
        }
        self.draw();
    }

    fn finish(&mut self) -> io::Result<()> {
        self.clear();
        self.text.finish()
    }
}

/// The first `width` characters, with a mark where something is left out.
fn cut(line: &str, width: usize) -> String {
    if line.chars().count() <= width {
        return line.to_owned();
    }
    let mut short: String = line.chars().take(width.saturating_sub(1)).collect();
    short.push('…');
    short
}
