//! The output streams: standard output for results, standard error for errors, colour if the terminal supports it.

use std::io::{self, IsTerminal, Stderr, Stdout, Write};
use std::time::Instant;

use anstream::AutoStream;
use clap::ColorChoice;
use terminal_size::{Height, Width, terminal_size_of};

use crate::model::english::{one_line, quoted_line};
use crate::model::error::{Diagnostic, Location};
use crate::model::variables::COLUMNS;
use crate::report::diagnostic;

/// Widest text in columns. Longer lines are hard to read.
const WIDEST: usize = 100;

/// The output streams of a command.
#[derive(Debug)]
pub(super) struct Terminal {
    color: anstream::ColorChoice,
    begin: Instant,
}

impl Terminal {
    /// Creates the streams for a command that started at this time.
    pub(super) fn new(color: ColorChoice, begin: Instant) -> Self {
        let color = match color {
            ColorChoice::Auto => anstream::ColorChoice::Auto,
            ColorChoice::Always => anstream::ColorChoice::Always,
            ColorChoice::Never => anstream::ColorChoice::Never,
        };
        Self { color, begin }
    }

    /// Start time of the command.
    pub(super) fn begin(&self) -> Instant {
        self.begin
    }

    /// Standard output. Styles are stripped if they are not wanted.
    pub(super) fn out(&self) -> AutoStream<Stdout> {
        AutoStream::new(io::stdout(), self.color)
    }

    /// Whether standard output shows styles.
    pub(super) fn is_styled(&self) -> bool {
        self.out().current_choice() != anstream::ColorChoice::Never
    }

    /// Standard error. Styles are stripped if they are not wanted.
    pub(super) fn err(&self) -> AutoStream<Stderr> {
        AutoStream::new(io::stderr(), self.color)
    }

    /// Writes to standard output.
    pub(super) fn print(&self, text: &str) -> io::Result<()> {
        let mut out = self.out();
        out.write_all(text.as_bytes())?;
        out.flush()
    }

    /// Writes findings to standard error.
    pub(super) fn tell(&self, findings: &[Diagnostic]) -> io::Result<()> {
        self.err().write_all(diagnostic::render_all(findings).as_bytes())
    }

    /// Writes styled text to standard error.
    pub(super) fn complain(&self, text: &str) -> io::Result<()> {
        self.err().write_all(text.as_bytes())
    }

    /// Writes a line to standard error.
    pub(super) fn note(&self, words: &str) -> io::Result<()> {
        writeln!(self.err(), "{}", one_line(words))
    }

    /// Writes messages of recipes to standard error.
    pub(super) fn say(&self, messages: &[(Location, String)]) -> io::Result<()> {
        let mut err = self.err();
        messages.iter().try_for_each(|(location, text)| {
            let place = one_line(&location.to_string());
            text.lines().try_for_each(|line| writeln!(err, "{place}: {}", quoted_line(line)))
        })
    }

    /// Whether live lines are possible: both streams are a terminal that can move the cursor.
    pub(super) fn is_live(&self) -> bool {
        io::stdout().is_terminal()
            && io::stderr().is_terminal()
            && self.err().current_choice() != anstream::ColorChoice::Never
    }
}

/// Writes text without styles to standard output: JSON.
pub(super) fn print_data(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// Columns and rows of the terminal. Default: 80 and 24.
pub(super) fn live_size() -> (usize, usize) {
    terminal_size_of(io::stderr())
        .map_or((80, 24), |(Width(columns), Height(rows))| (columns.into(), rows.into()))
}

/// Width for prose in columns.
pub(super) fn prose_columns() -> usize {
    let said = std::env::var_os(COLUMNS.name).and_then(|columns| columns.to_str()?.parse().ok());
    let terminal = || terminal_size_of(io::stdout()).map_or(WIDEST, |(Width(columns), _)| columns.into());
    let columns: usize = said.unwrap_or_else(terminal);
    columns.clamp(40, WIDEST)
}
