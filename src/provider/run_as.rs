//! The user, group and directory of commands that a cook wrote, and whether someone else could replace their programs.

use camino::Utf8Path;

use crate::model::known::{Known, Stop};
use crate::model::query::Query;
use crate::model::step::{Attributes, Command};
use crate::provider::{ownership, parents, trust};

fn accounts(command: &Command) -> Attributes {
    Attributes { owner: command.user.clone(), group: command.group.clone(), mode: None }
}

/// Queries for the accounts, the directory, and the program of a command.
#[must_use]
pub fn observe(command: &Command) -> Vec<Query> {
    let mut queries = vec![Query::Host];
    queries.extend(command.cwd.as_ref().map(|cwd| Query::Resolve(cwd.clone())));
    queries.extend(ownership::observe(&accounts(command)));
    queries.extend(named_program(&command.argv).into_iter().flat_map(trust::observe));
    queries
}

/// Fails if the directory, the user or the group of a command does not exist.
///
/// # Errors
/// One of them does not exist, or an answer is missing.
pub fn require(command: &Command, known: &Known) -> Result<(), Stop> {
    if let Some(cwd) = &command.cwd {
        parents::require_directory(cwd, known)?;
    }
    ownership::require_accounts(&accounts(command), known)
}

/// A warning about an account that could replace the program of a command, if there is one.
///
/// # Errors
/// An answer is missing.
pub fn doubtful(command: &Command, known: &Known) -> Result<Option<String>, Stop> {
    let Some(program) = named_program(&command.argv) else { return Ok(None) };
    let user = command.user.as_deref();
    let Some(stranger) = trust::untrusted(program, user, known)? else { return Ok(None) };
    let runner = user.unwrap_or(&known.host()?.user);
    Ok(Some(format!("`{program}` runs as `{runner}`, and {}", stranger.words)))
}

/// The program of a command, if it is given with its path.
pub(super) fn named_program(argv: &[String]) -> Option<&Utf8Path> {
    match argv {
        [sh, flag, _] if sh == "/bin/sh" && flag == "-c" => None,
        argv => argv.first().filter(|program| program.starts_with('/')).map(Utf8Path::new),
    }
}
