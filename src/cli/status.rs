//! `chefrs status`.

use std::fmt::Write as _;

use clap::Args;
use serde::Serialize;

use crate::fleet::{self, FleetHost, FleetLimits};
use crate::history::History;
use crate::locked_run;
use crate::model::ending::Ending;
use crate::model::english::{count, one_line};
use crate::model::error::Failure;
use crate::model::exit::Exit;
use crate::model::journal::{Debt, Journal, Lock, RunRecord};
use crate::model::query::{Answer, Query};
use crate::remote::{Destination, Session};
use crate::report::json::visible;
use crate::target::Target;
use crate::target::interrupt::Interrupt;

use super::early_end::EarlyEnd;
use super::environment;
use super::format::Format;
use super::log::counted;
use super::target_options::{HERE, Targets};
use super::terminal::Terminal;

/// Version of the JSON output.
const SCHEMA: u32 = 1;

/// Shows the present run on a machine, owed notifications, and the last runs.
///
/// A run that was killed leaves notifications undelivered. The next run of a recipe with the notified resource delivers
/// them. Those that the recipe no longer declares are dropped. Each user has their own state.
#[derive(Debug, Args)]
pub(super) struct StatusArguments {
    #[command(flatten)]
    targets: Targets,
    /// Number of runs to show, newest first. 100 are kept.
    #[arg(short = 'n', long, value_name = "N", default_value_t = 10)]
    runs: usize,
    /// Drop all owed notifications. They are shown a last time, and never run.
    #[arg(long)]
    give_up: bool,
    /// Text for people, or one JSON object.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

/// The state that a target reports.
#[derive(Debug, Serialize)]
struct Status {
    schema: u32,
    target: String,
    lock: Lock,
    journal: Journal,
    /// Pending notifications that were dropped, because the user asked for it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    given_up: Vec<Debt>,
    /// Oldest first.
    runs: Vec<RunRecord>,
}

pub(super) fn status(arguments: &StatusArguments, terminal: &Terminal) -> Result<Exit, EarlyEnd> {
    let hosts = arguments.targets.choose()?;
    let mut exit = Exit::Success;
    let (mut told_any, mut written) = (false, Ok(()));
    // A run that was lost here may have gone on there.
    let history = environment::history().ok().flatten();
    let mut hear = |host: &FleetHost, status: Result<Status, EarlyEnd>| match status
        .inspect(|status| settle(history.as_ref(), &host.name, status))
        .and_then(|status| told(arguments, Status { target: host.name.clone(), ..status }))
    {
        Ok(text) if written.is_ok() => {
            let gap = if told_any && arguments.format == Format::Text { "\n" } else { "" };
            written = terminal.print(&format!("{gap}{text}"));
            told_any = true;
        }
        Ok(_) => {}
        Err(stop) => exit = if hosts.len() > 1 { stop.named(&host.name) } else { stop }.tell(terminal),
    };
    let give_up = arguments.give_up;
    let of_host = |host: &FleetHost| match &host.destination {
        None => here(give_up),
        Some(destination) => there(destination, give_up),
    };
    fleet::each(&hosts, FleetLimits::default(), &|| false, &of_host, &mut hear)?;
    written?;
    Ok(exit)
}

/// Updates the history on this machine with runs whose end the target has seen. Errors are ignored.
fn settle(history: Option<&History>, target: &str, status: &Status) {
    let Some(history) = history else { return };
    for run in &status.runs {
        let _ = history.settle(target, run);
    }
}

fn told(arguments: &StatusArguments, mut status: Status) -> Result<String, EarlyEnd> {
    status.runs.drain(..status.runs.len().saturating_sub(arguments.runs));
    match arguments.format {
        Format::Json => {
            let json = serde_json::to_string(&status).map_err(std::io::Error::from)?;
            Ok(format!("{}\n", visible(&json)))
        }
        Format::Text => Ok(text(&status)),
    }
}

fn here(give_up: bool) -> Result<Status, EarlyEnd> {
    Ok(ask(&mut environment::here()?, give_up)?)
}

fn there(destination: &Destination, give_up: bool) -> Result<Status, EarlyEnd> {
    let mut session = Session::open(destination, &Interrupt::default())?;
    let status = ask(&mut session, give_up);
    session.close();
    Ok(status?)
}

fn ask(target: &mut dyn Target, give_up: bool) -> Result<Status, Failure> {
    let mut status = look(target)?;
    if give_up && !status.journal.owed.is_empty() {
        locked_run::give_up(target, &status.journal.owed)?;
        status.given_up = std::mem::take(&mut status.journal.owed);
    }
    Ok(status)
}

fn look(target: &mut dyn Target) -> Result<Status, Failure> {
    let answers = target.ask(&[Query::Lock, Query::Journal, Query::History])?;
    let mut status = Status {
        schema: SCHEMA,
        target: target.name().to_owned(),
        lock: Lock::default(),
        journal: Journal::default(),
        given_up: Vec::new(),
        runs: Vec::new(),
    };
    for answer in answers {
        match answer {
            Answer::Lock(lock) => status.lock = lock,
            Answer::Journal(journal) => status.journal = journal,
            Answer::History(runs) => status.runs = runs,
            Answer::Failed(failure) => return Err(failure),
            _ => return Err(Failure::new("the target does not report its runs")),
        }
    }
    Ok(status)
}

fn text(status: &Status) -> String {
    let mut text = String::new();
    let now = now(&status.lock);
    // The user knows where this machine is.
    line(&mut text, &if status.target == HERE { now } else { format!("{}: {now}", status.target) });
    let owed = &status.journal.owed;
    if owed.is_empty() {
        text.push_str("nothing is owed\n");
    } else {
        line(&mut text, &format!("{} still owed:", count(owed.len(), "notification")));
        for debt in owed {
            line(&mut text, &format!("  {}", owes(debt)));
        }
    }
    if !status.given_up.is_empty() {
        line(&mut text, &format!("{} given up:", count(status.given_up.len(), "notification")));
        for debt in &status.given_up {
            line(&mut text, &format!("  {}", owes(debt)));
        }
    }
    let drafts = &status.journal.drafts;
    if !drafts.is_empty() && !status.lock.held {
        let left = count(drafts.len(), "draft");
        line(&mut text, &format!("{left} left by a run that was killed, which the next run removes:"));
        for path in drafts {
            line(&mut text, &format!("  {path}"));
        }
    }
    if status.journal.unread > 0 {
        let lines = count(status.journal.unread, "line");
        line(&mut text, &format!("{lines} of `{}` can't be parsed", status.journal.path));
    }
    if status.runs.is_empty() {
        text.push_str("no run has ended here yet\n");
    } else {
        text.push_str("last runs:\n");
        for run in status.runs.iter().rev() {
            line(&mut text, &format!("  {}", ran(run)));
        }
    }
    text
}

fn line(text: &mut String, words: &str) {
    // State files are data, so control characters become visible. Writing to a string can't fail.
    let _ = writeln!(text, "{}", one_line(words));
}

fn now(lock: &Lock) -> String {
    if let (Some(left), true) = (&lock.left, lock.held) {
        let run = lock.holder.as_ref().map(|holder| format!(" of the {holder}")).unwrap_or_default();
        return format!("a command{run} still runs, though the run was killed: {left}");
    }
    match (&lock.holder, lock.held) {
        (None, false) => "no run is under way".to_owned(),
        (None, true) => "a run is under way".to_owned(),
        (Some(holder), true) => format!("under way: {holder}"),
        (Some(holder), false) => format!("no run is under way; the last was cut off: {holder}"),
    }
}

fn owes(debt: &Debt) -> String {
    let Debt { to, action, from, run, .. } = debt;
    if debt.begun.is_some() {
        return format!("{to} {action}, begun and not finished in the run {run}");
    }
    format!("{to} {action}, {}, by {from} in the run {run}", debt.timing.word())
}

fn ran(run: &RunRecord) -> String {
    let RunRecord { started, user, .. } = run;
    let result = match &run.restart {
        Some(by) => format!("restarted the machine for {by}"),
        None => Ending::of_exit(run.exit).words(run.mode).to_owned(),
    };
    let counts = run.counts.as_ref().map(counted).unwrap_or_default();
    format!("{started} {} by {user}: {result}{counts} ({})", run.run_list.join(", "), run.run)
}
