//! What is under way, innermost last, and what is known of it as a whole.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::model::collection::{Notification, Timing};

use super::debts::Pair;
use super::rows::Rows;
use super::turn::{Ended, List, Phase, StackEntry, Turn};

/// The frames under way.
#[derive(Default)]
pub(super) struct Stack {
    frames: Vec<StackEntry>,
    /// Notified actions among them: one that is under way is not started once more.
    notified: FxHashSet<Pair>,
    /// Custom resources whose rows are under way.
    open: FxHashMap<Pair, Open>,
    /// In a plan: notified actions that were told as possible.
    supposed: FxHashSet<(usize, String, Timing)>,
}

/// A custom resource whose rows are under way.
#[derive(Debug)]
struct Open {
    /// Whether what it notifies before a change has been notified.
    before_done: bool,
    /// The row inside it that failed when somebody notified it.
    failed: Option<usize>,
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

    /// Starts an action that somebody has notified.
    pub(super) fn push_notified(&mut self, turn: Turn) {
        self.notified.insert((turn.row, turn.action.clone()));
        self.push_turn(turn);
    }

    /// Whether a notified action is under way.
    pub(super) fn is_notified(&self, pair: &Pair) -> bool {
        self.notified.contains(pair)
    }

    /// Whether a possible notification is told for the first time.
    pub(super) fn suppose(&mut self, notification: &Notification) -> bool {
        let Notification { target, action, timing, .. } = notification;
        self.supposed.insert((*target, action.clone(), *timing))
    }

    /// The rows of a custom resource's action are under way from now on, until [`Stack::close`]. `before_done` says that an
    /// earlier attempt has notified what is notified before a change.
    pub(super) fn open(&mut self, row: usize, action: &str, before_done: bool) {
        self.open.insert((row, action.to_owned()), Open { before_done, failed: None });
    }

    /// They have come to their end. Whether the custom resource has notified what it notifies before a change.
    pub(super) fn close(&mut self, row: usize, action: &str) -> bool {
        self.open.remove(&(row, action.to_owned())).is_some_and(|open| open.before_done)
    }

    /// The custom resources under way that a row stands in, innermost first, each with its action.
    pub(super) fn around(&self, rows: &Rows<'_>, row: usize) -> Vec<Pair> {
        let places = rows.outwards(row).filter_map(|row| rows.get(row).parent.as_ref());
        let pairs = places.map(|parent| (parent.row, parent.action.clone()));
        pairs.take_while(|pair| self.open.contains_key(pair)).collect()
    }

    /// Whether this custom resource has notified what it notifies before a change; from now on it has.
    pub(super) fn note_before(&mut self, pair: &Pair) -> bool {
        self.open.get_mut(pair).is_some_and(|open| std::mem::replace(&mut open.before_done, true))
    }

    /// What the custom resources around a row notify before a change has failed: it is still to come.
    pub(super) fn forget_before(&mut self, rows: &Rows<'_>, row: usize) {
        for pair in self.around(rows, row) {
            if let Some(open) = self.open.get_mut(&pair) {
                open.before_done = false;
            }
        }
    }

    /// Whether a custom resource under way around the row has still to notify something before a change.
    pub(super) fn owes_before(&self, rows: &Rows<'_>, row: usize) -> bool {
        self.around(rows, row).iter().any(|pair| {
            !self.open[pair].before_done && rows.notifications(pair.0, Timing::Before).next().is_some()
        })
    }

    /// The row inside a custom resource that failed when somebody notified it.
    pub(super) fn failed_inside(&self, row: usize, action: &str) -> Option<usize> {
        self.open.get(&(row, action.to_owned()))?.failed
    }

    /// Hands the end of an action to what has started it.
    pub(super) fn end_turn(&mut self, rows: &Rows<'_>, turn: &Turn, ended: Ended) {
        if turn.notice.is_some() {
            self.notified.remove(&(turn.row, turn.action.clone()));
            // It belongs to the custom resource around it, whoever started it.
            if matches!(ended, Ended::Failed { ignored: false, .. })
                && let Some(around) = self.around(rows, turn.row).first()
                && let Some(open) = self.open.get_mut(around)
            {
                open.failed.get_or_insert(turn.row);
            }
        }
        match self.frames.last_mut() {
            // A list hears of its own rows alone: one that is notified may be above it too.
            Some(StackEntry::List(list)) if turn.notice.is_none() => {
                list.note(rows.get(turn.row), ended);
            }
            Some(StackEntry::Turn(outer)) => {
                if let Phase::Before { failed, .. } = &mut outer.phase {
                    *failed = matches!(ended, Ended::Failed { ignored: false, .. } | Ended::NotRun { .. });
                }
            }
            _ => {}
        }
    }

    /// Hands the end of a list to the custom resource that has started it.
    pub(super) fn end_list(&mut self, list: List) {
        if let Some(StackEntry::Turn(turn)) = self.frames.last_mut() {
            turn.phase = Phase::Rows(Some(list.result));
        }
    }
}
