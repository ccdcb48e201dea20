//! A file in the INI format that tells dnf, yum or zypper of a package source.

use camino::Utf8PathBuf;

use crate::model::change::{Change, Reach};
use crate::model::content::{Content, FileMode};
use crate::model::error::Failure;
use crate::model::journal::BegunAction;
use crate::model::known::{Known, Stop};
use crate::model::portable::{Portable, PortableCommand, Portables};
use crate::model::query::Query;
use crate::model::step::{Attributes, Command, Step};
use crate::provider::file_state::FileState;
use crate::provider::{backups, default_attributes};

/// What a change says that reads the lists of the source.
const READ: &str = "read what this source offers";

/// The file, and how the source is read.
#[derive(Debug, Default)]
pub struct RepositoryFile {
    /// Where it is.
    pub path: Utf8PathBuf,
    /// The resource that declares it, for the first line.
    pub by: String,
    /// Name of the source: the section.
    pub section: String,
    /// Its settings, in order. Those without a value are left out.
    pub settings: Vec<(String, String)>,
    /// Permissions, if they are declared.
    pub mode: Option<FileMode>,
    /// Whether a secret is among the settings.
    pub secret: bool,
}

impl RepositoryFile {
    /// Adds a setting, if it has a value.
    pub fn set(&mut self, name: &str, value: Option<impl ToString>) {
        let value = value.map(|value| value.to_string()).filter(|value| !value.is_empty());
        self.settings.extend(value.map(|value| (name.to_owned(), value)));
    }

    /// Adds a switch: 1 or 0.
    pub fn switch(&mut self, name: &str, value: Option<bool>) {
        self.set(name, value.map(u8::from));
    }

    /// The file.
    #[must_use]
    pub fn state(&self) -> FileState {
        let mut text = format!(
            "# {}, written by chefrs: changes made here by hand will be lost.\n[{}]\n",
            self.by, self.section
        );
        for (name, value) in &self.settings {
            text.extend([name, "=", value, "\n"]);
        }
        FileState {
            path: self.path.clone(),
            content: Some(Content::Text(text)),
            attributes: Attributes {
                owner: Some("root".into()),
                group: Some("root".into()),
                mode: Some(default_attributes::mode(self.mode.map(|mode| mode.0), 0o644, self.secret)),
            },
            backup: backups::wanted(None, self.secret),
            secret: self.secret,
            ..FileState::default()
        }
    }

    /// What has to be known.
    #[must_use]
    pub fn observe(&self, action: &str) -> Vec<Query> {
        let mut queries = vec![Query::Host];
        if action == "remove" {
            queries.push(Query::Stat(self.path.clone()));
        } else {
            queries.extend(self.state().observe());
        }
        queries
    }

    /// The changes of `create`, `remove`, or the action that only reads the source. `command` reads it; `create` runs it only if
    /// `is_read` is true.
    ///
    /// # Errors
    /// The directory is missing, there is no such command, or an answer is missing.
    pub fn plan(
        &self,
        action: &str,
        is_read: bool,
        command: impl FnOnce() -> Result<Command, Stop>,
        known: &Known,
    ) -> Result<Vec<Change>, Stop> {
        let changes = match action {
            "create" => self.plan_create(is_read.then(command).transpose()?, known)?,
            "remove" => self.state().plan_delete(known)?,
            _ => vec![Change::new(READ, Step::Run(command()?)).repeats()],
        };
        Ok(changes.into_iter().map(|change| change.reaching(Reach::Offers)).collect())
    }

    /// The changes to the file, and the command that reads the source then, or after an attempt that was broken off. If that
    /// fails, a new file goes away again.
    fn plan_create(&self, read: Option<Command>, known: &Known) -> Result<Vec<Change>, Stop> {
        let mut changes = self.state().plan_create(known)?;
        if let Some(mut read) = read.filter(|_| !changes.is_empty() || known.begun().is_some()) {
            let is_missing = known.stat(&self.path).is_ok_and(|stat| stat.is_none());
            let is_new = is_missing || known.begun() == Some(BegunAction::New);
            if is_new {
                let path = self.path.to_string();
                read.undo = Some(Box::new(["rm".into(), "-f".into(), "--".into(), path]));
            }
            changes.push(Change::new(READ, Step::Run(read)).unseen(if is_new {
                BegunAction::New
            } else {
                BegunAction::Old
            }));
        }
        Ok(changes)
    }

    /// The file in plain things, for exports. `command` reads the source.
    pub fn portable(&self, action: &str, command: Option<Command>, into: &mut Portables) {
        let path = self.path.to_string();
        let undo = (action == "create").then(|| ["rm".into(), "-f".into(), "--".into(), path].into());
        let read =
            command.map(|command| Portable::Command(PortableCommand::always(Command { undo, ..command })));
        match action {
            "create" | "remove" => {
                self.state().portable(action, into);
                read.filter(|_| action == "create").into_iter().for_each(|read| into.after_change(read));
            }
            _ => read.into_iter().for_each(|read| into.add(read)),
        }
    }

    /// Fails for a name or value that would mean something else in the file.
    ///
    /// # Errors
    /// A sentence that says which.
    pub fn check(&self) -> Result<(), Failure> {
        let plain = |c: char| c.is_ascii_alphanumeric() || "_-.:".contains(c);
        let name = &self.section;
        if !name.starts_with(|c: char| c.is_ascii_alphanumeric())
            || !name.chars().all(plain)
            || name == "main"
        {
            return Err(Failure::new(format!(
                "`{}` can't be the name of a package source",
                name.escape_debug()
            ))
            .hint("a name has letters, digits, `_`, `-`, `.` and `:`, and begins with a letter or digit"));
        }
        for (index, (name, value)) in self.settings.iter().enumerate() {
            let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
            if name.is_empty() || !name.chars().all(word) {
                return Err(Failure::new(format!("`options`: `{}` is not a setting", name.escape_debug())));
            }
            if value.contains(char::is_control) {
                return Err(Failure::new(format!("`{name}` has a line break or a control character in it")));
            }
            if self.settings[..index].iter().any(|(other, _)| other == name) {
                return Err(Failure::new(format!("`options`: `{name}` has a property of its own")));
            }
        }
        Ok(())
    }
}

/// Fails for an address of a source that is none.
///
/// # Errors
/// A sentence that names the property.
pub fn check_addresses<'a>(
    property: &str,
    urls: impl IntoIterator<Item = &'a String>,
) -> Result<(), Failure> {
    let transports = [
        "https://", "http://", "ftp://", "file:/", "dir:/", "obs://", "hd:", "iso:", "nfs:", "smb:", "cd:",
        "dvd:",
    ];
    for url in urls {
        let fits = transports.iter().any(|transport| url.starts_with(transport));
        if !fits || url.contains(|c: char| c.is_control() || c.is_whitespace()) {
            return Err(Failure::new(format!("`{property}`: `{}` is not an address", url.escape_debug()))
                .hint("https://host/path, http://host/path, or file:///path"));
        }
    }
    Ok(())
}
