//! Commands and guards for Salt.

use super::salt_state::{SaltState, text};
use crate::export::line::{is_beside, shell_line};
use crate::export::outlined::{OutlinedGuard, OutlinedTest};
use crate::export::shell_words;
use crate::model::portable::marked::is_marked;
use crate::model::portable::{PortableCommand, Unless};
use crate::model::step::Command;

/// A command. `has_timeout` says whether somebody declared its timeout.
pub(super) fn run(command: &PortableCommand, has_timeout: bool) -> SaltState {
    let act = &command.act;
    let mut declaration = SaltState::new("cmd.run");
    declaration.text("name", &shell_line(act));
    declaration.set("shell", "/bin/sh");
    declaration.some_text("cwd", act.cwd.as_ref().map(|cwd| cwd.as_str()));
    declaration.some_text("runas", act.user.as_deref());
    if let Some(umask) = act.umask {
        declaration.text("umask", &format!("{umask:04o}"));
    }
    if has_timeout && act.timeout > 0 {
        declaration.set("timeout", act.timeout);
    }
    if !act.returns.is_empty() {
        declaration.set("success_retcodes", format!("{:?}", act.returns));
    }
    if !act.environment.is_empty() {
        let all: Vec<String> =
            act.environment.iter().map(|(name, value)| format!("{}: {}", text(name), text(value))).collect();
        declaration.list("env", &all);
    }
    declaration.is_unsayable |= act.group.is_some()
        || act.input.as_ref().is_some_and(|input| !input.is_empty())
        || act.environment.values().any(|value| is_marked(value));
    match &command.unless {
        Unless::Never => {}
        Unless::Exists(path) => declaration.text("creates", path.as_str()),
        Unless::Missing(path) => {
            let path = shell_words::quoted(path.as_str());
            declaration.only_if.push(format!("test -e {path} || test -L {path}"));
        }
        Unless::Succeeds(look) => {
            let line = shell_line(look);
            declaration.is_unsayable |= !is_beside(look, Some(act)) || is_marked(&line);
            declaration.unless.push(line);
        }
    }
    declaration
}

/// Adds the guards of a row.
pub(super) fn guard(guards: &[OutlinedGuard], declaration: &mut SaltState, around: Option<&Command>) {
    for guard in guards {
        let test = match &guard.test {
            OutlinedTest::Exists(path) => format!("test -e {}", shell_words::quoted(path)),
            OutlinedTest::Succeeds(look) => {
                declaration.is_unsayable |= !is_beside(look, around);
                shell_line(look)
            }
        };
        declaration.is_unsayable |= is_marked(&test);
        if guard.wanted { &mut declaration.only_if } else { &mut declaration.unless }.push(test);
    }
}
