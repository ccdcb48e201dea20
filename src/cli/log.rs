//! `chefrs log`.

use std::fmt::Write as _;

use clap::Args;
use serde::Serialize;

use crate::history::{RecordedRun, State, TargetRecord};
use crate::model::ending::Ending;
use crate::model::english::{count, list, nearest, one_line};
use crate::model::error::Diagnostic;
use crate::model::event::{Counts, Mode};
use crate::model::exit::Exit;
use crate::report::json::visible;

use super::early_end::EarlyEnd;
use super::environment;
use super::format::Format;
use super::target_options::HERE;
use super::terminal::Terminal;

/// Version of the JSON output.
const SCHEMA: u32 = 1;

/// Shows the runs that were started on this machine, newest first.
///
/// Each `run` is recorded on the machine where it is started; a plan is not. The last 500 runs are kept, or as many as
/// fit into 64 MiB. `chefrs show` shows one again.
#[derive(Debug, Args)]
pub(super) struct LogArguments {
    /// Show only runs on this target.
    #[arg(value_name = "TARGET")]
    target: Option<String>,
    /// Number of runs to show.
    #[arg(short = 'n', long, value_name = "N", default_value_t = 10)]
    runs: usize,
    /// Text for people, or one JSON object a line for each run.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

pub(super) fn log(arguments: &LogArguments, terminal: &Terminal) -> Result<Exit, EarlyEnd> {
    let target = arguments.target.as_deref();
    let mut runs = Vec::new();
    if let Some(history) = environment::history()? {
        runs = history.runs(arguments.runs, target).map_err(EarlyEnd::from)?;
        if let Some(target) = target
            && runs.is_empty()
            && arguments.runs > 0
        {
            let known = history.targets().map_err(EarlyEnd::from)?;
            return Err(EarlyEnd::usage(unknown(target, &known)));
        }
    }
    let mut text = String::new();
    match arguments.format {
        Format::Json => {
            for run in &runs {
                let json =
                    serde_json::to_string(&RunLine { schema: SCHEMA, run }).map_err(std::io::Error::from)?;
                let _ = writeln!(text, "{}", visible(&json));
            }
        }
        Format::Text if runs.is_empty() && arguments.runs > 0 => text.push_str("no run is recorded yet\n"),
        Format::Text => {
            for run in &runs {
                let _ = writeln!(text, "{}", one_line(&line(run, target)));
            }
        }
    }
    terminal.print(&text)?;
    Ok(Exit::Success)
}

#[derive(Serialize)]
struct RunLine<'a> {
    schema: u32,
    #[serde(flatten)]
    run: &'a RecordedRun,
}

fn unknown(target: &str, known: &[String]) -> Diagnostic {
    let unknown = Diagnostic::error(format!("no run on `{target}` is recorded"));
    match nearest(target, known.iter().map(String::as_str)) {
        Some(near) => unknown.hint(format!("did you mean `{near}`?")),
        None => unknown.hint("`chefrs log` without a target shows the runs on all"),
    }
}

/// A line for a run: `2026-11-23T12:55:01Z 20261123T125501Z-3fa9c2d1 blog on web1: converged, 3 updated, 4 up to date,
/// 0 failed`.
fn line(run: &RecordedRun, target: Option<&str>) -> String {
    let all = run.targets.as_slice();
    // With `-t`, the outcome of that target is shown.
    let targets = target
        .and_then(|name| all.iter().position(|target| target.target == name))
        .map_or(all, |at| &all[at..=at]);
    let place = match targets {
        [one] if all.len() > 1 => format!("{} (of {})", one.target, count(all.len(), "target")),
        [one] => one.target.clone(),
        several => count(several.len(), "target"),
    };
    let result = match run.state {
        State::UnderWay => "under way".to_owned(),
        State::CutOff => cut_off(targets),
        State::Ended => match targets {
            [one] => {
                format!("{}{}", result(one.outcome), one.counts.as_ref().map(counted).unwrap_or_default())
            }
            several => tally(several),
        },
    };
    format!("{} {} {} on {place}: {result}", run.begun, run.run, run.what())
}

/// For a run whose end was not seen here. If the target is another machine, it may know more.
fn cut_off(targets: &[TargetRecord]) -> String {
    let word = result(Some(Ending::CutOff));
    match targets.iter().find(|target| target.outcome.is_none() && target.target != HERE) {
        Some(target) => format!("{word} here; `chefrs status -t {}` asks how it ended there", target.target),
        None => word.to_owned(),
    }
}

/// The outcome of a run on a target, in words.
fn result(outcome: Option<Ending>) -> &'static str {
    outcome.unwrap_or(Ending::NotStarted).words(Mode::Run)
}

/// The counts, to append to the outcome: `, 3 updated, 4 up to date, 0 failed`.
pub(super) fn counted(counts: &Counts) -> String {
    let Counts { updated, up_to_date, not_run, left_out, failed, .. } = counts;
    let mut left = if *not_run > 0 { format!(", {not_run} not run") } else { String::new() };
    if *left_out > 0 {
        let _ = write!(left, ", {left_out} left out");
    }
    format!(", {updated} updated, {up_to_date} up to date{left}, {failed} failed")
}

/// The targets by outcome: `4 converged and 1 failed`.
fn tally(targets: &[TargetRecord]) -> String {
    let mut words: Vec<(&str, usize)> = Vec::new();
    for target in targets {
        let result = result(target.outcome);
        match words.iter_mut().find(|(word, _)| *word == result) {
            Some((_, n)) => *n += 1,
            None => words.push((result, 1)),
        }
    }
    let words: Vec<String> = words.into_iter().map(|(word, n)| format!("{n} {word}")).collect();
    list(&words, "and")
}
