//! Steps that follow several changes in a row once, after the last of them: systemd reads its units anew.
//!
//! They wait only while nothing else happens. What is not of the same kind finds them done: another type, a guard, a
//! change that does not say that it lets them wait, a notification, the end of the list.

use crate::model::change::Change;
use crate::model::collection::Row;
use crate::model::step::Step;

/// A step that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Trailing {
    /// The row that wants it.
    pub(super) row: usize,
    pub(super) action: String,
    pub(super) step: Step,
}

impl Trailing {
    /// What a change wants to follow it.
    pub(super) fn of(row: usize, action: &str, change: &Change) -> Option<Self> {
        let last = change.last.as_ref().filter(|last| last.needed)?;
        Some(Self { row, action: action.to_owned(), step: last.step.clone() })
    }

    /// Whether a change lets it wait.
    pub(super) fn may_wait_for(&self, change: &Change) -> bool {
        change.last.as_ref().is_some_and(|last| last.step == self.step)
    }

    /// Whether a row may be another that lets it wait. Guards may look at anything.
    pub(super) fn may_wait_for_row(before: &Row, after: &Row) -> bool {
        before.r#type == after.r#type && after.only_if.is_empty() && after.not_if.is_empty()
    }
}
