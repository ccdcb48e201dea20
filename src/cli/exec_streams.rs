//! Standard input and the terminal for the command of `exec`.

use std::io::{self, IsTerminal as _, Read as _};

use crate::fleet::FleetHost;
use crate::model::english::count;
use crate::model::error::Diagnostic;
use crate::target::channel::{InteractiveCommand, replace_with};
use crate::target::probe::Become;

use super::early_end::EarlyEnd;

/// Most bytes of standard input. They are sent in one message, in which a byte may take six.
const MOST: u64 = 2 << 20;

/// Reads standard input to its end.
///
/// # Errors
/// It can't be read, is no text, or is too long.
pub(super) fn input() -> Result<String, EarlyEnd> {
    let mut bytes = Vec::new();
    let unread = |error: io::Error| {
        EarlyEnd::usage(Diagnostic::error(format!("standard input can't be read: {error}")))
    };
    io::stdin().lock().take(MOST + 1).read_to_end(&mut bytes).map_err(unread)?;
    let wrong = |what: String| {
        let hint = "copy a file with `chefrs put`, and let the command read that";
        EarlyEnd::usage(Diagnostic::error(what).hint(hint))
    };
    if bytes.len() as u64 > MOST {
        return Err(wrong(format!("standard input has more than {} MiB", MOST >> 20)));
    }
    String::from_utf8(bytes).map_err(|_| wrong("standard input is not UTF-8 text".to_owned()))
}

/// Runs a command with the user's terminal on the only target, in place of this process. Returns only if that is not
/// possible.
pub(super) fn on_terminal(hosts: &[FleetHost], argv: &[String], user: Option<&str>) -> EarlyEnd {
    let [host] = hosts else {
        let targets = count(hosts.len(), "target");
        let wrong = Diagnostic::error(format!("`--tty` works on one target, and `-t` names {targets}"));
        return EarlyEnd::usage(wrong.hint("name one of them, or leave out `--tty`"));
    };
    let Some(destination) = &host.destination else {
        let wrong = Diagnostic::error("`--tty` is for commands on other machines");
        return EarlyEnd::usage(wrong.hint("type the command as it is, or name a target with `-t`"));
    };
    if !io::stdin().is_terminal() {
        let wrong = Diagnostic::error("`--tty` passes your terminal on, and standard input is none");
        return EarlyEnd::usage(wrong.hint("leave out `--tty`; `-i` passes standard input on"));
    }
    let r#become = destination.r#become != Become::Nobody;
    let command = InteractiveCommand { argv, user, r#become };
    EarlyEnd::from(replace_with(&destination.address, &destination.ssh, command)).named(&host.name)
}
