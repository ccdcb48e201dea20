//! Commands and guards for Chef.

use std::fmt::Write as _;

use super::chef_resource::ChefResource;
use super::ruby::quoted;
use crate::export::line::{is_beside, shell_line};
use crate::export::outlined::{OutlinedGuard, OutlinedTest};
use crate::export::shell_words;
use crate::model::portable::marked::is_marked;
use crate::model::portable::{PortableCommand, Unless};
use crate::model::step::Command;

/// A command. What only Chef has a property for is part of the line.
/// `has_timeout` says whether somebody declared its timeout.
pub(super) fn run(command: &PortableCommand, has_timeout: bool, title: &str) -> ChefResource {
    let act = &command.act;
    let mut declaration = ChefResource::new("execute", "", title, "run");
    declaration.text("command", &line(act));
    declaration.some_text("cwd", act.cwd.as_ref().map(|cwd| cwd.as_str()));
    declaration.some_text("user", act.user.as_deref());
    if has_timeout && act.timeout > 0 {
        declaration.line(format!("timeout {} if respond_to?(:timeout)", act.timeout));
    }
    declaration.is_unsayable |= act.group.is_some()
        || !act.returns.is_empty()
        || act.input.as_ref().is_some_and(|input| !input.is_empty());
    let mut not_if = |test: String| declaration.not_if.push(quoted(&test));
    match &command.unless {
        Unless::Never => {}
        Unless::Exists(path) => not_if(format!("test -e {}", shell_words::quoted(path.as_str()))),
        Unless::Missing(path) => {
            let path = shell_words::quoted(path.as_str());
            not_if(format!("! {{ test -e {path} || test -L {path}; }}"));
        }
        Unless::Succeeds(look) => {
            not_if(line(look));
            declaration.is_unsayable |= !is_beside(look, Some(act)) || is_marked(&line(look));
        }
    }
    declaration
}

/// Adds the guards of a row.
pub(super) fn guard(guards: &[OutlinedGuard], declaration: &mut ChefResource, around: Option<&Command>) {
    for guard in guards {
        let test = match &guard.test {
            OutlinedTest::Exists(path) => format!("test -e {}", shell_words::quoted(path)),
            OutlinedTest::Succeeds(look) => {
                declaration.is_unsayable |= !is_beside(look, around);
                line(look)
            }
        };
        declaration.is_unsayable |= is_marked(&test);
        let tests = if guard.wanted { &mut declaration.only_if } else { &mut declaration.not_if };
        tests.push(quoted(&test));
    }
}

/// A command as a line for a shell.
fn line(command: &Command) -> String {
    let mut text = String::new();
    if let Some(umask) = command.umask {
        let _ = writeln!(text, "umask {umask:04o}");
    }
    for (name, value) in &command.environment {
        let _ = writeln!(text, "export {name}={}", shell_words::quoted(value));
    }
    text + &shell_line(command)
}
