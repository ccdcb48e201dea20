//! What a command that a cook wrote reads of the machine, as far as its words tell.
//!
//! A guard's command may read anything, so everything pending may matter to it. A few programs read what they are given
//! and nothing else; where a line has only these, only what is pending at their paths matters.

use camino::{Utf8Path, Utf8PathBuf};

use crate::model::step::Command;

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
    let cwd = command.cwd.as_deref();
    let known = simple_commands(command).and_then(|all| {
        let each: Option<Vec<_>> = all.iter().map(|words| operands(words)).collect();
        each?.into_iter().flatten().map(|word| absolute(&word, cwd)).collect()
    });
    match known {
        Some(paths) => Reads::Paths(paths),
        None => Reads::Anything(mentioned(command)),
    }
}

/// The path whose being there is all that a command asks for, and whether it asks for the contrary.
pub(super) fn existence(command: &Command) -> Option<(Utf8PathBuf, bool)> {
    let all = simple_commands(command)?;
    let [words] = all.as_slice() else { return None };
    let (contrary, words) = match words.split_first() {
        Some((first, rest)) if first == "!" => (true, rest),
        _ => (false, words.as_slice()),
    };
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let path = match words.as_slice() {
        ["test", "-e", path] | ["[", "-e", path, "]"] => absolute(path, command.cwd.as_deref())?,
        _ => return None,
    };
    Some((path, contrary))
}

/// The words of each simple command; nothing where the shell would have to be asked what a word becomes.
fn simple_commands(command: &Command) -> Option<Vec<Vec<String>>> {
    let script = match command.argv.as_slice() {
        [sh, flag, script] if sh == "/bin/sh" && flag == "-c" => script,
        argv => return Some(vec![argv.to_vec()]),
    };
    let script = script.replace("2>&1", "").replace("2>/dev/null", "").replace(">/dev/null", "");
    if script.contains(['$', '`', '\\', '*', '?', '~', '<', '>', '{', '}', '(', ')', '#']) {
        return None;
    }
    let mut all = vec![Vec::new()];
    let mut word: Option<String> = None;
    let mut quote: Option<char> = None;
    for c in script.chars() {
        match (quote, c) {
            (Some(open), _) if c == open => quote = None,
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, ';' | '&' | '|' | '\n') => {
                all.last_mut()?.extend(word.take());
                all.push(Vec::new());
            }
            (None, _) if c.is_whitespace() => all.last_mut()?.extend(word.take()),
            _ => word.get_or_insert_default().push(c),
        }
    }
    all.last_mut()?.extend(word);
    all.retain(|words| !words.is_empty());
    quote.is_none().then_some(all)
}

/// The files that a simple command reads; nothing where nobody knows.
fn operands(words: &[String]) -> Option<Vec<String>> {
    let words: Vec<&str> = words.iter().map(String::as_str).skip_while(|word| *word == "!").collect();
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

fn absolute(word: &str, cwd: Option<&Utf8Path>) -> Option<Utf8PathBuf> {
    let path = Utf8Path::new(word);
    if path.is_absolute() { Some(path.to_owned()) } else { cwd.map(|cwd| cwd.join(path)) }
}

/// Every absolute path in the words of a command.
fn mentioned(command: &Command) -> Vec<Utf8PathBuf> {
    let ends = |c: char| c.is_whitespace() || "'\"`;|&()<>=,:".contains(c);
    let words = command.argv.iter().flat_map(|word| word.split(ends));
    let paths = words.filter(|word| word.starts_with('/') && word.len() > 1).map(Utf8PathBuf::from);
    paths.chain(command.cwd.clone()).collect()
}
