//! Live lines on a terminal, one for each running target, as many as fit. Never written to a pipe.

use std::io::Write;
use std::time::{Duration, Instant};

use super::live_moment::LiveMoment;
use crate::model::fleet::{FleetEvent, Stage, TargetEvent};
use crate::report::line::{SafeLine, line};
use crate::report::outlet::Size;
use crate::report::style::{FAINT, paint};

/// Shortest time between redraws. Drawing more often is slow and flickers.
const PAUSE: Duration = Duration::from_millis(80);

/// Interval of redraws without events, to update the time.
const SECOND: Duration = Duration::from_secs(1);

/// Disables line wrapping. A wide character could make a line longer than computed; it would take two rows, and one
/// would not be cleared.
const NO_WRAP: &str = "\x1b[?7l";
const WRAP: &str = "\x1b[?7h";

/// The state of the live lines.
#[derive(Debug)]
pub(super) struct LiveLines {
    size: Size,
    /// Number of targets. None if there is just one, whose name is not shown.
    hosts: usize,
    ended: usize,
    /// Running targets, in the order in which they started.
    open: Vec<(String, LiveMoment)>,
    /// Number of lines on the terminal.
    shown: usize,
    drawn: Option<Instant>,
    stale: bool,
}

impl LiveLines {
    /// Creates live lines for a terminal. `size` is called before each drawing.
    pub(super) fn new(size: Size) -> Self {
        Self { size, hosts: 0, ended: 0, open: Vec::new(), shown: 0, drawn: None, stale: false }
    }

    /// The lines, cut to the size of the terminal. Empty if nothing is running.
    pub(super) fn cut(&self, columns: usize, rows: usize, at: Instant) -> Vec<SafeLine> {
        if self.hosts == 0 {
            let busy = self.open.iter().filter(|(_, moment)| moment.is_busy());
            return busy.map(|(_, moment)| moment.words(at).cut(columns)).collect();
        }
        if self.open.is_empty() {
            return Vec::new();
        }
        // One row stays free for the line above, and one is for the total.
        let room = rows.saturating_sub(2).max(1);
        let mut lines: Vec<SafeLine> = self.open.iter().take(room).map(|open| host(open, at)).collect();
        let hidden = self.open.len() - lines.len();
        let more = if hidden > 0 { line!("and {} more; ", hidden) } else { SafeLine::default() };
        lines.push(line!("{}{} of {} targets done", more, self.ended, self.hosts));
        lines.iter().map(|line| line.cut(columns)).collect()
    }

    /// Updates the state with an event.
    pub(super) fn note(&mut self, event: &FleetEvent) {
        match event {
            FleetEvent::Target(TargetEvent { target, event }) => {
                if self.hosts == 0 && self.open.is_empty() {
                    self.open.push((target.clone(), LiveMoment::default()));
                }
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

    /// Clears the lines.
    pub(super) fn clear(&mut self, terminal: &mut dyn Write) {
        if self.shown > 0 {
            // An error of the terminal must not disturb the run.
            let _ = terminal.write_all(self.up().as_bytes()).and_then(|()| terminal.flush());
            self.shown = 0;
        }
    }

    /// The sequence that moves to the first line and clears everything below.
    fn up(&self) -> String {
        match self.shown {
            0 => String::new(),
            1 => "\r\x1b[J".to_owned(),
            shown => format!("\r\x1b[{}A\x1b[J", shown - 1),
        }
    }

    /// Draws the lines, if a redraw is due.
    pub(super) fn draw(&mut self, terminal: &mut dyn Write) {
        let pause = if self.stale { PAUSE } else { SECOND };
        if (self.shown > 0 || !self.stale) && self.drawn.is_none_or(|at| at.elapsed() < pause) {
            return;
        }
        let (columns, rows) = (self.size)();
        let lines = self.cut(columns.saturating_sub(1), rows, Instant::now());
        if lines.is_empty() {
            return self.clear(terminal);
        }
        let shown = lines.len();
        let styled: Vec<SafeLine> = lines.into_iter().map(|line| paint(FAINT, line)).collect();
        let text = format!("{}{NO_WRAP}{}{WRAP}", self.up(), SafeLine::join(&styled, "\r\n"));
        let _ = terminal.write_all(text.as_bytes()).and_then(|()| terminal.flush());
        self.shown = shown;
        self.drawn = Some(Instant::now());
        self.stale = false;
    }
}

fn host((name, moment): &(String, LiveMoment), at: Instant) -> SafeLine {
    let name = SafeLine::of(name);
    if moment.is_busy() { line!("{} {}", name, moment.words(at)) } else { line!("{} …", name) }
}
