//! The report options that `run`, `plan`, `show` and `attach` share.

use std::io;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser as _};
use clap::{Args, ValueEnum};

use crate::cookbook::Project;
use crate::locked_run;
use crate::model::exit::Exit;
use crate::model::fleet::{FleetEvent, Stage, TargetOutcome};
use crate::report::Reporter;
use crate::report::format::{FORMATS, FormatKind, ReportFormat};
use crate::report::outlet::{Detail, Differences, Outlet};

use super::early_end::EarlyEnd;
use super::handlers::HandledEvents;
use super::report_file::{self, FileReport, ReportFile};
use super::terminal::{Terminal, live_size};

/// The options for reports.
#[derive(Debug, Args)]
pub(super) struct ReportArguments {
    /// Form of the report on standard output.
    #[arg(long, value_name = "FORMAT", default_value = FORMATS[0].name, value_parser = formats())]
    format: &'static ReportFormat,
    /// Also write a report to a file: `html=report.html`. Repeat it for several. The file is written when the run ends,
    /// however it ends, and replaces what was there. Only you can read a new file; one of yours that was there keeps its mode.
    #[arg(long, value_name = "FORMAT=FILE", value_parser = report_file::parse)]
    report: Vec<ReportFile>,
    /// Also show resources that are up to date or skipped, the output of commands, and the time that each took.
    #[arg(short, long, overrides_with = "verbose")]
    verbose: bool,
    /// Show only failures and the summary.
    #[arg(short, long, conflicts_with = "verbose")]
    quiet: bool,
    /// How much of a difference to show: all of it, the first lines, or nothing.
    #[arg(long, value_name = "HOW", default_value = "short")]
    diff: DiffLength,
    /// Lines to show of each difference with `--diff short`.
    #[arg(long, value_name = "N", default_value_t = Differences::LINES)]
    diff_lines: usize,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum DiffLength {
    Full,
    Short,
    None,
}

/// A parser for the names of formats.
fn formats() -> impl clap::builder::TypedValueParser<Value = &'static ReportFormat> {
    let values = FORMATS.iter().map(|format| PossibleValue::new(format.name).help(format.about));
    PossibleValuesParser::new(values).map(|name| ReportFormat::named(&name).unwrap_or(&FORMATS[0]))
}

impl ReportArguments {
    /// How the main report is consumed.
    pub(super) fn kind(&self) -> FormatKind {
        self.format.kind
    }

    /// Whether a program reads a stream, on standard output or in a file.
    pub(super) fn has_stream(&self) -> bool {
        let files = self.report.iter().map(|file| file.format.kind);
        files.chain([self.format.kind]).any(|kind| kind == FormatKind::Stream)
    }

    /// Whether only failures and the summary are shown.
    pub(super) fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Whether live lines are drawn.
    pub(super) fn is_live(&self, terminal: &Terminal) -> bool {
        self.format.kind == FormatKind::Watched && terminal.is_live()
    }

    /// Creates the reporters for a run that starts now. `is_live`: whether to draw live lines where that is possible.
    ///
    /// # Errors
    /// A file can't be written.
    pub(super) fn reporter(&self, terminal: &Terminal, is_live: bool) -> Result<RunReports, EarlyEnd> {
        let begun = locked_run::now();
        let outlet = self.outlet(terminal, &begun);
        let live = outlet.live.filter(|_| is_live);
        let main = self.format.reporter(Outlet { live, ..outlet });
        Ok(RunReports { main, files: self.files(&begun)?, handled: None })
    }

    /// Creates the reporter for the plan that is shown before a run. Only on standard output.
    pub(super) fn plan_reporter(&self, terminal: &Terminal) -> Box<dyn Reporter + Send> {
        self.format.reporter(self.outlet(terminal, &locked_run::now()))
    }

    /// Creates the reporters for a run that has ended. They show no live lines.
    ///
    /// # Errors
    /// A file can't be written.
    pub(super) fn replayer(&self, terminal: &Terminal, begun: &str) -> Result<RunReports, EarlyEnd> {
        Ok(RunReports { main: self.main_replayer(terminal, begun), files: self.files(begun)?, handled: None })
    }

    /// Like [`Self::replayer`], but only for standard output.
    pub(super) fn main_replayer(&self, terminal: &Terminal, begun: &str) -> Box<dyn Reporter + Send> {
        let notes = Box::new(terminal.out());
        self.format.reporter(Outlet { notes, live: None, ..self.outlet(terminal, begun) })
    }

    /// Like [`Self::replayer`], but only for files. None if no file was asked for.
    ///
    /// # Errors
    /// A file can't be written.
    pub(super) fn file_replayer(&self, begun: &str) -> Result<Option<RunReports>, EarlyEnd> {
        let files = self.files(begun)?;
        Ok((!files.is_empty()).then(|| RunReports { main: Box::new(Nowhere), files, handled: None }))
    }

    fn files(&self, begun: &str) -> Result<Vec<FileReport>, EarlyEnd> {
        let (detail, differences) = (self.detail(), self.differences());
        let outlet = |file| Outlet { detail, differences, begun: begun.to_owned(), ..Outlet::plain(file) };
        self.report.iter().map(|report| report.open(outlet)).collect()
    }

    fn outlet(&self, terminal: &Terminal, begun: &str) -> Outlet {
        Outlet {
            out: Box::new(io::stdout()),
            styled: terminal.is_styled(),
            notes: Box::new(terminal.err()),
            live: self.is_live(terminal).then_some(live_size),
            detail: self.detail(),
            differences: self.differences(),
            begun: begun.to_owned(),
        }
    }

    fn detail(&self) -> Detail {
        match (self.quiet, self.verbose) {
            (true, _) => Detail::Failures,
            (_, true) => Detail::Everything,
            _ => Detail::Changes,
        }
    }

    fn differences(&self) -> Differences {
        match self.diff {
            DiffLength::Full => Differences::Full,
            DiffLength::Short => Differences::Short(self.diff_lines),
            DiffLength::None => Differences::None,
        }
    }
}

/// The reporters of a run: standard output and files.
pub(super) struct RunReports {
    main: Box<dyn Reporter + Send>,
    files: Vec<FileReport>,
    handled: Option<HandledEvents>,
}

impl RunReports {
    /// From here on also gathers the events for the handlers of the project.
    ///
    /// # Errors
    /// There is no room for temporary files.
    pub(super) fn gather_for_handlers(&mut self, project: &Project) -> io::Result<()> {
        self.handled = HandledEvents::of(project)?;
        Ok(())
    }

    /// Takes what was gathered for handlers.
    pub(super) fn take_handled(&mut self) -> Option<HandledEvents> {
        self.handled.take()
    }

    /// Whether a report is written to a file.
    pub(super) fn has_files(&self) -> bool {
        !self.files.is_empty()
    }

    /// Ends with these events in the files, where the run that they were for does not begin.
    pub(super) fn finish_with(&mut self, events: &[FleetEvent]) -> io::Result<()> {
        // No run has ended.
        self.handled = None;
        for event in events {
            self.files.iter_mut().for_each(|file| file.event(event));
        }
        self.files.iter_mut().try_for_each(Reporter::finish)
    }
}

impl Reporter for RunReports {
    fn event(&mut self, event: &FleetEvent) {
        self.main.event(event);
        self.files.iter_mut().for_each(|file| file.event(event));
        self.handled.iter_mut().for_each(|handled| handled.event(event));
    }

    fn tick(&mut self) {
        self.main.tick();
    }

    /// Ends all reporters, even if some fail. Errors of files take precedence over those of standard output.
    fn finish(&mut self) -> io::Result<()> {
        let main = self.main.finish();
        let files: Vec<io::Result<()>> = self.files.iter_mut().map(Reporter::finish).collect();
        files.into_iter().collect::<io::Result<()>>().and(main)
    }
}

/// Replaces standard output when a run is only replayed to files.
struct Nowhere;

impl Reporter for Nowhere {
    fn event(&mut self, _event: &FleetEvent) {}

    fn finish(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Reports an error that occurred before the run, with one target or several.
pub(super) fn report_early_end(
    reporter: &mut dyn Reporter,
    target: Option<&str>,
    stop: EarlyEnd,
    terminal: &Terminal,
) -> EarlyEnd {
    if let Some(mut outcome) = stop.outcome(target.unwrap_or_default()) {
        outcome.milliseconds = u64::try_from(terminal.begin().elapsed().as_millis()).unwrap_or(u64::MAX);
        reporter.event(&FleetEvent::Stage(match target {
            Some(_) => Stage::TargetFinished(Box::new(outcome)),
            None => no_target_started(outcome),
        }));
        // If nobody reads the report, standard error and the exit code still tell.
        let _ = reporter.finish();
    }
    stop
}

/// The last event of a run on several targets that started none of them.
fn no_target_started(outcome: TargetOutcome) -> Stage {
    let TargetOutcome { exit, milliseconds, findings, .. } = outcome;
    let exit = exit.unwrap_or(Exit::Failed as u8);
    Stage::FleetFinished { exit, milliseconds, targets: Vec::new(), findings }
}
