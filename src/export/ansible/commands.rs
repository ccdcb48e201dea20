//! Commands and guards for Ansible.

use super::ansible_call::AnsibleCall;
use super::files::has_pattern;
use super::play::Play;
use crate::export::line::shell_line;
use crate::export::outlined::{OutlinedGuard, OutlinedTest};
use crate::model::portable::{PortableCommand, Unless};
use crate::model::step::Command;

impl Play<'_, '_> {
    /// A command. Its look, if it is a command too, is one for itself: see [`Self::look`].
    pub(super) fn run(&mut self, command: &PortableCommand, has_timeout: bool) -> AnsibleCall {
        let mut entry = self.command(&command.act, has_timeout);
        match &command.unless {
            Unless::Exists(path) => {
                entry.path(self.later(), "creates", path.as_str());
                entry.is_unsayable |= has_pattern(path.as_str());
            }
            Unless::Missing(path) => {
                entry.path(self.later(), "removes", path.as_str());
                entry.is_unsayable |= has_pattern(path.as_str());
            }
            Unless::Never | Unless::Succeeds(_) => {}
        }
        entry
    }

    /// A command that a shell runs. Ansible would evaluate variables in words without one.
    fn command(&mut self, command: &Command, has_timeout: bool) -> AnsibleCall {
        let later = self.later();
        let mut entry = AnsibleCall::new("ansible.builtin.shell");
        let line = shell_line(command);
        let umask = command.umask.map(|umask| format!("umask {umask:04o}\n")).unwrap_or_default();
        entry.text(later, "cmd", &(umask + &line));
        // Of a line that has a secret in it as a word, the shell would evaluate the secret.
        entry.is_unsayable |= entry.is_secret || command.group.is_some();
        if let Some(cwd) = &command.cwd {
            entry.path(later, "chdir", cwd.as_str());
        }
        if let Some(input) = &command.input {
            entry.text(later, "stdin", input);
            entry.set("stdin_add_newline", "false");
        }
        let environment = command.environment.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        entry.map(later, "environment", true, environment);
        if let Some(user) = &command.user {
            entry.keyword("become", "true");
            let user = entry.value(later, user);
            entry.keyword("become_user", user);
        }
        if has_timeout && command.timeout > 0 {
            entry.keyword("timeout", command.timeout);
        }
        entry
    }

    /// A command that changes nothing, whose status is of interest: `result` is the variable for it.
    pub(super) fn look(&mut self, command: &Command, result: &str, fails: &str) -> AnsibleCall {
        let mut entry = self.command(command, command.timeout > 0);
        entry.keyword("register", result);
        entry.keyword("changed_when", "false");
        entry.keyword("failed_when", fails);
        entry.keyword("check_mode", "false");
        entry
    }

    /// The entry that looks at what a guard is about, and the condition for what follows.
    pub(super) fn guard(&mut self, guard: &OutlinedGuard, result: &str) -> (AnsibleCall, String) {
        let not = if guard.wanted { "" } else { "not " };
        match &guard.test {
            OutlinedTest::Exists(path) => {
                let mut entry = AnsibleCall::new("ansible.builtin.stat");
                entry.path(self.later(), "path", path);
                entry.set("follow", "true");
                entry.set("get_checksum", "false");
                entry.keyword("register", result);
                (entry, format!("{not}{result}.stat.exists"))
            }
            test @ OutlinedTest::Succeeds(command) => {
                let fails = format!("{result}.rc in [126, 127]");
                let fails = if test.looks_for_programs() { "false" } else { fails.as_str() };
                let entry = self.look(command, result, fails);
                (entry, format!("{result}.rc {not}in {}", accepted(command)))
            }
        }
    }
}

/// The exit statuses that mean success, as a list.
pub(super) fn accepted(command: &Command) -> String {
    if command.returns.is_empty() { "[0]".into() } else { format!("{:?}", command.returns) }
}
