//! Where words go: standard output for what was asked for, standard error for what went wrong; colour where it is wanted.

use std::io::{self, IsTerminal, Stderr, Stdout, Write};
use std::time::Instant;

use anstream::AutoStream;
use clap::ColorChoice;
use terminal_size::{Height, Width, terminal_size_of};

use crate::model::english::{one_line, quoted_line};
use crate::model::error::{Diagnostic, Location};
use crate::model::variables::COLUMNS;
use crate::report::diagnostic;

/// Text is set no wider than this: longer lines are hard to read.
const WIDEST: usize = 100;

/// The two streams of a command.
#[derive(Debug)]
pub(super) struct Terminal {
    color: anstream::ColorChoice,
    begin: Instant,
}

impl Terminal {
    /// Those of a command that began then.
    pub(super) fn new(color: ColorChoice, begin: Instant) -> Self {
        let color = match color {
            ColorChoice::Auto => anstream::ColorChoice::Auto,
            ColorChoice::Always => anstream::ColorChoice::Always,
            ColorChoice::Never => anstream::ColorChoice::Never,
        };
        Self { color, begin }
    }

    /// When the command began.
    pub(super) fn begin(&self) -> Instant {
        self.begin
    }

    /// Standard output; styles are taken out where they are unwanted.
    pub(super) fn out(&self) -> AutoStream<Stdout> {
        AutoStream::new(io::stdout(), self.color)
    }

    /// Whether styles are wanted on standard output.
    pub(super) fn is_styled(&self) -> bool {
        self.out().current_choice() != anstream::ColorChoice::Never
    }

    /// Standard error, likewise.
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

    /// Writes what recipes printed to standard error.
    pub(super) fn say(&self, messages: &[(Location, String)]) -> io::Result<()> {
        let mut err = self.err();
        messages.iter().try_for_each(|(location, text)| {
            let place = one_line(&location.to_string());
            text.lines().try_for_each(|line| writeln!(err, "{place}: {}", quoted_line(line)))
        })
    }

    /// Whether a live line makes sense: both streams are a terminal, and not one that can't take a line back.
    pub(super) fn is_live(&self) -> bool {
        io::stdout().is_terminal()
            && io::stderr().is_terminal()
            && self.err().current_choice() != anstream::ColorChoice::Never
    }
}

/// Writes to standard output what has no styles: JSON.
pub(super) fn print_data(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// Columns and rows of the terminal that standard error is, 80 and 24 where it does not say.
pub(super) fn live_size() -> (usize, usize) {
    terminal_size_of(io::stderr())
        .map_or((80, 24), |(Width(columns), Height(rows))| (columns.into(), rows.into()))
}

/// Columns to set prose in.
pub(super) fn prose_columns() -> usize {
    let said = std::env::var_os(COLUMNS.name).and_then(|columns| columns.to_str()?.parse().ok());
    let terminal = || terminal_size_of(io::stdout()).map_or(WIDEST, |(Width(columns), _)| columns.into());
    let columns: usize = said.unwrap_or_else(terminal);
    columns.clamp(40, WIDEST)
}
