//! Text for people, or JSON for programs.

use clap::ValueEnum;

use crate::report::Reporter;
use crate::report::json::Json;
use crate::report::progress::LiveText;
use crate::report::text::{Detail, RunText};

use super::terminal::{Terminal, live_columns};

/// In which form something is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    Text,
    Json,
}

/// What tells of a run.
pub(super) fn reporter(format: Format, detail: Detail, terminal: &Terminal) -> Box<dyn Reporter> {
    match format {
        Format::Json => Box::new(Json::new(std::io::stdout())),
        Format::Text if terminal.is_live() => {
            Box::new(LiveText::new(RunText::new(terminal.out(), detail), terminal.err(), live_columns))
        }
        Format::Text => Box::new(RunText::new(terminal.out(), detail).with_notes(terminal.err())),
    }
}
