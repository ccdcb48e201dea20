//! Commands, with all that is said of how they run.

use super::body::ShellLines;
use super::script::{ShellScript, indented};
use crate::export::shell_words::identifier;
use crate::model::portable::marked::is_marked;
use crate::model::step::Command;

/// The variables that su sets.
const OF_SU: [&str; 4] = ["HOME", "LOGNAME", "SHELL", "USER"];

impl ShellScript<'_> {
    /// A command that changes nothing, as words. Its standard input is in a function.
    pub(super) fn look(&mut self, command: &Command, has_timeout: bool) -> String {
        let words = self.command(command, has_timeout);
        let Some(input) = command.input.as_deref().filter(|input| !input.is_empty()) else { return words };
        if !input.ends_with('\n') {
            let body = format!("  printf %s {} | {words}\n", self.word(input));
            return self.shared("with input", '{', &body);
        }
        let expands = is_marked(input);
        let input = if expands { self.expanded(input) } else { input.to_owned() };
        let mut body = ShellLines::of_function();
        body.is_function = false;
        body.command_with(&words, &input, expands);
        self.shared("with input", '{', &body.text)
    }

    /// A command as words. `has_timeout` says whether somebody declared its timeout.
    pub(super) fn command(&mut self, command: &Command, has_timeout: bool) -> String {
        let mut words: Vec<String> = Vec::new();
        if !command.returns.is_empty() {
            let statuses: Vec<String> = command.returns.iter().map(ToString::to_string).collect();
            words.extend([self.call("accept").to_owned(), self.word(&statuses.join(" "))]);
        }
        if let Some(cwd) = &command.cwd {
            words.extend([self.call("in_directory").to_owned(), self.word(cwd.as_str())]);
        }
        if let Some(umask) = command.umask {
            words.extend([self.call("with_umask").to_owned(), format!("{umask:04o}")]);
        }
        // What su sets itself has to stand behind it.
        let is_of_su = |name: &str| command.user.is_some() && OF_SU.contains(&name);
        let is_name = |name: &str| {
            !is_of_su(name)
                && !name.starts_with(|c: char| c.is_ascii_digit())
                && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        };
        let (names, others): (Vec<_>, Vec<_>) =
            command.environment.iter().partition(|(name, _)| is_name(name));
        if !names.is_empty() {
            words.push(self.call("with_environment").to_owned());
            for (name, value) in names {
                words.push(self.word(&format!("{name}={value}")));
            }
            words.push("--".into());
        }
        let own = words.len();
        match (&command.user, &command.group) {
            (Some(user), group) => {
                let group = self.word(group.as_deref().unwrap_or_default());
                words.extend([self.call("as_user").to_owned(), self.word(user), group]);
            }
            (None, Some(group)) => words.extend([self.call("as_group").to_owned(), self.word(group)]),
            (None, None) => {}
        }
        if !others.is_empty() {
            words.push("env".into());
            for (name, value) in others {
                words.push(self.word(&format!("{name}={value}")));
            }
        }
        if has_timeout && command.timeout > 0 {
            words.extend(["timeout".into(), command.timeout.to_string()]);
        }
        let is_plain = words.len() == own;
        match command.argv.as_slice() {
            [sh, flag, text, name, arguments @ ..]
                if is_plain && sh == "/bin/sh" && flag == "-c" && *name == identifier(name) =>
            {
                words.push(self.shared(name, '(', &indented(text)));
                words.extend(arguments.iter().map(|argument| self.word(argument)));
            }
            argv => {
                for word in argv {
                    words.push(if word == "/bin/sh" { "sh".into() } else { self.word(word) });
                }
            }
        }
        words.join(" ")
    }
}
