//! The words of a command line that decide what is done, as a saved plan keeps them. The others say how to work on it and
//! how to report it: they are chosen anew for each run.

use std::env::current_dir;

use camino::{Utf8Path, Utf8PathBuf};
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Args, Command};

/// The arguments of `plan` and `run` that decide nothing, by id. All others do.
const UNDECIDING: &[&str] = &[
    "batch",
    "color",
    "confirm",
    "connect_timeout",
    "diff",
    "diff_lines",
    "forks",
    "format",
    "lock_timeout",
    "max_failures",
    "out",
    "quiet",
    "reboot_timeout",
    "reconnect",
    "report",
    "saved_plan",
    "step",
    "valid_for",
    "verbose",
];
/// The arguments that name files. The plan may be applied from another directory.
const PATHS: &[&str] = &["files", "project", "ssh_config"];

/// What was typed, in both parts.
#[derive(Debug, Default)]
pub(super) struct TypedWords {
    /// Decides what is done: `--recipe=web`.
    pub(super) deciding: Vec<String>,
    /// Says how: `--forks=4`.
    pub(super) others: Vec<String>,
}

impl TypedWords {
    /// Sorts what was typed for a command with these arguments.
    pub(super) fn of<A: Args>(typed: &ArgMatches) -> Self {
        let mut words = Self::default();
        for argument in A::augment_args(Command::new("")).get_arguments() {
            let id = argument.get_id().as_str();
            let is_typed =
                typed.try_contains_id(id).is_ok() && typed.value_source(id) == Some(ValueSource::CommandLine);
            let Some(long) = argument.get_long().filter(|_| is_typed) else { continue };
            let values = values(typed, argument);
            let part = if UNDECIDING.contains(&id) { &mut words.others } else { &mut words.deciding };
            match values {
                None => part.push(format!("--{long}")),
                Some(values) => part.extend(values.into_iter().map(|value| format!("--{long}={value}"))),
            }
        }
        words
    }
}

/// The values of an argument. None if it takes none.
fn values(typed: &ArgMatches, argument: &Arg) -> Option<Vec<String>> {
    if !argument.get_action().takes_values() {
        return None;
    }
    let id = argument.get_id().as_str();
    let typed = typed.get_raw(id).into_iter().flatten().map(|value| value.to_string_lossy().into_owned());
    Some(if PATHS.contains(&id) { typed.map(|path| absolute(&path)).collect() } else { typed.collect() })
}

/// A path that means the same in every directory.
fn absolute(path: &str) -> String {
    let here = current_dir().ok().and_then(|here| Utf8PathBuf::from_path_buf(here).ok());
    here.unwrap_or_default().join(Utf8Path::new(path)).into_string()
}

/// Parses words of a command with these arguments, without its name.
///
/// # Errors
/// They are not such words.
pub(super) fn parse<A: Args>(words: &[String]) -> Result<A, clap::Error> {
    let command = A::augment_args(Command::new("chefrs").no_binary_name(true));
    A::from_arg_matches(&command.try_get_matches_from(words)?)
}
