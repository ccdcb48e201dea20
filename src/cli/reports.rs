//! How a run is told of: the options that `run`, `plan`, `show` and `attach` share, and the reports that they ask for.

use std::io;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser as _};
use clap::{Args, ValueEnum};

use crate::model::exit::Exit;
use crate::model::fleet::{FleetEvent, Stage, TargetOutcome};
use crate::report::Reporter;
use crate::report::format::{FORMATS, FormatKind, ReportFormat};
use crate::report::outlet::{Detail, Differences, Outlet};

use super::stop::EarlyEnd;
use super::terminal::{Terminal, live_size};

/// How a run is told of.
#[derive(Debug, Args)]
pub(super) struct ReportArguments {
    /// Form of the report on standard output.
    #[arg(long, value_name = "FORMAT", default_value = FORMATS[0].name, value_parser = formats())]
    format: &'static ReportFormat,
    /// Also show resources that are up to date or skipped, the output of commands, and the time that each took.
    #[arg(short, long)]
    verbose: bool,
    /// How much of a difference to show: all of it, the first lines, or nothing.
    #[arg(long, value_name = "HOW", default_value = "short")]
    diff: DiffLength,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum DiffLength {
    Full,
    Short,
    None,
}

/// The formats of the roster, with what each is.
fn formats() -> impl clap::builder::TypedValueParser<Value = &'static ReportFormat> {
    let values = FORMATS.iter().map(|format| PossibleValue::new(format.name).help(format.about));
    PossibleValuesParser::new(values).map(|name| ReportFormat::named(&name).unwrap_or(&FORMATS[0]))
}

impl ReportArguments {
    /// How the main report is read.
    pub(super) fn kind(&self) -> FormatKind {
        self.format.kind
    }

    /// Whether lines that change are drawn while it runs.
    pub(super) fn is_live(&self, terminal: &Terminal) -> bool {
        self.format.kind == FormatKind::Watched && terminal.is_live()
    }

    /// What reports of a run as it goes.
    pub(super) fn reporter(&self, terminal: &Terminal) -> Box<dyn Reporter + Send> {
        self.format.reporter(self.outlet(terminal))
    }

    /// What reports of a run that is over: nothing of it is beside the report any more.
    pub(super) fn replayer(&self, terminal: &Terminal) -> Box<dyn Reporter + Send> {
        let notes = Box::new(terminal.out());
        self.format.reporter(Outlet { notes, live: None, ..self.outlet(terminal) })
    }

    fn outlet(&self, terminal: &Terminal) -> Outlet {
        Outlet {
            out: Box::new(io::stdout()),
            styled: terminal.is_styled(),
            notes: Box::new(terminal.err()),
            live: self.is_live(terminal).then_some(live_size),
            detail: if self.verbose { Detail::Everything } else { Detail::Changes },
            differences: match self.diff {
                DiffLength::Full => Differences::Full,
                DiffLength::Short => Differences::Short,
                DiffLength::None => Differences::None,
            },
        }
    }
}

/// Tells of an end that came before the run: of that on one target, or on several.
pub(super) fn told_ahead(
    reporter: &mut dyn Reporter,
    target: Option<&str>,
    stop: EarlyEnd,
    terminal: &Terminal,
) -> EarlyEnd {
    if let Some(mut outcome) = stop.outcome(target.unwrap_or_default()) {
        outcome.milliseconds = u64::try_from(terminal.begin().elapsed().as_millis()).unwrap_or(u64::MAX);
        reporter.event(&FleetEvent::Stage(match target {
            Some(_) => Stage::TargetFinished(Box::new(outcome)),
            None => untouched(outcome),
        }));
        // Where nobody reads it, standard error and the exit code still say it.
        let _ = reporter.finish();
    }
    stop
}

/// The end of a run on several targets that came to none of them.
fn untouched(outcome: TargetOutcome) -> Stage {
    let TargetOutcome { exit, milliseconds, findings, .. } = outcome;
    let exit = exit.unwrap_or(Exit::Failed as u8);
    Stage::FleetFinished { exit, milliseconds, targets: Vec::new(), findings }
}
