//! What a command that a cook wrote reads of the machine, as far as its words tell.
//!
//! A guard's command may read anything, so everything pending may matter to it. A few programs read what they are given
//! and nothing else; where a line has only these, only what is pending at their paths matters.

use camino::Utf8PathBuf;

use crate::model::step::{Command, SimpleCommand};

/// Programs whose operands are files, and that read nothing else.
const READERS: &[&str] = &["cat", "cmp", "diff", "head", "readlink", "sha256sum", "stat", "tail", "wc"];

/// Operators of `test` with one file.
const ABOUT_FILE: &[&str] = &["-e", "-f", "-d", "-s", "-r", "-w", "-x", "-L", "-h"];

/// What a command reads.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Reads {
    /// Only what is at these paths.
    Paths(Vec<Utf8PathBuf>),
    /// Anything; its words name these paths.
    Anything(Vec<Utf8PathBuf>),
}

/// What a command reads.
pub(super) fn reads(command: &Command) -> Reads {
    let known = command.simple().and_then(|all| {
        let each: Option<Vec<_>> = all.iter().map(operands).collect();
        each?.into_iter().flatten().map(|word| command.path_of(&word)).collect()
    });
    match known {
        Some(paths) => Reads::Paths(paths),
        None => Reads::Anything(mentioned(command)),
    }
}

/// The path whose being there is all that a command asks for, and whether it asks for the contrary.
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

/// The files that a simple command reads; nothing where nobody knows.
fn operands(command: &SimpleCommand) -> Option<Vec<String>> {
    if !command.writes.is_empty() {
        return None;
    }
    let words: Vec<&str> = command.words.iter().map(String::as_str).skip_while(|word| *word == "!").collect();
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

/// Every absolute path in the words of a command.
fn mentioned(command: &Command) -> Vec<Utf8PathBuf> {
    let ends = |c: char| c.is_whitespace() || "'\"`;|&()<>=,:".contains(c);
    let words = command.argv.iter().flat_map(|word| word.split(ends));
    let paths = words.filter(|word| word.starts_with('/') && word.len() > 1).map(Utf8PathBuf::from);
    paths.chain(command.cwd.clone()).collect()
}
