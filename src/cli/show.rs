//! `chefrs show`.

use clap::Args;
use clap_complete::engine::ArgValueCompleter;

use crate::history::{History, RecordedRun, State, TargetRecord};
use crate::model::english::{list, nearest, one_line};
use crate::model::error::Diagnostic;
use crate::model::exit::Exit;
use crate::report::Reporter;
use crate::report::diagnostic;
use crate::report::format::FormatKind;

use super::complete;
use super::early_end::EarlyEnd;
use super::find_run::recorded;
use super::reports::ReportArguments;
use super::terminal::Terminal;

mod several;

/// Shows a recorded run again.
#[derive(Debug, Args)]
pub(super) struct ShowArguments {
    /// Id of the run from `chefrs log`, the first letters of one, or `last`.
    #[arg(value_name = "RUN", add = ArgValueCompleter::new(complete::runs))]
    run: String,
    /// Show only this target.
    #[arg(short = 't', long, value_name = "TARGET")]
    target: Option<String>,
    #[command(flatten)]
    reports: ReportArguments,
}

pub(super) fn show(arguments: &ShowArguments, terminal: &Terminal) -> Result<Exit, EarlyEnd> {
    let (history, run) = recorded(&arguments.run)?;
    let targets: Vec<&TargetRecord> = match &arguments.target {
        None => run.targets.iter().collect(),
        Some(name) => vec![chosen(&run, name)?],
    };
    match arguments.reports.kind() {
        FormatKind::Watched => {
            if let Some(mut files) = arguments.reports.file_replayer(&run.begun)? {
                tell(arguments, (&history, &run), &targets, &mut files)?;
            }
            print_as_text(arguments, (&history, &run), targets, terminal)?;
        }
        FormatKind::Stream | FormatKind::Document => {
            let mut reporter = arguments.reports.replayer(terminal, &run.begun)?;
            tell(arguments, (&history, &run), &targets, &mut reporter)?;
        }
    }
    Ok(Exit::Success)
}

/// Prints the run as it was reported: with names of targets if there were several.
fn tell(
    arguments: &ShowArguments,
    (history, run): (&History, &RecordedRun),
    targets: &[&TargetRecord],
    reporter: &mut dyn Reporter,
) -> Result<(), EarlyEnd> {
    if let [only] = run.targets.as_slice() {
        several::tell_alone(history, run, only, reporter)?;
    } else if arguments.target.is_none() {
        several::tell(history, run, reporter)?;
    } else {
        for target in targets {
            several::tell_target(history, run, target, reporter)?;
        }
    }
    Ok(reporter.finish()?)
}

/// Prints the run as text: each target as if it was the only one, and what the events don't contain.
fn print_as_text(
    arguments: &ShowArguments,
    (history, run): (&History, &RecordedRun),
    targets: Vec<&TargetRecord>,
    terminal: &Terminal,
) -> Result<(), EarlyEnd> {
    terminal.print(&heading(run))?;
    for (index, target) in targets.into_iter().enumerate() {
        if index > 0 {
            terminal.print("\n")?;
        }
        if let (true, None, Some(ending)) = (run.targets.len() > 1, target.counts, target.outcome) {
            // The heading or the end of the run is missing in the events.
            terminal.print(&untold(target, ending.words(run.mode)))?;
        }
        let mut reporter = arguments.reports.main_replayer(terminal, &run.begun);
        several::replay(history, target, reporter.as_mut())?;
        reporter.finish()?;
        terminal.print(&closing(run, target))?;
    }
    Ok(())
}

fn chosen<'a>(run: &'a RecordedRun, name: &str) -> Result<&'a TargetRecord, EarlyEnd> {
    run.targets.iter().find(|target| target.target == name).ok_or_else(|| {
        let unknown = Diagnostic::error(format!("the run {} had no target `{name}`", run.run));
        let names: Vec<String> = run.targets.iter().map(|target| format!("`{}`", target.target)).collect();
        EarlyEnd::usage(match nearest(name, run.targets.iter().map(|target| target.target.as_str())) {
            Some(near) => unknown.hint(format!("did you mean `{near}`?")),
            None => unknown.hint(format!("it had {}", list(&names, "and"))),
        })
    })
}

fn heading(run: &RecordedRun) -> String {
    let RecordedRun { run: id, begun, user, project, .. } = run;
    let mut text = one_line(&format!("run {id}, started {begun} by {user} in {project}"));
    text.push('\n');
    if let Some(lock) = &run.lock {
        text.push_str(&one_line(&format!("cookbooks from elsewhere: {}", lock.shown())));
        text.push('\n');
    }
    if run.shortened {
        text.push_str("it was too large: the last output and diffs are missing\n");
    }
    text
}

fn untold(target: &TargetRecord, words: &str) -> String {
    format!("{}: {words}\n", one_line(&target.target))
}

/// What the events of a target don't contain: why it ended early.
fn closing(run: &RecordedRun, target: &TargetRecord) -> String {
    let untold = |words: &str| untold(target, words);
    match (&target.failure, target.exit, run.state) {
        (Some(failure), ..) => diagnostic::render(&failure.clone().into()),
        (None, None, State::UnderWay) => untold("the run is still under way"),
        (None, None, State::CutOff) => untold("the run was cut off; a new run shows what is left to do"),
        (None, None, State::Ended) => untold("it was not started"),
        (None, Some(130), _) if target.counts.is_none() => untold("interrupted before it started"),
        _ => String::new(),
    }
}
