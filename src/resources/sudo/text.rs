//! The text of a rule's file: sudoers(5).

use super::SudoRule;
use crate::model::error::Failure;

impl SudoRule {
    /// The users and groups as one list: `deploy, %ops`.
    fn allowed(&self) -> Vec<String> {
        let users = self.users.0.iter().map(|user| quoted(user));
        let groups = self.groups.0.iter().map(|group| format!("%{}", quoted(group.trim_start_matches('%'))));
        users.chain(groups).collect()
    }

    /// The text of the file.
    pub(super) fn text(&self) -> String {
        if let Some(content) = &self.content {
            let end = if content.ends_with('\n') { "" } else { "\n" };
            return format!("{content}{end}");
        }
        let mut text = format!(
            "# sudo[{}], written by chefrs: changes made here by hand will be lost.\n",
            self.filename
        );
        for (name, commands) in &self.command_aliases {
            text.extend(["Cmnd_Alias ", name, " = ", &commands.0.join(", "), "\n"]);
        }
        let allowed = self.allowed();
        for setting in &self.defaults.0 {
            text.extend(["Defaults:", &allowed.join(","), " ", setting, "\n"]);
        }
        for (sign, names) in [("+", &self.env_keep_add), ("-", &self.env_keep_subtract)] {
            for name in &names.0 {
                text.extend(["Defaults:", &allowed.join(","), " env_keep ", sign, "= \"", name, "\"\n"]);
            }
        }
        let tags = [(self.noexec, "NOEXEC: "), (self.nopasswd, "NOPASSWD: "), (self.setenv, "SETENV: ")];
        let tags: String = tags.iter().filter(|(so, _)| *so).map(|(_, tag)| *tag).collect();
        let rule = [&allowed.join(", "), " ", &self.host, "=(", &self.runas, ") ", &tags];
        text.extend(rule);
        text.extend([
            &self.commands.0.join(", "),
            "
",
        ]);
        text
    }

    /// Fails for a declaration that is no rule, or whose parts would mean something else in the file.
    ///
    /// # Errors
    /// A sentence that names the property.
    pub(super) fn check_text(&self) -> Result<(), Failure> {
        let nobody = self.users.0.is_empty() && self.groups.0.is_empty();
        if let Some(content) = &self.content {
            if !nobody || !self.command_aliases.is_empty() || !self.defaults.0.is_empty() {
                return Err(Failure::new("`content` is the whole file, so no rule is declared beside it"));
            }
            if content.trim().is_empty() {
                return Err(Failure::new("`content` is empty").hint("the action `delete` removes the file"));
            }
            return Ok(());
        }
        if nobody {
            return Err(Failure::new("it needs `users` or `groups`: who may run the commands?"));
        }
        if self.commands.0.is_empty() {
            return Err(Failure::new("`commands` is empty").hint("\"ALL\" stands for all commands"));
        }
        for (property, name) in self
            .users
            .0
            .iter()
            .map(|name| ("users", name))
            .chain(self.groups.0.iter().map(|name| ("groups", name)))
        {
            let breaks = |c: char| c.is_control() || c.is_whitespace() || "\",=():!\\".contains(c);
            if name.trim_start_matches('%').is_empty() || name.contains(breaks) {
                return Err(Failure::new(format!(
                    "`{property}`: `{}` can't be the name of an account",
                    name.escape_debug()
                )));
            }
        }
        if let Some(group) = self.users.0.iter().find(|name| name.starts_with('%')) {
            return Err(Failure::new(format!("`users`: `{group}` is a group"))
                .hint(format!("groups = {{ \"{}\" }}", group.trim_start_matches('%'))));
        }
        for name in self.command_aliases.keys() {
            let capital = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
            if !name.starts_with(|c: char| c.is_ascii_uppercase())
                || !name.chars().all(capital)
                || name == "ALL"
            {
                return Err(Failure::new(format!(
                    "`command_aliases`: `{}` can't be the name of a list",
                    name.escape_debug()
                ))
                .hint("a name has capital letters, digits and `_`, and begins with a letter"));
            }
        }
        for name in self.env_keep_add.0.iter().chain(&self.env_keep_subtract.0) {
            let plain = |c: char| c.is_ascii_alphanumeric() || "_*%".contains(c);
            if name.is_empty() || !name.chars().all(plain) {
                return Err(Failure::new(format!(
                    "`{}` can't be the name of a variable",
                    name.escape_debug()
                )));
            }
        }
        let commands = self.commands.0.iter().chain(self.command_aliases.values().flat_map(|list| &list.0));
        for command in commands {
            self.check_command(command)?;
        }
        let parts = [("host", &self.host), ("runas", &self.runas)];
        for (property, text) in parts.into_iter().chain(self.defaults.0.iter().map(|text| ("defaults", text)))
        {
            if text.trim().is_empty() || text.contains(char::is_control) {
                return Err(Failure::new(format!("`{property}` is empty, or has a control character in it")));
            }
        }
        Ok(())
    }

    fn check_command(&self, command: &str) -> Result<(), Failure> {
        let bare = command.trim_start_matches(['!', ' ']);
        let program = bare.split(' ').next().unwrap_or_default();
        let is_word = program == "ALL" || program == "sudoedit" || self.command_aliases.contains_key(program);
        let is_alias = !program.is_empty()
            && program.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
        if command.contains(char::is_control) {
            return Err(Failure::new("a command has a line break or a control character in it"));
        }
        if program.starts_with('/') || is_word || is_alias {
            return Ok(());
        }
        Err(Failure::new(format!("`{}` is not a command for sudo", command.escape_debug()))
            .hint("give the program with its whole path: /usr/bin/systemctl reload nginx"))
    }
}

/// A name as the file needs it: one that could be read as something else stands in quotes.
fn quoted(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-.$#+".contains(c);
    if name.chars().all(plain) { name.to_owned() } else { format!("\"{name}\"") }
}
