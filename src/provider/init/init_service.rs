//! What all changes of a service have in common.

use crate::model::change::Change;
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
}

impl<'a> InitService<'a> {
    /// A service, without more.
    #[must_use]
    pub fn new(name: &'a str, timeout: u64) -> Self {
        Self { name, timeout, run_levels: None }
    }

    /// Adds the predicted answer under each name of the unit.
    #[must_use]
    pub fn predict(&self, change: Change, answer: &Answer) -> Change {
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
        let words =
            ["journalctl", "--unit", self.name, "--lines", "10", "--no-pager", "--output", "cat", "--quiet"];
        words.map(str::to_owned).into()
    }

    /// systemctl reports that a unit failed; the reason is in the journal.
    pub(super) fn command(&self, argv: &[&str]) -> Command {
        let diagnose = match argv {
            ["systemctl", verb, ..] if verb.contains("start") || verb.starts_with("reload") => self.journal(),
            _ => Vec::new(),
        };
        Command { timeout: self.timeout, diagnose, ..Command::new(argv.iter().copied()) }
    }
}
