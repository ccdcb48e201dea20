//! Steps that follow several adjacent changes once, after the last of them, such as the reload of systemd's units.
//!
//! Such a step is delayed only while nothing else happens. It runs before a row of another type, a guard, a change that
//! does not want the same step, a notification, and the end of the list.

use crate::model::change::Change;
use crate::model::collection::Row;
use crate::model::step::Step;

/// A step that is delayed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Trailing {
    /// The row that wants it.
    pub(super) row: usize,
    pub(super) action: String,
    pub(super) step: Step,
}

impl Trailing {
    /// The trailing step of a change.
    pub(super) fn of(row: usize, action: &str, change: &Change) -> Option<Self> {
        let last = change.last.as_ref().filter(|last| last.needed)?;
        Some(Self { row, action: action.to_owned(), step: last.step.clone() })
    }

    /// Whether the step may run after this change instead.
    pub(super) fn may_wait_for(&self, change: &Change) -> bool {
        change.last.as_ref().is_some_and(|last| last.step == self.step)
    }

    /// Whether the step may be delayed until after this row. A guard may look at anything.
    pub(super) fn may_wait_for_row(before: &Row, after: &Row) -> bool {
        before.r#type == after.r#type && after.only_if.is_empty() && after.not_if.is_empty()
    }
}
