//! What a command of a cookbook reads on the machine, as far as its words tell.
//!
//! The command of a guard may read anything, so any pending change may matter to it. A few programs read only their
//! operands; a command that runs only such programs depends only on changes to those paths.

use camino::Utf8PathBuf;

use crate::model::step::{Command, SimpleCommand};

/// Programs whose operands are files, and that read nothing else.
const READERS: &[&str] = &["cat", "cmp", "diff", "head", "readlink", "sha256sum", "stat", "tail", "wc"];

/// Operators of `test` that take one file.
const ABOUT_FILE: &[&str] = &["-e", "-f", "-d", "-s", "-r", "-w", "-x", "-L", "-h"];

/// Where programs are searched if the environment of the command does not set `PATH`.
pub(super) const PROGRAMS: &[&str] =
    &["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

/// Words that the shell handles itself.
const OWN_WORDS: &[&str] = &["true", "false", "exit", "test", "["];

/// What a command reads.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Reads {
    /// Only these paths.
    Paths(Vec<Utf8PathBuf>),
    /// Anything. Its words mention these paths.
    Anything(Vec<Utf8PathBuf>),
}

/// Parses the words of a command.
pub(super) fn reads(command: &Command) -> Reads {
    let own_path = command.environment.contains_key("PATH");
    let known = command.simple().filter(|_| !own_path).and_then(|all| {
        let each: Option<Vec<_>> = all.iter().map(operands).collect();
        each?.into_iter().flatten().map(|word| command.path_of(&word)).collect()
    });
    match known {
        Some(paths) => Reads::Paths(paths),
        None => {
            let program = command.argv.iter().take(1).filter(|word| word.starts_with('/'));
            let paths = program.map(Utf8PathBuf::from).chain(command.paths_in_arguments());
            Reads::Anything(paths.chain(command.cwd.clone()).collect())
        }
    }
}

/// The path, if the command only checks that it exists, and whether the check is negated.
pub(super) fn existence(command: &Command) -> Option<(Utf8PathBuf, bool)> {
    let all = command.simple()?;
    let [SimpleCommand { words, writes }] = all.as_slice() else { return None };
    let (contrary, words) = match words.split_first() {
        Some((first, rest)) if first == "!" => (true, rest),
        _ => (false, words.as_slice()),
    };
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["test", "-e", path] | ["[", "-e", path, "]"] if writes.is_empty() => {
            Some((command.path_of(path)?, contrary))
        }
        _ => None,
    }
}

/// Whether "not found" from the shell is an answer of this command: it looks for programs, and starts only programs
/// that it has looked for.
pub(super) fn looks_for_programs(command: &Command) -> bool {
    let Some(all) = command.simple() else { return false };
    let mut found: Vec<&str> = Vec::new();
    for SimpleCommand { words, .. } in &all {
        let words = without_contrary(words);
        match (looked_for(&words), words.first()) {
            (Some(program), _) => found.push(program),
            (None, Some(word)) if !OWN_WORDS.contains(word) && !found.contains(word) => return false,
            _ => {}
        }
    }
    !found.is_empty()
}

/// The program that the command looks for.
fn looked_for<'w>(words: &[&'w str]) -> Option<&'w str> {
    match words {
        ["command", "-v" | "-V", program] | ["type" | "hash" | "which", program] => Some(program),
        _ => None,
    }
}

fn without_contrary(words: &[String]) -> Vec<&str> {
    words.iter().map(String::as_str).skip_while(|word| *word == "!").collect()
}

/// The files that a simple command reads, or `None` if that can't be told.
fn operands(command: &SimpleCommand) -> Option<Vec<String>> {
    if !command.writes.is_empty() {
        return None;
    }
    let words = without_contrary(&command.words);
    if let Some(program) = looked_for(&words) {
        let there = |directory: &&str| format!("{directory}/{program}");
        let places = if program.contains('/') { &[] } else { PROGRAMS };
        return Some(match places {
            [] => vec![program.to_owned()],
            places => places.iter().map(there).collect(),
        });
    }
    let (program, rest) = words.split_first()?;
    let plain: Vec<String> =
        rest.iter().filter(|word| !word.starts_with('-')).map(|&word| word.into()).collect();
    match *program {
        "true" | "false" => Some(Vec::new()),
        "test" | "[" => match rest.strip_suffix(&["]"]).unwrap_or(rest) {
            [operator, file] | ["!", operator, file] if ABOUT_FILE.contains(operator) => {
                Some(vec![(*file).to_owned()])
            }
            _ => None,
        },
        "grep" => {
            let recursive = |word: &&&str| word.starts_with('-') && word.contains(['r', 'R', 'f', 'e']);
            let files = plain.get(1..).filter(|files| !files.is_empty())?;
            rest.iter().find(recursive).is_none().then(|| files.to_vec())
        }
        reader if READERS.contains(&reader) && !plain.is_empty() => Some(plain),
        _ => None,
    }
}
