//! What all changes of a service have in common.

use super::user_manager::UserManager;
use crate::model::change::Change;
use crate::model::known::{Known, Stop};
use crate::model::query::{Answer, Query, ServiceState};
use crate::model::step::{Command, Step};

/// Suffixes of systemd units.
pub const UNIT_SUFFIXES: &[&str] = &[
    "service",
    "socket",
    "device",
    "mount",
    "automount",
    "swap",
    "target",
    "path",
    "timer",
    "slice",
    "scope",
];

/// A service, or with a suffix any unit of systemd.
#[derive(Debug, Clone, Copy)]
pub struct InitService<'a> {
    /// Name of the unit or script.
    pub name: &'a str,
    /// Timeout of the init system's commands, in seconds.
    pub timeout: u64,
    /// OpenRC: the run levels in which it starts, if they are declared.
    pub run_levels: Option<&'a [String]>,
    /// The user in whose systemd it is. Default: it is a service of the machine.
    pub of_user: Option<&'a str>,
    /// That systemd, once it is known.
    pub manager: Option<UserManager<'a>>,
}

impl<'a> InitService<'a> {
    /// A service, without more.
    #[must_use]
    pub fn new(name: &'a str, timeout: u64) -> Self {
        Self { name, timeout, run_levels: None, of_user: None, manager: None }
    }

    /// The same with the systemd of its user, if it is in one.
    ///
    /// # Errors
    /// There is no such user, or an answer is missing.
    pub fn found(self, known: &Known) -> Result<Self, Stop> {
        let manager = self.of_user.map(|user| UserManager::find(user, known)).transpose()?;
        Ok(Self { manager, ..self })
    }

    /// Its state.
    ///
    /// # Errors
    /// It can't be told, or an answer is missing.
    pub fn state(&self, known: &Known) -> Result<ServiceState, Stop> {
        match self.manager {
            Some(manager) => manager.state(&self.unit(), known),
            None => known.service(self.name).cloned(),
        }
    }

    /// Adds the predicted answer under each name of the unit.
    #[must_use]
    pub fn predict(&self, change: Change, answer: &Answer) -> Change {
        if let Some(manager) = self.manager {
            let unit = self.unit();
            return change.then(manager.question(&unit), manager.answer(&unit, answer));
        }
        let change = change.then(Query::Service(self.name.to_owned()), answer.clone());
        match self.name.strip_suffix(".service") {
            Some(stem) => change.then(Query::Service(stem.to_owned()), answer.clone()),
            None if self.unit() == self.name => change,
            None => change.then(Query::Service(self.unit()), answer.clone()),
        }
    }

    /// The name with its suffix.
    pub(super) fn unit(&self) -> String {
        match self.name.rsplit_once('.') {
            Some((_, suffix)) if UNIT_SUFFIXES.contains(&suffix) => self.name.to_owned(),
            _ => format!("{}.service", self.name),
        }
    }

    pub(super) fn change(&self, summary: &str, commands: &[&[&str]], after: ServiceState) -> Change {
        let steps = commands.iter().map(|argv| Step::Run(self.command(argv))).collect();
        self.predict(Change { summary: summary.into(), steps, ..Change::default() }, &Answer::Service(after))
    }

    /// The command that shows the last lines of the service's journal.
    pub(super) fn journal(&self) -> Vec<String> {
        let which = match self.manager {
            // Neither root nor the user herself always sees what `journalctl --user` has.
            Some(manager) => {
                vec![format!("_SYSTEMD_USER_UNIT={}", self.unit()), format!("_UID={}", manager.uid)]
            }
            None => vec!["--unit".to_owned(), self.name.to_owned()],
        };
        let how = ["--lines", "10", "--no-pager", "--output", "cat", "--quiet"].map(str::to_owned);
        std::iter::once("journalctl".to_owned()).chain(which).chain(how).collect()
    }

    /// systemctl reports that a unit failed; the reason is in the journal.
    #[must_use]
    pub fn command(&self, argv: &[&str]) -> Command {
        let diagnose = match argv {
            ["systemctl", verb, ..] if verb.contains("start") || verb.starts_with("reload") => self.journal(),
            _ => Vec::new(),
        };
        let command = Command { timeout: self.timeout, diagnose, ..Command::new(argv.iter().copied()) };
        match self.manager {
            Some(manager) => manager.command(command),
            None => command,
        }
    }
}
