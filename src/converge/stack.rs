//! The stack of lists and turns in progress, innermost last, and indexes over it.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::model::collection::{Notification, Timing};

use super::owed::Pair;
use super::rows::Rows;
use super::turn::{Ended, List, Phase, StackEntry, Turn};

#[derive(Default)]
pub(super) struct Stack {
    frames: Vec<StackEntry>,
    /// Notified actions in progress. They are not started a second time.
    notified: FxHashSet<Pair>,
    /// Custom resources whose rows are in progress.
    open: FxHashMap<Pair, Open>,
    /// In a plan: uncertain notifications that were already reported.
    supposed: FxHashSet<(usize, String, Timing)>,
}

/// A custom resource whose rows are in progress.
#[derive(Debug)]
struct Open {
    /// Whether its `before` notifications have run.
    before_done: bool,
    /// The row inside it that failed when it was notified.
    failed: Option<usize>,
    /// Whether a row inside it was updated when it was notified.
    updated: bool,
}

impl Stack {
    pub(super) fn pop(&mut self) -> Option<StackEntry> {
        self.frames.pop()
    }

    pub(super) fn push_list(&mut self, list: List) {
        self.frames.push(StackEntry::List(list));
    }

    pub(super) fn push_turn(&mut self, turn: impl Into<Box<Turn>>) {
        self.frames.push(StackEntry::Turn(turn.into()));
    }

    /// Starts a notified action.
    pub(super) fn push_notified(&mut self, turn: Turn) {
        self.notified.insert((turn.row, turn.action.clone()));
        self.push_turn(turn);
    }

    /// Whether this notified action is in progress.
    pub(super) fn is_notified(&self, pair: &Pair) -> bool {
        self.notified.contains(pair)
    }

    /// Records an uncertain notification. Returns whether it is new.
    pub(super) fn suppose(&mut self, notification: &Notification) -> bool {
        let Notification { target, action, timing, .. } = notification;
        self.supposed.insert((*target, action.clone(), *timing))
    }

    /// Marks the rows of a custom resource's action as in progress, until [`Stack::close`]. `before_done`: an earlier
    /// attempt has run its `before` notifications.
    pub(super) fn open(&mut self, row: usize, action: &str, before_done: bool) {
        self.open.insert((row, action.to_owned()), Open { before_done, failed: None, updated: false });
    }

    /// Ends what [`Stack::open`] started. Returns whether its `before` notifications have run.
    pub(super) fn close(&mut self, row: usize, action: &str) -> bool {
        self.open.remove(&(row, action.to_owned())).is_some_and(|open| open.before_done)
    }

    /// The custom resources in progress around a row, innermost first, each with its action.
    pub(super) fn around(&self, rows: &Rows<'_>, row: usize) -> Vec<Pair> {
        let places = rows.outwards(row).filter_map(|row| rows.get(row).parent.as_ref());
        let pairs = places.map(|parent| (parent.row, parent.action.clone()));
        pairs.take_while(|pair| self.open.contains_key(pair)).collect()
    }

    /// Marks the `before` notifications of a custom resource as done. Returns whether they already were.
    pub(super) fn note_before(&mut self, pair: &Pair) -> bool {
        self.open.get_mut(pair).is_some_and(|open| std::mem::replace(&mut open.before_done, true))
    }

    /// A `before` notification of the custom resources around a row failed: it is due again.
    pub(super) fn forget_before(&mut self, rows: &Rows<'_>, row: usize) {
        for pair in self.around(rows, row) {
            if let Some(open) = self.open.get_mut(&pair) {
                open.before_done = false;
            }
        }
    }

    /// Whether a custom resource around the row still has `before` notifications to run.
    pub(super) fn owes_before(&self, rows: &Rows<'_>, row: usize) -> bool {
        self.around(rows, row).iter().any(|pair| {
            !self.open[pair].before_done && rows.notifications(pair.0, Timing::Before).next().is_some()
        })
    }

    /// The row inside a custom resource that failed when it was notified.
    pub(super) fn failed_inside(&self, row: usize, action: &str) -> Option<usize> {
        self.open.get(&(row, action.to_owned()))?.failed
    }

    /// Whether a row inside a custom resource was updated when it was notified.
    pub(super) fn was_updated_inside(&self, row: usize, action: &str) -> bool {
        self.open.get(&(row, action.to_owned())).is_some_and(|open| open.updated)
    }

    /// Passes the end of an action to whatever started it.
    pub(super) fn end_turn(&mut self, rows: &Rows<'_>, turn: &Turn, ended: Ended) {
        // What depends on it stops, also in a custom resource whose failure is ignored as a whole.
        let has_failed = match &ended {
            Ended::Failed { ignored, .. } => !(*ignored && rows.get(turn.row).ignore_failure),
            _ => false,
        };
        if turn.notice.is_some() {
            self.notified.remove(&(turn.row, turn.action.clone()));
            // A failure and an update count for the custom resource around the row, whatever started the row.
            if let Some(around) = self.around(rows, turn.row).first()
                && let Some(open) = self.open.get_mut(around)
            {
                open.updated |= ended == Ended::Updated;
                if has_failed {
                    open.failed.get_or_insert(turn.row);
                }
            }
        }
        match self.frames.last_mut() {
            // A list handles only its own rows. A notified turn may also be directly above it.
            Some(StackEntry::List(list)) if turn.notice.is_none() => {
                list.note(rows.get(turn.row), ended);
            }
            Some(StackEntry::Turn(outer)) => {
                if let Phase::Before { failed, .. } = &mut outer.phase {
                    *failed = has_failed || matches!(ended, Ended::NotRun { .. });
                }
            }
            _ => {}
        }
    }

    /// Passes the result of a list to the custom resource that started it.
    pub(super) fn end_list(&mut self, list: List) {
        if let Some(StackEntry::Turn(turn)) = self.frames.last_mut() {
            turn.phase = Phase::Rows(Some(list.result));
        }
    }
}
