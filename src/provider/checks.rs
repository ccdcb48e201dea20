//! The commands of `verify`: they must succeed on a new file before it takes its place.

use camino::Utf8Path;

use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::query::Query;
use crate::model::step::Command;
use crate::provider::{run_as, trust};

/// Placeholder for the temporary file.
const DRAFT: &str = "{path}";

/// Queries for the accounts, directories and programs.
pub fn observe(checks: &[Command]) -> impl Iterator<Item = Query> {
    checks.iter().flat_map(run_as::observe)
}

/// Fails if an account or directory is missing, or if anyone else could replace a program.
///
/// # Errors
/// It is so, or an answer is missing.
pub fn require(checks: &[Command], known: &Known) -> Result<(), Stop> {
    for check in checks {
        run_as::require(check, known)?;
        if let Some(program) = run_as::named_program(&check.argv) {
            trust::require(program, check.user.as_deref(), known)?;
        }
    }
    Ok(())
}

/// Fails if a program that is given with its path does not exist.
///
/// # Errors
/// It does not, or an answer is missing.
pub fn require_programs(checks: &[Command], known: &Known) -> Result<(), Stop> {
    for program in checks.iter().filter_map(|check| run_as::named_program(&check.argv)) {
        match known.stat(program) {
            Ok(None) => {
                let message = format!("there is no program `{program}` to check the new content with");
                return Err(Failure::new(message)
                    .hint("declare what installs it before this resource")
                    .into());
            }
            // A pending change may bring it.
            Ok(Some(_)) | Err(Stop::Unknown(_)) => {}
            Err(stop) => return Err(stop),
        }
    }
    Ok(())
}

/// The checks for a file at this path. A path with special characters becomes an argument of its own, so that the shell
/// does not interpret it.
#[must_use]
pub fn of_file(path: &Utf8Path, checks: &[Command]) -> Vec<Command> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+@%:,=".contains(c);
    let is_plain = path.as_str().chars().all(plain);
    checks.iter().map(|check| if is_plain { check.clone() } else { quoted(check) }).collect()
}

fn quoted(check: &Command) -> Command {
    match check.argv.as_slice() {
        [sh, flag, script] if sh == "/bin/sh" && flag == "-c" && script.contains(DRAFT) => {
            let script = script.replace(DRAFT, "\"$1\"");
            let argv = [sh.clone(), flag.clone(), script, "sh".to_owned(), DRAFT.to_owned()];
            Command { argv: argv.to_vec(), ..check.clone() }
        }
        _ => check.clone(),
    }
}
