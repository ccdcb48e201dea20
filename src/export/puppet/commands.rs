//! Commands for Puppet.

use super::manifest::Manifest;
use super::puppet_resource::PuppetResource;
use super::words::{listed, quoted};
use crate::export::line::{is_beside, shell_line};
use crate::export::outlined::{OutlinedGuard, OutlinedTest};
use crate::export::shell_words;
use crate::model::portable::marked::is_marked;
use crate::model::portable::{PortableCommand, Unless};

/// Timeout of a command that declares none, in seconds.
pub(super) const USUAL_TIMEOUT: u64 = 3600;

impl Manifest<'_, '_> {
    /// A command with the guards around it.
    pub(super) fn run(command: &PortableCommand, guards: &[OutlinedGuard], title: &str) -> PuppetResource {
        let act = &command.act;
        let mut declaration = PuppetResource::new("exec", title);
        declaration.text("command", &shell_line(act));
        declaration.is_unsayable |= act.input.as_ref().is_some_and(|input| !input.is_empty());
        declaration.some_text("cwd", act.cwd.as_ref().map(|cwd| cwd.as_str()));
        declaration.some_text("user", act.user.as_deref());
        declaration.some_text("group", act.group.as_deref());
        if !act.environment.is_empty() {
            let all: Vec<String> =
                act.environment.iter().map(|(name, value)| quoted(&format!("{name}={value}"))).collect();
            declaration.set("environment", format!("[{}]", all.join(", ")));
            declaration.is_unsayable |= act.environment.values().any(|value| is_marked(value));
        }
        if let Some(umask) = act.umask {
            declaration.text("umask", &format!("{umask:04o}"));
        }
        if !act.returns.is_empty() {
            declaration.set("returns", format!("{:?}", act.returns));
        }
        if act.timeout != USUAL_TIMEOUT {
            declaration.set("timeout", act.timeout);
        }
        let (mut only_if, mut unless) = (Vec::new(), Vec::new());
        for guard in guards {
            let test = match &guard.test {
                OutlinedTest::Exists(path) => format!("test -e {}", shell_words::quoted(path)),
                OutlinedTest::Succeeds(look) => {
                    declaration.is_unsayable |= !is_beside(look, Some(act));
                    shell_line(look)
                }
            };
            declaration.is_unsayable |= is_marked(&test);
            if guard.wanted { &mut only_if } else { &mut unless }.push(quoted(&test));
        }
        match &command.unless {
            Unless::Never => {}
            Unless::Exists(path) => declaration.text("creates", path.as_str()),
            Unless::Missing(path) => {
                let path = shell_words::quoted(path.as_str());
                only_if.push(quoted(&format!("[ -e {path} ] || [ -L {path} ]")));
            }
            Unless::Succeeds(look) => {
                declaration.is_unsayable |= !is_beside(look, Some(act)) || is_marked(&shell_line(look));
                unless.push(quoted(&shell_line(look)));
            }
        }
        for (name, tests) in [("onlyif", only_if), ("unless", unless)] {
            if !tests.is_empty() {
                declaration.set(name, listed(&tests));
            }
        }
        declaration
    }
}
