//! Notifications: before, immediately, delayed.

use crate::model::collection::{Notification, Timing};
use crate::model::error::{Diagnostic, Failure};
use crate::model::event::Event;

use super::engine::{Ended, Engine};

/// A delayed notification that waits for the end of the list.
#[derive(Debug, Clone)]
pub(super) struct Owed {
    target: usize,
    action: String,
    from: String,
    skip_on_failure: bool,
}

impl Engine<'_> {
    /// Runs what must happen ahead of a row that will change. False when one of them failed.
    pub(super) fn notify_before(&mut self, row: usize) -> Result<bool, Failure> {
        let mut any = false;
        for notification in self.notifications(row, Timing::Before) {
            any = true;
            if self.fire(row, &notification) == Ended::Failed {
                let target = self.row(notification.target).id();
                return Err(Failure::new(format!(
                    "{target}, which must {} first, failed",
                    notification.action
                )));
            }
        }
        Ok(any)
    }

    /// Runs the immediate ones of an updated row, and queues its delayed ones.
    pub(super) fn notify_after(&mut self, row: usize) {
        self.owe(row);
        for notification in self.notifications(row, Timing::Immediately) {
            self.fire(row, &notification);
        }
    }

    /// Queues the delayed notifications of a row. The place to write them to the target's journal, ahead of the change.
    pub(super) fn owe(&mut self, row: usize) {
        for notification in self.notifications(row, Timing::Delayed) {
            let pair = (notification.target, notification.action.clone());
            if !self.queued.insert(pair) {
                continue;
            }
            let from = self.row(row).id();
            self.notified(&from, &notification);
            self.owed.push_back(Owed {
                target: notification.target,
                action: notification.action,
                from,
                skip_on_failure: notification.skip_on_failure,
            });
        }
    }

    /// Runs the queue; what is queued meanwhile runs too. A failure does not keep the others from running.
    pub(super) fn drain(&mut self) {
        while let Some(owed) = self.owed.pop_front() {
            if owed.skip_on_failure && !self.failures.is_empty() {
                continue;
            }
            if self.know.has_ended() {
                self.leave_unpaid(owed.target, &owed.action, &owed.from);
                continue;
            }
            self.act(owed.target, &owed.action, Some(owed.from));
            if self.know.lost.is_some() {
                return;
            }
        }
    }

    fn fire(&mut self, row: usize, notification: &Notification) -> Ended {
        let from = self.row(row).id();
        let pair = (notification.target, notification.action.clone());
        if self.firing.contains(&pair) {
            // It is on its way already: a circle of immediate notifications ends here.
            return Ended::Quiet;
        }
        self.notified(&from, notification);
        if self.know.has_ended() {
            self.leave_unpaid(notification.target, &notification.action, &from);
            return Ended::Quiet;
        }
        self.firing.push(pair);
        let ended = self.act(notification.target, &notification.action, Some(from));
        self.firing.pop();
        ended
    }

    /// Says that a notification was not run because somebody has ended the run.
    fn leave_unpaid(&mut self, target: usize, action: &str, from: &str) {
        let to = self.row(target).id();
        let diagnostic =
            Diagnostic::warning(format!("{to} is still owed {action}: the run was ended before it"))
                .note(format!("{from} asked for it"));
        self.emit(Event::Warning { diagnostic });
    }

    fn notified(&mut self, from: &str, notification: &Notification) {
        let timing = match notification.timing {
            Timing::Before => "before",
            Timing::Immediately => "immediately",
            Timing::Delayed => "delayed",
        };
        let to = self.row(notification.target).id();
        self.emit(Event::Notified {
            from: from.to_owned(),
            to,
            action: notification.action.clone(),
            timing: timing.to_owned(),
        });
    }

    fn notifications(&self, row: usize, timing: Timing) -> Vec<Notification> {
        self.row(row).notifies.iter().filter(|notification| notification.timing == timing).cloned().collect()
    }
}
