//! What a target keeps of its runs: the notifications still owed, who runs now, and who ran. Text that a person can read.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::event::{Counts, Mode};

mod restarts;

pub use super::notification::{Debt, DebtKey};
pub use restarts::{Restarted, Restarts};

/// One entry for the state that a target keeps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Record {
    /// These will be owed once the change that follows is made; they are on disk before the step counts as done.
    Owed(Vec<Debt>),
    /// These have run, or are owed no more; all that [`Debt::is_same`] is struck out.
    Struck(Vec<Debt>),
    /// A run has come to its end.
    Run(RunRecord),
    /// A run has come well to its end without asking for a restart: those made before are history.
    Settled,
}

/// One line of the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    /// Written before the change.
    Owed(Debt),
    /// Written once it has run.
    Struck(Debt),
}

/// The journal as it stands: what is owed, in the order it was earned.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Journal {
    /// Notifications still owed.
    pub owed: Vec<Debt>,
    /// Whole lines that make no sense to this version; they are left where they are.
    #[serde(default)]
    pub unread: usize,
    /// Restarts of the machine that were asked for, as long as no run has come well to its end since.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub restarts: Vec<Restarted>,
    /// Where it lies on the target.
    #[serde(default)]
    pub path: String,
    /// Paths of half-made files and directories that a killed run has left; the next run takes them away.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub drafts: Vec<String>,
}

impl Journal {
    /// Reads the journal's text, one JSON object a line. A last line without its newline was cut off while it was
    /// written, so the change that it announced was never begun: it does not count.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let mut journal = Self::default();
        let whole = text.rfind('\n').map_or("", |end| &text[..end]);
        for line in whole.lines().filter(|line| !line.trim().is_empty()) {
            match serde_json::from_str(line) {
                Ok(Line::Owed(debt)) => journal.owe(debt),
                Ok(Line::Struck(debt)) => journal.strike(&debt),
                Err(_) => journal.unread += 1,
            }
        }
        journal
    }

    /// Adds a debt unless an open one covers it.
    pub fn owe(&mut self, debt: Debt) {
        if !self.owed.iter().any(|open| open.covers(&debt)) {
            self.owed.push(debt);
        }
    }

    /// Strikes out whatever the same action pays.
    pub fn strike(&mut self, debt: &Debt) {
        self.owed.retain(|open| !open.is_same(debt));
    }
}

/// The text that appends lines to a journal: one JSON object a line.
///
/// # Errors
/// Never in practice: a line is plain data.
pub fn text(lines: impl IntoIterator<Item = Line>) -> serde_json::Result<String> {
    let mut text = String::new();
    for line in lines {
        text.push_str(&serde_json::to_string(&line)?);
        text.push('\n');
    }
    Ok(text)
}

/// Who wants a run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caller {
    /// User that started it.
    pub user: String,
    /// Machine that it was started on, which need not be the target.
    pub host: String,
}

/// Who holds the lock of a target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// Id of the run.
    pub run: String,
    /// User that runs it.
    pub user: String,
    /// Machine that the run was started on.
    pub host: String,
    /// Number of its process on the target.
    pub pid: u32,
    /// When it began, RFC 3339 in UTC, whole seconds.
    pub since: String,
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { run, user, host, pid, since } = self;
        write!(f, "run {run} by {user} on {host}, process {pid}, since {since}")
    }
}

/// The lock of a target as it stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lock {
    /// Whether the kernel says that somebody holds it.
    pub held: bool,
    /// Who: of a lock that nobody holds, the run that was cut off without giving it back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holder: Option<Holder>,
    /// A command of that run that lives on though the run was killed, and keeps others out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<LeftCommand>,
}

/// A command that has outlived its run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftCommand {
    /// Number of its process on the target.
    pub pid: u32,
    /// What it runs.
    pub words: String,
}

impl fmt::Display for LeftCommand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`, process {}", self.words, self.pid)
    }
}

/// What is kept of a run, one line of the history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunRecord {
    /// Its id: sorts by the time it began.
    pub run: String,
    /// User that ran it.
    pub user: String,
    /// What was asked for.
    pub run_list: Vec<String>,
    /// A plan leaves no record, so this is `run`.
    pub mode: Mode,
    /// When it began, RFC 3339 in UTC, whole seconds.
    pub started: String,
    /// When it ended.
    pub ended: String,
    /// Rows by outcome; nothing where the target was lost before they could be counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counts: Option<Counts>,
    pub exit: u8,
    /// `type[name]` of the resource for which the machine was restarted at its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restart: Option<String>,
}

/// Number of runs that a target remembers.
pub const HISTORY: usize = 100;

/// Lines above [`HISTORY`] that are let stand, so that not every run writes the file anew.
pub const SLACK: usize = 50;

/// Runs from the history's text, oldest first, the last [`HISTORY`] of them; lines that make no sense are left out.
#[must_use]
pub fn history(text: &str) -> Vec<RunRecord> {
    let mut runs: Vec<RunRecord> = text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    runs.drain(..runs.len().saturating_sub(HISTORY));
    runs
}
