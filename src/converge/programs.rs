//! Missing programs: a step that would start one fails, and a plan predicts that.

use camino::{Utf8Path, Utf8PathBuf};

use crate::model::change::Change;
use crate::model::error::Failure;
use crate::model::known::Stop;
use crate::model::query::{Answer, FileKind, Query};
use crate::model::step::{Command, Step};

use super::knowledge::Knowledge;
use super::reads::PROGRAMS;

/// An executable file has at least one of these mode bits.
const EXECUTABLE: u32 = 0o111;

/// Exit status of a shell if a program was not found.
const NOT_FOUND: i32 = 127;

/// Words that a shell handles itself at the start of a command: POSIX.1-2024, and what dash, bash and busybox add.
const OF_SHELL: &[&str] = &[
    "!",
    ".",
    ":",
    "[",
    "[[",
    "alias",
    "bg",
    "bind",
    "break",
    "builtin",
    "caller",
    "case",
    "cd",
    "command",
    "continue",
    "declare",
    "dirs",
    "disown",
    "do",
    "done",
    "echo",
    "elif",
    "else",
    "enable",
    "esac",
    "eval",
    "exec",
    "exit",
    "export",
    "false",
    "fc",
    "fg",
    "fi",
    "for",
    "function",
    "getopts",
    "hash",
    "help",
    "history",
    "if",
    "jobs",
    "kill",
    "let",
    "local",
    "logout",
    "mapfile",
    "newgrp",
    "popd",
    "printf",
    "pushd",
    "pwd",
    "read",
    "readarray",
    "readonly",
    "return",
    "select",
    "set",
    "shift",
    "shopt",
    "source",
    "suspend",
    "test",
    "then",
    "time",
    "times",
    "trap",
    "true",
    "type",
    "typeset",
    "ulimit",
    "umask",
    "unalias",
    "unset",
    "until",
    "wait",
    "while",
];

/// Fails if the program that the changes start first is missing. Programs further on may be installed by the first.
///
/// # Errors
/// It is missing and nothing pending may bring it, or the target was lost.
pub(super) fn require(know: &mut Knowledge<'_>, changes: &[Change]) -> Result<(), Stop> {
    let Some(Step::Run(command)) = changes.first().and_then(|change| change.steps.first()) else {
        return Ok(());
    };
    let Some(program) = program(command) else { return Ok(()) };
    let places = places(command, &program);
    know.ask(places.iter().cloned().map(Query::Resolve))?;
    let (mut last, mut found) = (None, None);
    for place in places {
        let query = Query::Resolve(place.clone());
        match know.one(&query) {
            Ok(Answer::Stat(Some(stat))) if stat.kind != FileKind::File => {}
            Ok(Answer::Stat(Some(stat))) if stat.mode & EXECUTABLE == 0 => found = Some(place),
            Ok(Answer::Stat(None)) => {}
            // It exists, may come, or can't be checked.
            _ => return Ok(()),
        }
        last = Some(query);
    }
    let Some(query) = last else { return Ok(()) };
    Err(know.hindered_at(&query, missing(command, &program, found)))
}

/// The program that a command starts first, if that can be told without a shell.
fn program(command: &Command) -> Option<String> {
    if command.accepts(NOT_FOUND) {
        return None;
    }
    let simple = command.simple()?;
    let [only] = simple.as_slice() else { return None };
    let first = only.words.first()?;
    // A word that the shell handles itself is no program.
    let is_script = command.argv.len() == 3 && command.argv[0] == "/bin/sh" && command.argv[1] == "-c";
    (!is_script || !is_of_shell(first)).then(|| first.clone())
}

/// Whether the first word of a shell command is no program but a shell word or an assignment.
fn is_of_shell(word: &str) -> bool {
    OF_SHELL.contains(&word) || word.contains('=')
}

/// The paths where the program of a command is searched.
fn places(command: &Command, program: &str) -> Vec<Utf8PathBuf> {
    if program.contains('/') {
        let cwd = command.cwd.as_deref().unwrap_or(Utf8Path::new("/"));
        return vec![cwd.join(program)];
    }
    searched(command).into_iter().map(|directory| Utf8Path::new(directory).join(program)).collect()
}

fn searched(command: &Command) -> Vec<&str> {
    match command.environment.get("PATH") {
        Some(said) => said.split(':').filter(|directory| directory.starts_with('/')).collect(),
        None => PROGRAMS.to_vec(),
    }
}

fn missing(command: &Command, program: &str, found: Option<Utf8PathBuf>) -> Failure {
    let line = command.display();
    let line = line.lines().next().unwrap_or_default();
    if let Some(found) = found {
        let failure = Failure::new(format!("`{line}` can't be run: `{found}` is not executable"));
        return failure.hint(format!("make it executable: chmod +x {found}"));
    }
    let failure = Failure::new(if program.contains('/') {
        format!("`{line}` can't be run: there is no program `{program}`")
    } else {
        format!("`{line}` can't be run: there is no program `{program}` in {}", searched(command).join(":"))
    });
    if program.contains(char::is_whitespace) {
        return failure.hint(
            "it is one argument, so it is the name of the program: write each word as a separate item",
        );
    }
    failure.hint("declare what installs it before this resource, such as its package")
}
