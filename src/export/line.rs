//! Commands as lines for a shell.

use super::shell_words;
use crate::model::step::Command;

/// The words of a command as a line. Of `sh -c`, its text.
pub(super) fn shell_line(command: &Command) -> String {
    match command.argv.as_slice() {
        [sh, flag, text] if sh == "/bin/sh" && flag == "-c" => text.clone(),
        argv => argv.iter().map(|word| shell_words::quoted(word)).collect::<Vec<_>>().join(" "),
    }
}

/// Whether a look runs where a command runs, or in the place that all have. Tools have no other place for it.
pub(super) fn is_beside(look: &Command, act: Option<&Command>) -> bool {
    let nowhere = Command::default();
    let act = act.unwrap_or(&nowhere);
    (&look.cwd, &look.user, &look.group, &look.environment)
        == (&act.cwd, &act.user, &act.group, &act.environment)
        && look.returns.is_empty()
        && look.input.as_ref().is_none_or(String::is_empty)
}
