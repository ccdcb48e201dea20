//! Notifications: before, immediately, delayed.

use crate::model::collection::{Notification, Timing};
use crate::model::error::{Diagnostic, Failure};
use crate::model::event::Event;
use crate::model::journal::Debt;

use super::engine::Engine;
use super::turn::Ended;

/// A notification that waits for the end of the list.
#[derive(Debug, Clone)]
pub(super) struct Owed {
    target: usize,
    action: String,
    from: String,
    skip_on_failure: bool,
    /// What the journal holds of it.
    pays: Vec<Debt>,
}

/// Why an action runs, if not for its turn in the list.
#[derive(Debug)]
pub(super) struct Notice {
    /// The notifier.
    pub(super) from: String,
    /// What is struck out of the journal once it has run.
    pub(super) pays: Vec<Debt>,
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

    /// Queues the delayed notifications of a row that has changed, wholly or in part.
    pub(super) fn owe(&mut self, row: usize) {
        for notification in self.notifications(row, Timing::Delayed) {
            let debt = self.debt(row, &notification);
            let pair = (notification.target, notification.action.clone());
            let waits = |owed: &Owed| owed.target == pair.0 && owed.action == pair.1;
            if !self.queued.contains(&pair) {
                self.notified(&debt.from, &notification);
            } else if !self.owed.iter().any(waits) {
                // It has run at the end of the list already, and does so once.
                self.strike(&[debt]);
                continue;
            }
            self.queue(notification.target, debt);
        }
    }

    /// Lets a notification wait for the end of the list, together with those that ask for the same.
    pub(super) fn queue(&mut self, target: usize, debt: Debt) {
        let same = |owed: &&mut Owed| owed.target == target && owed.action == debt.action;
        if let Some(owed) = self.owed.iter_mut().find(same) {
            owed.skip_on_failure &= debt.skip_on_failure;
            owed.pays.push(debt);
            return;
        }
        self.queued.insert((target, debt.action.clone()));
        self.owed.push_back(Owed {
            target,
            action: debt.action.clone(),
            from: debt.from.clone(),
            skip_on_failure: debt.skip_on_failure,
            pays: vec![debt],
        });
    }

    /// Runs the queue; what is queued meanwhile runs too. A failure does not keep the others from running.
    pub(super) fn drain(&mut self) {
        self.queue_late();
        // What is owed still is in the journal, and paid after the restart.
        while self.restarts_now().is_none()
            && let Some(owed) = self.owed.pop_front()
        {
            if owed.skip_on_failure && !self.failures.is_empty() {
                self.strike(&owed.pays);
                continue;
            }
            if self.know.has_ended() {
                self.leave_unpaid(owed.target, &owed.action, &owed.from);
                continue;
            }
            let notice = Notice { from: owed.from, pays: owed.pays };
            self.act(owed.target, &owed.action, Some(notice));
            if self.know.lost.is_some() {
                return;
            }
        }
    }

    fn fire(&mut self, row: usize, notification: &Notification) -> Ended {
        let debt = self.debt(row, notification);
        let pair = (notification.target, notification.action.clone());
        if self.firing.contains(&pair) {
            // It is on its way already: a circle of immediate notifications ends here.
            self.strike(&[debt]);
            return Ended::Quiet;
        }
        self.notified(&debt.from, notification);
        self.deliver(notification.target, debt)
    }

    /// Runs a notified action now.
    pub(super) fn deliver(&mut self, target: usize, debt: Debt) -> Ended {
        let action = debt.action.clone();
        if self.restarts_now().is_some() {
            // It is in the journal, and paid after the restart.
            return Ended::Quiet;
        }
        // What must happen ahead of a change is tried even so: its failure keeps the change from being made.
        if self.know.has_ended() && debt.timing != Timing::Before {
            self.leave_unpaid(target, &action, &debt.from);
            return Ended::Quiet;
        }
        self.firing.push((target, action.clone()));
        let notice = Notice { from: debt.from.clone(), pays: vec![debt] };
        let ended = self.act(target, &action, Some(notice));
        self.firing.pop();
        ended
    }

    /// Says that a notification was not run because somebody has ended the run. It stays in the journal.
    fn leave_unpaid(&mut self, target: usize, action: &str, from: &str) {
        let to = self.row(target).id();
        let diagnostic =
            Diagnostic::warning(format!("{to} is still owed {action}: the run was ended before it"))
                .note(format!("{from} asked for it"))
                .hint("the next run pays it");
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

    pub(super) fn notifications(&self, row: usize, timing: Timing) -> Vec<Notification> {
        self.row(row).notifies.iter().filter(|notification| notification.timing == timing).cloned().collect()
    }
}
