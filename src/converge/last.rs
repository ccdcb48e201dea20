//! Steps that follow several changes in a row once, after the last of them: systemd reads its units anew.
//!
//! They wait only while nothing else happens. What is not of the same kind finds them done: another type, a guard, a
//! change that does not say that it lets them wait, a notification, the end of the list.

use crate::model::change::Change;
use crate::model::error::Failure;
use crate::model::event::{Outcome, ResourceRef};
use crate::model::step::Step;

use super::engine::Engine;

/// A step that waits.
pub(super) struct Waiting {
    /// The row that wants it.
    row: usize,
    /// With which action.
    action: String,
    step: Step,
}

impl Engine<'_> {
    /// Does what waits, unless the change lets it wait.
    pub(super) fn settle_for(&mut self, resource: &ResourceRef, change: &Change) -> Result<(), Failure> {
        let may_wait = |waiting: &Waiting| change.last.as_ref().is_some_and(|last| last.step == waiting.step);
        match self.last.take_if(|waiting| !may_wait(waiting)) {
            Some(waiting) => self.step(resource, &waiting.step),
            None => Ok(()),
        }
    }

    /// Lets what a change wants to follow it wait.
    pub(super) fn put_off(&mut self, row: usize, action: &str, change: &Change) {
        if let Some(last) = change.last.as_ref().filter(|last| last.needed) {
            self.last = Some(Waiting { row, action: action.to_owned(), step: last.step.clone() });
        }
    }

    /// Does what waits, unless the row can only be another that lets it wait.
    pub(super) fn settle_before(&mut self, row: usize) {
        let Some(waiting) = &self.last else { return };
        let (before, after) = (self.row(waiting.row), self.row(row));
        // Guards may look at anything.
        if before.r#type != after.r#type || !after.only_if.is_empty() || !after.not_if.is_empty() {
            self.settle();
        }
    }

    /// Does what waits; whether it went well. What fails has failed for the row that wanted it.
    pub(super) fn settle(&mut self) -> bool {
        let Some(Waiting { row, action, step }) = self.last.take() else { return true };
        if self.know.lost.is_some() {
            return true;
        }
        let resource = self.reference(row);
        match self.step(&resource, &step) {
            Ok(()) => true,
            Err(failure) => {
                let ignored = self.ignores(row);
                self.finished(row, &action, Outcome::Failed { failure, ignored });
                ignored
            }
        }
    }
}
