//! Text for people, or JSON for programs.

use clap::{Args, ValueEnum};

use crate::model::exit::Exit;
use crate::model::fleet::{FleetEvent, Stage, TargetOutcome};
use crate::report::json::Json;
use crate::report::progress::LiveText;
use crate::report::text::{Detail, Differences, RunText};
use crate::report::{FleetReporter, Reporter};

use super::stop::EarlyEnd;
use super::terminal::{Terminal, live_columns};

/// In which form something is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    Text,
    Json,
}

/// How much of differences text shows.
#[derive(Debug, Clone, Copy, Args)]
pub(super) struct DiffArguments {
    /// How much of what changes inside files is shown: all of it, the first lines and the part of long lines that
    /// differs, or none.
    #[arg(long, value_name = "HOW", default_value = "short")]
    diff: DiffLength,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum DiffLength {
    Full,
    Short,
    None,
}

impl DiffArguments {
    pub(super) fn shown(self) -> Differences {
        match self.diff {
            DiffLength::Full => Differences::Full,
            DiffLength::Short => Differences::Short,
            DiffLength::None => Differences::None,
        }
    }
}

/// What tells of a run.
pub(super) fn reporter(
    format: Format,
    detail: Detail,
    differences: Differences,
    terminal: &Terminal,
) -> Box<dyn Reporter> {
    let text = || RunText::new(terminal.out(), detail).with_differences(differences);
    match format {
        Format::Json => Box::new(Json::new(std::io::stdout())),
        Format::Text if terminal.is_live() => Box::new(LiveText::new(text(), terminal.err(), live_columns)),
        Format::Text => Box::new(text().with_notes(terminal.err())),
    }
}

/// Tells a program that reads the stream of an end that came before the run: of that on one target, or on several.
pub(super) fn told_ahead(
    format: Format,
    target: Option<&str>,
    stop: EarlyEnd,
    terminal: &Terminal,
) -> EarlyEnd {
    let outcome = stop.outcome(target.unwrap_or_default());
    if let (Format::Json, Some(mut outcome)) = (format, outcome) {
        outcome.milliseconds = u64::try_from(terminal.begin().elapsed().as_millis()).unwrap_or(u64::MAX);
        let mut json = Json::new(std::io::stdout());
        match target {
            Some(_) => json.outcome(&outcome),
            None => FleetReporter::event(&mut json, &FleetEvent::Stage(untouched(outcome))),
        }
        // Where nobody reads it, standard error and the exit code still say it.
        let _ = Reporter::finish(&mut json);
    }
    stop
}

/// The end of a run on several targets that came to none of them.
fn untouched(outcome: TargetOutcome) -> Stage {
    let TargetOutcome { exit, milliseconds, findings, .. } = outcome;
    let exit = exit.unwrap_or(Exit::Failed as u8);
    Stage::FleetFinished { exit, milliseconds, targets: Vec::new(), findings }
}
