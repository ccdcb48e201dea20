//! Guards: every `only_if` must be true and every `not_if` false. A guard that can't be run is an error, not false.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::model::collection::{Guard, Row};
use crate::model::error::{FailedCommand, Failure};
use crate::model::known::Stop;
use crate::model::query::{End, Query};
use crate::model::step::Command;
use crate::provider::Planner;

use super::deferred;
use super::knowledge::{CommandEnding, Knowledge};
use super::reads;

/// Why the guards skip the row, if they do.
///
/// # Errors
/// A guard can't be run, or can't be evaluated yet in a plan.
pub(super) fn skip_reason(
    row: &Row,
    planner: Option<&dyn Planner>,
    know: &mut Knowledge<'_>,
    secrets: &BTreeMap<String, String>,
) -> Result<Option<String>, Stop> {
    unmet(&row.only_if, &row.not_if, planner, know, secrets)
}

/// Why these guards are not met, if they are not.
///
/// # Errors
/// See [`skip_reason`].
pub(super) fn unmet(
    only_if: &[Guard],
    not_if: &[Guard],
    planner: Option<&dyn Planner>,
    know: &mut Knowledge<'_>,
    secrets: &BTreeMap<String, String>,
) -> Result<Option<String>, Stop> {
    for guard in only_if {
        if !holds(guard, planner, know, secrets)? {
            return Ok(Some(format!("only_if {} does not hold", describe(guard))));
        }
    }
    for guard in not_if {
        if holds(guard, planner, know, secrets)? {
            return Ok(Some(format!("not_if {} holds", describe(guard))));
        }
    }
    Ok(None)
}

/// The queries of the guards that start no process.
pub(super) fn observe(row: &Row) -> Vec<Query> {
    let guards = row.only_if.iter().chain(&row.not_if);
    guards
        .filter_map(|guard| match guard {
            Guard::Exists(path) => Some(Query::Resolve(path.into())),
            Guard::Is(_) | Guard::Command(_) | Guard::Deferred(_) => None,
        })
        .collect()
}

/// Whether a guard is a command. Commands may inherit from the resource.
pub(super) fn runs_commands(row: &Row) -> bool {
    row.only_if.iter().chain(&row.not_if).any(|guard| matches!(guard, Guard::Command(_) | Guard::Deferred(_)))
}

/// The guard that lets the resource run, if its result depends on the machine: `not_if exists "/x" still does not
/// hold`.
pub(super) fn deciding(row: &Row) -> Option<String> {
    let is_open = |guard: &&Guard| !matches!(guard, Guard::Is(_));
    let not_if = row
        .not_if
        .iter()
        .find(is_open)
        .map(|guard| format!("not_if {} still does not hold", describe(guard)));
    not_if.or_else(|| {
        let only_if = row.only_if.iter().find(is_open);
        only_if.map(|guard| format!("only_if {} still holds", describe(guard)))
    })
}

fn describe(guard: &Guard) -> String {
    match guard {
        Guard::Is(value) => value.to_string(),
        Guard::Exists(path) => format!("exists \"{path}\""),
        Guard::Command(command) => format!("`{}`", command.display()),
        Guard::Deferred(form) => format!("`{}`", declared(form).display()),
    }
}

/// The command of a guard as it was declared. An argument that is known only later is shown as `…`.
fn declared(form: &Value) -> Command {
    let words = form.get("argv").and_then(Value::as_array).into_iter().flatten();
    Command::new(words.map(|word| word.as_str().unwrap_or("…")))
}

fn holds(
    guard: &Guard,
    planner: Option<&dyn Planner>,
    know: &mut Knowledge<'_>,
    secrets: &BTreeMap<String, String>,
) -> Result<bool, Stop> {
    match guard {
        Guard::Is(value) => Ok(*value),
        Guard::Exists(path) => know.is_there(path.into()),
        Guard::Deferred(form) => {
            let command = deferred::command(form, know, secrets)?;
            holds(&Guard::Command(command), planner, know, secrets)
        }
        Guard::Command(command) => {
            let command = inherit(command, planner);
            let CommandEnding { result, until } = know.ending(&command)?;
            let ended = match &result.end {
                // Here 127 is an answer: the command asks whether a program exists.
                End::Exit(127) if reads::looks_for_programs(&command) => Ok(false),
                // 126 is the shell's status for "not executable", 127 for "not found".
                End::Exit(126 | 127) | End::Signal(_) | End::TimedOut(_) | End::NotStarted(_) => {
                    Err(not_run(&command, &result.end, &result.stderr))
                }
                End::Exit(status) => Ok(command.accepts(*status)),
            };
            match (ended, until) {
                (Err(failure), Some(until)) => Err(Stop::Hindered(until, failure)),
                (Ok(_), Some(until)) => Err(Stop::Unknown(until)),
                (ended, None) => Ok(ended?),
            }
        }
    }
}

fn not_run(command: &Command, end: &End, stderr: &str) -> Failure {
    Failure {
        message: format!("the guard `{}` could not be run", command.display()),
        command: Some(FailedCommand {
            argv: command.argv.clone(),
            status: Some(end.to_string()),
            output: stderr.lines().take(20).map(str::to_owned).collect(),
        }),
        hints: vec![
            "a guard answers with its exit status: 0 is true, any other up to 125 is false".to_owned(),
        ],
        ..Failure::default()
    }
}

/// Fills in what the guard does not set itself from the resource.
fn inherit(guard: &Command, planner: Option<&dyn Planner>) -> Command {
    let Some(around) = planner.map(Planner::surroundings) else { return guard.clone() };
    guard.inheriting(around)
}
