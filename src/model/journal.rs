//! The state that a target keeps about runs: owed notifications, the present run, and past runs. It is stored as
//! text that people can read.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::event::{Counts, Mode};

mod restarts;

pub use super::notification::{BegunAction, Debt, DebtKey};
pub use restarts::{Restarted, Restarts};

/// An entry for the state that a target keeps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Record {
    /// Notifications that will be pending after the next change. They are on disk before the change is made.
    Owed(Vec<Debt>),
    /// Notifications that were sent, or are no longer pending. Removes all entries that [`Debt::is_same`] matches.
    Struck(Vec<Debt>),
    /// A run has ended.
    Run(RunRecord),
    /// A run has ended without a failure and without asking for a restart. Earlier restarts are forgotten.
    Settled,
}

/// A line of the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    /// Written before the change.
    Owed(Debt),
    /// Written after the notified action has run.
    Struck(Debt),
}

/// The parsed journal: owed notifications in the order in which they were added.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Journal {
    pub owed: Vec<Debt>,
    /// Number of complete lines that this version can't parse. They stay in the file.
    #[serde(default)]
    pub unread: usize,
    /// Restarts of the machine that were asked for since the last run that ended without a failure.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub restarts: Vec<Restarted>,
    /// Path of the journal on the target.
    #[serde(default)]
    pub path: String,
    /// Paths of incomplete files and directories that a killed run left behind. The next run removes them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub drafts: Vec<String>,
}

impl Journal {
    /// Parses the journal, which has one JSON object a line. A last line without a newline is ignored: it was cut off
    /// while it was written, so the change after it was not made.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let mut journal = Self::default();
        let whole = text.rfind('\n').map_or("", |end| &text[..end]);
        for line in whole.lines().filter(|line| !line.trim().is_empty()) {
            match serde_json::from_slice(line.as_bytes()) {
                Ok(Line::Owed(debt)) => journal.owe(debt),
                Ok(Line::Struck(debt)) => journal.strike(&debt),
                Err(_) => journal.unread += 1,
            }
        }
        journal
    }

    /// Adds an owed notification, if no other one covers it.
    pub fn owe(&mut self, debt: Debt) {
        if !self.owed.iter().any(|open| open.covers(&debt)) {
            self.owed.push(debt);
        }
    }

    /// Removes the owed notifications that the same action fulfils.
    pub fn strike(&mut self, debt: &Debt) {
        self.owed.retain(|open| !open.is_same(debt));
    }
}

/// Serialises lines for appending to a journal, as one JSON object a line.
///
/// # Errors
/// Never in practice: a line can always be serialised.
pub fn text(lines: impl IntoIterator<Item = Line>) -> serde_json::Result<String> {
    let mut text = String::new();
    for line in lines {
        text.push_str(&serde_json::to_string(&line)?);
        text.push('\n');
    }
    Ok(text)
}

/// The user who starts a run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caller {
    /// Name of the user.
    pub user: String,
    /// Machine on which the run was started. It need not be the target.
    pub host: String,
}

/// The run that holds the lock of a target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// Id of the run.
    pub run: String,
    /// User who started the run.
    pub user: String,
    /// Machine that the run was started on.
    pub host: String,
    /// Process id on the target.
    pub pid: u32,
    /// Start of the run: RFC 3339 in UTC, whole seconds.
    pub since: String,
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { run, user, host, pid, since } = self;
        write!(f, "run {run} by {user} on {host}, process {pid}, since {since}")
    }
}

/// The state of a target's lock.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lock {
    /// Whether a process holds the lock, according to the kernel.
    pub held: bool,
    /// The run that holds the lock. If the lock is free: the run that was killed while it held the lock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holder: Option<Holder>,
    /// A command of a killed run that still runs and keeps the lock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<LeftCommand>,
}

/// A command that still runs although its run has ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftCommand {
    /// Process id on the target.
    pub pid: u32,
    /// Its command line.
    pub words: String,
}

impl fmt::Display for LeftCommand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`, process {}", self.words, self.pid)
    }
}

/// A finished run: one line of the history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunRecord {
    /// Id of the run. Ids sort by start time.
    pub run: String,
    /// User who started the run.
    pub user: String,
    /// The run list as the user gave it.
    pub run_list: Vec<String>,
    /// Always `run`, because plans are not recorded.
    pub mode: Mode,
    /// Start of the run: RFC 3339 in UTC, whole seconds.
    pub started: String,
    /// End of the run, in the same format.
    pub ended: String,
    /// Number of resources by outcome. None if the target was lost before they could be counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counts: Option<Counts>,
    pub exit: u8,
    /// Id of the resource for which the machine was restarted after the run, as `type[name]`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restart: Option<String>,
}

/// Number of runs that the history of a target keeps.
pub const HISTORY: usize = 100;

/// Number of lines above [`HISTORY`] that are tolerated, so that not every run rewrites the file.
pub const SLACK: usize = 50;

/// Parses the history: the last [`HISTORY`] runs, oldest first. Lines that can't be parsed are ignored.
#[must_use]
pub fn history(text: &str) -> Vec<RunRecord> {
    let mut runs: Vec<RunRecord> =
        text.lines().filter_map(|line| serde_json::from_slice(line.as_bytes()).ok()).collect();
    runs.drain(..runs.len().saturating_sub(HISTORY));
    runs
}
