//! Work in progress as data: lists of rows, and turns (one action of one row). What a turn waits for is above it on the
//! stack.

use std::collections::VecDeque;
use std::time::Instant;

use crate::model::change::Change;
use crate::model::collection::{Notification, Row};
use crate::model::error::Failure;
use crate::model::event::Outcome;
use crate::model::journal::Debt;
use crate::provider::Planner;

use super::knowledge::Planned;

pub(super) enum StackEntry {
    List(List),
    Turn(Box<Turn>),
}

/// Rows that are converged in order: the top-level rows, or those of one action of a custom resource.
pub(super) struct List {
    pub(super) rows: Vec<usize>,
    /// Turns that already have an outcome, because their rows were converged together.
    pub(super) ready: VecDeque<Turn>,
    /// Index of the next row.
    pub(super) at: usize,
    /// Index of its next action.
    pub(super) action: usize,
    /// In a plan: the resource that decides whether these rows are reached.
    pub(super) open: Option<String>,
    /// Whether a notification started this. Then neither an earlier failure nor a first interrupt stops it.
    pub(super) notified: bool,
    /// The custom resource that the rows belong to.
    pub(super) of: Option<usize>,
    pub(super) result: ListResult,
}

/// The result of a list so far.
#[derive(Debug, Default)]
pub(super) struct ListResult {
    pub(super) updated: bool,
    /// A row failed after it had made some of its changes.
    pub(super) partly: bool,
    /// Which row failed, so that the rest is not run.
    pub(super) failed: Option<String>,
    /// Why some rows were not run although none of them failed.
    pub(super) not_run: Option<String>,
    /// In a plan: the resource that the first uncertain row depends on.
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

    pub(super) fn current(&self) -> Option<usize> {
        self.rows.get(self.at).copied()
    }

    /// Records how an action of the current row ended.
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
                    // What it has changed is changed.
                    result.updated |= partly;
                    return;
                }
                // The rest of a custom resource depends on the failed part, even if that failure is ignored.
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

    pub(super) fn next_row(&mut self) {
        self.at += 1;
        self.action = 0;
    }
}

/// One action of one row, in progress.
pub(super) struct Turn {
    pub(super) row: usize,
    pub(super) action: String,
    pub(super) notice: Option<Notice>,
    pub(super) started: Instant,
    /// In a plan: the resource that decides whether this runs at all.
    pub(super) open: Option<String>,
    /// In a plan: why it would fail in the current state of the machine.
    pub(super) hindrance: Option<Failure>,
    pub(super) retries: u32,
    /// Number of failures before it started. A retry drops the failures of the attempt before it.
    pub(super) failures: usize,
    /// Whether its `before` notifications have run.
    pub(super) before_done: bool,
    /// In a plan: whether its changes would be made in every run.
    pub(super) repeats: bool,
    /// Whether a failed attempt has made some of its changes.
    pub(super) partly: bool,
    /// The changes that the user has approved, if any: the line and the diff of each.
    pub(super) approved: Option<Vec<(String, Option<String>)>>,
    /// Whether they were reported in this attempt, for the question.
    pub(super) announced: bool,
    /// Why the outer list was halted when a notification started this.
    pub(super) halted: Option<String>,
    /// Whether a notification started this, or the custom resource around it.
    pub(super) notified: bool,
    pub(super) phase: Phase,
}

/// The phase of a turn.
pub(super) enum Phase {
    Start,
    /// Another attempt is due.
    Again,
    /// One of its `before` notifications is running.
    Before {
        /// The remaining ones: the row that notifies, and its notification.
        left: VecDeque<(usize, Notification)>,
        /// The one that is running.
        now: Notification,
        /// Whether that one failed.
        failed: bool,
        work: PreparedAction,
    },
    /// Its rows are running, or have ended with this result.
    Rows(Option<ListResult>),
    /// It has an outcome, which is not reported yet.
    Ended(Conclusion),
    /// Its outcome is reported; its immediate notifications are running.
    After {
        ended: Ended,
        left: VecDeque<(usize, Debt)>,
    },
}

/// The outcome of an action.
pub(super) struct Conclusion {
    pub(super) outcome: Outcome,
    /// Whether the failure was already reported, by a row inside.
    pub(super) told: bool,
}

impl From<Outcome> for Conclusion {
    fn from(outcome: Outcome) -> Self {
        Self { outcome, told: false }
    }
}

/// An action that has changes to make.
pub(super) struct PreparedAction {
    pub(super) planner: Box<dyn Planner>,
    pub(super) planned: Planned,
}

/// The notification that started an action.
#[derive(Debug)]
pub(super) struct Notice {
    /// The notifier.
    pub(super) from: String,
    /// In a plan: whether it is uncertain that the notifier changes.
    pub(super) uncertain: bool,
    /// Journal entries to remove when the action has run.
    pub(super) clears: Vec<Debt>,
}

/// The end of an action, as reported to whatever started it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Ended {
    /// Something changed, or would change.
    Updated,
    Failed {
        /// Whether `ignore_failure` is set.
        ignored: bool,
        /// Whether it made some of its changes.
        partly: bool,
    },
    /// In a plan: it depends on this resource.
    Unknown(String),
    /// It was not run, or not completely.
    NotRun {
        reason: String,
        /// Whether it made some of its changes.
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
            repeats: false,
            partly: false,
            approved: None,
            announced: false,
            halted: None,
            phase: Phase::Start,
        }
    }

    /// Notes that the user approves these changes, which were just reported.
    pub(super) fn approve(&mut self, changes: &[Change]) {
        self.approved = Some(shown(changes));
        self.announced = true;
    }

    /// Whether the user has approved these changes.
    pub(super) fn is_approved(&self, changes: &[Change]) -> bool {
        self.approved.as_ref().is_some_and(|approved| *approved == shown(changes))
    }
}

/// What the user sees of changes.
fn shown(changes: &[Change]) -> Vec<(String, Option<String>)> {
    changes.iter().map(|change| (change.summary.clone(), change.diff.clone())).collect()
}
