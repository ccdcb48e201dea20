//! What is under way: lists of rows and actions of rows, each as data. What one waits for lies above it on the stack.

use std::collections::VecDeque;
use std::time::Instant;

use crate::model::collection::{Notification, Row};
use crate::model::error::Failure;
use crate::model::event::Outcome;
use crate::model::journal::Debt;
use crate::provider::Planner;

use super::knowledge::Planned;

/// Something under way.
pub(super) enum StackEntry {
    List(List),
    Turn(Box<Turn>),
}

/// Rows that are converged in order: the outermost ones, or those of a custom resource's action.
pub(super) struct List {
    pub(super) rows: Vec<usize>,
    /// Turns that have an outcome already: those of rows that were converged together.
    pub(super) ready: VecDeque<Turn>,
    /// The next row.
    pub(super) at: usize,
    /// The next of its actions.
    pub(super) action: usize,
    /// In a plan: the resource that decides whether these rows are reached.
    pub(super) open: Option<String>,
    /// Whether this runs because of a notification: neither an earlier failure nor a first interrupt stops that.
    pub(super) notified: bool,
    /// The custom resource whose rows these are.
    pub(super) of: Option<usize>,
    pub(super) result: ListResult,
}

/// What has become of the rows of a list so far.
#[derive(Debug, Default)]
pub(super) struct ListResult {
    pub(super) updated: bool,
    /// A row failed after part of its work was done.
    pub(super) partly: bool,
    /// Why the rest is not run: which row failed.
    pub(super) failed: Option<String>,
    /// Why some rows were not run, without a failure among them.
    pub(super) not_run: Option<String>,
    /// What the first unknown row depends on (plan).
    pub(super) unknown: Option<String>,
}

impl List {
    pub(super) fn new(rows: Vec<usize>, of: Option<usize>, notified: bool) -> Self {
        Self {
            rows,
            ready: VecDeque::new(),
            at: 0,
            action: 0,
            open: None,
            notified,
            of,
            result: ListResult::default(),
        }
    }

    /// The row whose turn it is.
    pub(super) fn current(&self) -> Option<usize> {
        self.rows.get(self.at).copied()
    }

    /// Takes over how an action of the current row has ended.
    pub(super) fn note(&mut self, row: &Row, ended: Ended) {
        let result = &mut self.result;
        match ended {
            Ended::Quiet => return,
            Ended::Updated => return result.updated = true,
            Ended::Unknown(until) => {
                result.unknown.get_or_insert(until);
                return;
            }
            Ended::Failed { ignored, partly } => {
                result.partly |= partly;
                if ignored && row.ignore_failure {
                    return;
                }
                // The rest of a custom resource depends on the part that failed, also where that one is to be ignored.
                if self.of.is_some() {
                    result.failed.get_or_insert_with(|| format!("{} failed", row.id()));
                }
            }
            Ended::NotRun { reason, partly } => {
                result.partly |= partly;
                result.not_run.get_or_insert(reason);
            }
        }
        // Further actions of the row depend on this one.
        if self.action > 0 {
            self.next_row();
        }
    }

    /// Goes on to the next row.
    pub(super) fn next_row(&mut self) {
        self.at += 1;
        self.action = 0;
    }
}

/// One action of one row.
pub(super) struct Turn {
    pub(super) row: usize,
    pub(super) action: String,
    pub(super) notice: Option<Notice>,
    pub(super) started: Instant,
    /// In a plan: the resource that decides whether this happens at all.
    pub(super) open: Option<String>,
    /// In a plan: why it would fail as the machine is now, whatever its rows would do.
    pub(super) hindrance: Option<Failure>,
    /// Attempts left.
    pub(super) retries: u32,
    /// Number of failures when it was started: those of an attempt that is repeated don't count.
    pub(super) failures: usize,
    /// Whether what it notifies before a change has been notified.
    pub(super) before_done: bool,
    /// Whether an attempt that failed has changed something.
    pub(super) partly: bool,
    /// Why the outer list had halted when a notification started this.
    pub(super) halted: Option<String>,
    /// Whether it runs because of a notification, its own or that of a custom resource around it.
    pub(super) notified: bool,
    pub(super) phase: Phase,
}

/// How far a turn has come.
pub(super) enum Phase {
    /// It was not looked at yet.
    Start,
    /// Another attempt is due.
    Again,
    /// What it notifies before its change is under way.
    Before {
        /// What comes after the one under way: the row that notifies, and its notification.
        left: VecDeque<(usize, Notification)>,
        /// The one under way.
        now: Notification,
        /// Whether that one has failed.
        failed: bool,
        work: PreparedAction,
    },
    /// Its rows are under way, or have come to their end.
    Rows(Option<ListResult>),
    /// It has an outcome.
    Ended(Conclusion),
    /// Its outcome was told; immediate notifications are under way.
    After { ended: Ended, left: VecDeque<(usize, Debt)> },
}

/// How an action has ended.
pub(super) struct Conclusion {
    pub(super) outcome: Outcome,
    /// Whether a failure is told already: it is that of a row inside.
    pub(super) told: bool,
}

impl From<Outcome> for Conclusion {
    fn from(outcome: Outcome) -> Self {
        Self { outcome, told: false }
    }
}

/// An action that has something to change.
pub(super) struct PreparedAction {
    pub(super) planner: Box<dyn Planner>,
    pub(super) planned: Planned,
}

/// Why an action runs, if not for its place in the list.
#[derive(Debug)]
pub(super) struct Notice {
    /// The notifier.
    pub(super) from: String,
    /// In a plan: whether it is not certain that the notifier changes.
    pub(super) uncertain: bool,
    /// What is struck out of the journal once it has run.
    pub(super) pays: Vec<Debt>,
}

/// How an action ended, for what started it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Ended {
    /// Something changed, or would.
    Updated,
    Failed {
        /// Whether the cook said to go on.
        ignored: bool,
        /// Whether part of its work was done.
        partly: bool,
    },
    /// It can't be told (plan).
    Unknown(String),
    /// It was not run, or not wholly.
    NotRun {
        reason: String,
        /// Whether part of its work was done.
        partly: bool,
    },
    /// There was nothing to do.
    Quiet,
}

impl Turn {
    pub(super) fn new(row: usize, action: &str, retries: u32, notice: Option<Notice>) -> Self {
        Self {
            row,
            action: action.to_owned(),
            notified: notice.is_some(),
            open: notice.as_ref().filter(|notice| notice.uncertain).map(|notice| notice.from.clone()),
            hindrance: None,
            notice,
            started: Instant::now(),
            retries,
            failures: 0,
            before_done: false,
            partly: false,
            halted: None,
            phase: Phase::Start,
        }
    }
}
