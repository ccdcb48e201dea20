//! Live lines on a terminal, one for each host under way, as many as it has room for. Never in a pipe.

use std::io::{self, Write};
use std::time::{Duration, Instant};

use crate::model::fleet::{FleetEvent, Stage, TargetEvent};

use super::super::FleetReporter;
use super::super::line::{SafeLine, line};
use super::super::style::{FAINT, paint};
use super::super::under_way::LiveMoment;
use super::FleetText;

/// Redrawing more often than this costs time and flickers.
const PAUSE: Duration = Duration::from_millis(80);

/// Without this a wide character could make a line longer than it looks; it would take two rows, and one would stay.
const NO_WRAP: &str = "\x1b[?7l";
const WRAP: &str = "\x1b[?7h";

/// Columns and rows of a terminal.
pub type Size = fn() -> (usize, usize);

/// Text for people with live lines below it, taken away before each line that stays.
#[derive(Debug)]
pub struct FleetProgress<O, E> {
    text: FleetText<O, E>,
    size: Size,
    hosts: usize,
    ended: usize,
    /// Hosts under way, in the order in which they were begun.
    open: Vec<(String, LiveMoment)>,
    /// Lines on the terminal.
    shown: usize,
    drawn: Option<Instant>,
    stale: bool,
}

impl<O: Write, E: Write> FleetProgress<O, E> {
    /// Live lines on the second stream of `text`, cut to what `size` tells at each drawing.
    pub fn new(text: FleetText<O, E>, size: Size) -> Self {
        Self { text, size, hosts: 0, ended: 0, open: Vec::new(), shown: 0, drawn: None, stale: false }
    }

    /// The live lines without styles, as they fit into so many columns and rows; none when no host is under way.
    #[must_use]
    pub fn lines(&self, columns: usize, rows: usize) -> Vec<String> {
        self.cut(columns, rows).iter().map(SafeLine::to_string).collect()
    }

    fn cut(&self, columns: usize, rows: usize) -> Vec<SafeLine> {
        if self.open.is_empty() {
            return Vec::new();
        }
        // One row stays free for the line above, and one is for the sum.
        let room = rows.saturating_sub(2).max(1);
        let mut lines: Vec<SafeLine> = self.open.iter().take(room).map(host).collect();
        let hidden = self.open.len() - lines.len();
        let more = if hidden > 0 { line!("and {} more; ", hidden) } else { SafeLine::default() };
        lines.push(line!("{}{} of {} targets done", more, self.ended, self.hosts));
        lines.iter().map(|line| line.cut(columns)).collect()
    }

    fn note(&mut self, event: &FleetEvent) {
        match event {
            FleetEvent::Target(TargetEvent { target, event }) => {
                if let Some((_, at)) = self.open.iter_mut().find(|(name, _)| name == target) {
                    at.note(event);
                }
            }
            FleetEvent::Stage(Stage::FleetStarted { targets, .. }) => self.hosts = targets.len(),
            FleetEvent::Stage(Stage::TargetStarted { target }) => {
                self.open.push((target.clone(), LiveMoment::default()));
            }
            FleetEvent::Stage(Stage::TargetFinished(outcome)) => {
                self.ended += 1;
                self.open.retain(|(name, _)| *name != outcome.target);
            }
            FleetEvent::Stage(_) => {}
        }
        self.stale = true;
    }

    fn clear(&mut self) {
        if self.shown > 0 {
            // A terminal that can't be written to any more takes nothing from the run.
            let _ = self.text.err.write_all(self.up().as_bytes()).and_then(|()| self.text.err.flush());
            self.shown = 0;
        }
    }

    /// Leads back to the first column of the first line, and takes away all from there on.
    fn up(&self) -> String {
        match self.shown {
            0 => String::new(),
            1 => "\r\x1b[J".to_owned(),
            shown => format!("\r\x1b[{}A\x1b[J", shown - 1),
        }
    }

    fn draw(&mut self) {
        if !self.stale || self.shown > 0 && self.drawn.is_some_and(|at| at.elapsed() < PAUSE) {
            return;
        }
        let (columns, rows) = (self.size)();
        let lines = self.cut(columns.saturating_sub(1), rows);
        if lines.is_empty() {
            return self.clear();
        }
        let shown = lines.len();
        let styled: Vec<SafeLine> = lines.into_iter().map(|line| paint(FAINT, line)).collect();
        let text = format!("{}{NO_WRAP}{}{WRAP}", self.up(), SafeLine::join(&styled, "\r\n"));
        let _ = self.text.err.write_all(text.as_bytes()).and_then(|()| self.text.err.flush());
        self.shown = shown;
        self.drawn = Some(Instant::now());
        self.stale = false;
    }
}

impl<O: Write, E: Write> FleetReporter for FleetProgress<O, E> {
    fn event(&mut self, event: &FleetEvent) {
        self.note(event);
        let text = self.text.prepare(event);
        if !text.is_empty() {
            self.clear();
            self.text.write(event, &text);
        }
        self.draw();
    }

    fn tick(&mut self) {
        self.draw();
    }

    fn finish(&mut self) -> io::Result<()> {
        self.clear();
        self.text.finish()
    }
}

fn host((name, at): &(String, LiveMoment)) -> SafeLine {
    let name = SafeLine::of(name);
    if at.is_busy() { line!("{} {}", name, at.words()) } else { line!("{} …", name) }
}
