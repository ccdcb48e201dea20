//! The paths that a command writes to, as far as its words tell.

use camino::Utf8PathBuf;

use crate::model::step::{Command, SimpleCommand};

/// The paths that a command may create or write to, if it does nothing else. `None` if its words do not tell.
pub(super) fn writes(command: &Command) -> Option<Vec<Utf8PathBuf>> {
    let all = command.simple()?;
    let each: Option<Vec<_>> = all.iter().map(of_one).collect();
    each?.into_iter().flatten().map(|word| command.path_of(&word)).collect()
}

fn of_one(SimpleCommand { words, writes }: &SimpleCommand) -> Option<Vec<String>> {
    let (program, rest) = words.split_first()?;
    let operands = || rest.iter().filter(|word| !word.starts_with('-')).cloned();
    let made: Vec<String> = match program.as_str() {
        "true" | "false" | "echo" | "printf" | "test" | "[" | "cat" | "grep" | "sleep" => Vec::new(),
        // An option may take a word as its argument.
        "touch" | "mkdir" if rest.iter().all(|word| !word.starts_with('-') || word == "-p") => {
            operands().collect()
        }
        _ => return None,
    };
    Some(made.into_iter().chain(writes.iter().cloned()).collect())
}
