//! Owed notifications: triggered, and not delivered yet; and actions that were begun. A queue over the entries of the
//! target's journal. It changes nothing by itself.

use std::collections::VecDeque;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::model::collection::Row;
use crate::model::journal::{BegunAction, Debt, DebtKey};
use crate::model::sorted;

/// A row and one of its actions.
pub(super) type Pair = (usize, String);

/// A notified action that is queued for the end of the run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Waiting {
    /// The row to run.
    pub(super) target: usize,
    pub(super) action: String,
    /// `type[name]` of the first notifier.
    pub(super) from: String,
    /// Whether all notifiers want it dropped after a failure.
    pub(super) skip_on_failure: bool,
    /// In a plan: whether no notifier is certain to change.
    pub(super) uncertain: bool,
    /// Its entries in the journal.
    pub(super) clears: Vec<Debt>,
}

/// The result of adding a notification to the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Enqueued {
    /// It is queued.
    First,
    /// The same action is queued already.
    Again,
    /// The same action has run at the end of this run already, and runs only once.
    Done,
    /// The same, and it failed: it stays in the journal.
    Failed,
}

/// All owed notifications.
#[derive(Debug, Default)]
pub(super) struct OwedNotifications {
    /// The entries of the journal.
    open: FxHashMap<DebtKey, Debt>,
    /// The queue for the end of the run, in order.
    order: VecDeque<Pair>,
    waiting: FxHashMap<Pair, Waiting>,
    /// Everything that was ever queued in this run.
    queued: FxHashSet<Pair>,
    /// Those of them that failed, or were not run.
    failed: FxHashSet<Pair>,
    /// Notifications that wait until their notifier succeeds, by the notifier's `type[name]`.
    for_notifier: FxHashMap<String, Vec<(usize, Debt)>>,
    /// The entries of actions that were begun and have not ended. An action has several if custom resources were put around
    /// its resource meanwhile.
    begun: FxHashMap<Pair, Vec<Debt>>,
    /// Immediate notifications of earlier runs whose notifier is no longer declared, by the row to run.
    for_target: FxHashMap<usize, Vec<Debt>>,
}

impl OwedNotifications {
    /// Adds entries of the journal.
    pub(super) fn open(&mut self, debts: impl IntoIterator<Item = Debt>) {
        for debt in debts {
            self.open.insert(debt.key(), debt);
        }
    }

    /// Whether this notification is in the journal already.
    pub(super) fn has(&self, debt: &Debt) -> bool {
        self.open.get(&debt.key()).is_some_and(|open| open.covers(debt))
    }

    /// Of these, the notifications that are not in the journal yet, without duplicates.
    pub(super) fn new_among(&self, debts: impl IntoIterator<Item = Debt>) -> Vec<Debt> {
        let mut new: Vec<Debt> = Vec::new();
        let mut at: FxHashMap<DebtKey, usize> = FxHashMap::default();
        for debt in debts {
            let key = debt.key();
            if self.has(&debt) {
                continue;
            }
            match at.get(&key) {
                Some(&same) if new[same].covers(&debt) => {}
                Some(&same) => new[same] = debt,
                None => {
                    at.insert(key, new.len());
                    new.push(debt);
                }
            }
        }
        new
    }

    /// Removes entries. Returns those that existed.
    pub(super) fn clear(&mut self, debts: &[Debt]) -> Vec<Debt> {
        debts.iter().filter(|debt| self.open.remove(&debt.key()).is_some()).cloned().collect()
    }

    /// Queues a notified action for the end of the run, merged with others for the same action.
    pub(super) fn enqueue(&mut self, target: usize, debt: Debt, uncertain: bool) -> Enqueued {
        let pair = (target, debt.action.clone());
        if !self.waiting.contains_key(&pair) && self.queued.contains(&pair) {
            return if self.failed.contains(&pair) { Enqueued::Failed } else { Enqueued::Done };
        }
        self.queue(target, debt, uncertain)
    }

    /// Like [`Self::enqueue`], for a notification of an earlier run: it runs even if the action has already run in this
    /// one.
    pub(super) fn queue(&mut self, target: usize, debt: Debt, uncertain: bool) -> Enqueued {
        let pair = (target, debt.action.clone());
        if let Some(waiting) = self.waiting.get_mut(&pair) {
            waiting.skip_on_failure &= debt.skip_on_failure;
            let is_now_certain = waiting.uncertain && !uncertain;
            if is_now_certain {
                waiting.uncertain = false;
                waiting.from.clone_from(&debt.from);
            }
            if !waiting.clears.iter().any(|known| known.is_same(&debt)) {
                waiting.clears.push(debt);
            }
            return if is_now_certain { Enqueued::First } else { Enqueued::Again };
        }
        self.queued.insert(pair.clone());
        self.order.push_back(pair.clone());
        let Debt { action, from, skip_on_failure, .. } = debt.clone();
        let waiting = Waiting { target, action, from, skip_on_failure, uncertain, clears: vec![debt] };
        self.waiting.insert(pair, waiting);
        Enqueued::First
    }

    /// Whether the action of this notification is queued.
    pub(super) fn is_waiting(&self, target: usize, debt: &Debt) -> bool {
        self.waiting.contains_key(&(target, debt.action.clone()))
    }

    /// Whether the journal has a notification for the resource with this `type[name]`.
    pub(super) fn owes(&self, to: &str) -> bool {
        self.open.values().any(|debt| debt.to == to && debt.begun.is_none())
    }

    /// The run continues as a new part, after a restart for example. Actions that have run at its end may run again.
    pub(super) fn start_new_part(&mut self) {
        let Self { queued, failed, waiting, .. } = self;
        queued.retain(|pair| waiting.contains_key(pair));
        failed.clear();
    }

    /// Notes that a queued action failed, or was not run.
    pub(super) fn fail(&mut self, row: usize, action: &str) {
        self.failed.insert((row, action.to_owned()));
    }

    /// Takes the first action from the queue.
    pub(super) fn next(&mut self) -> Option<Waiting> {
        let pair = self.order.pop_front()?;
        self.waiting.remove(&pair)
    }

    /// Keeps a notification until its notifier succeeds.
    pub(super) fn wait_for_notifier(&mut self, target: usize, debt: Debt) {
        let waiting = self.for_notifier.entry(debt.from.clone()).or_default();
        if !waiting.iter().any(|(_, known)| known.is_same(&debt)) {
            waiting.push((target, debt));
        }
    }

    /// Takes the notifications that wait for this notifier.
    pub(super) fn take_for_notifier(&mut self, from: &Row) -> Vec<(usize, Debt)> {
        if self.for_notifier.is_empty() {
            Vec::new()
        } else {
            self.for_notifier.remove(&from.id()).unwrap_or_default()
        }
    }

    /// Notes that the action of a row was begun. It stays so until it has ended.
    pub(super) fn begin(&mut self, row: usize, debt: Debt) {
        self.begun.entry((row, debt.action.clone())).or_default().push(debt);
    }

    /// What the action of a row was about, if it was begun, and has not ended.
    pub(super) fn begun(&self, row: usize, action: &str) -> Option<BegunAction> {
        if self.begun.is_empty() {
            return None;
        }
        self.begun.get(&(row, action.to_owned()))?.first()?.begun
    }

    /// All actions that were begun and have not ended, with their rows.
    pub(super) fn all_begun(&self) -> Vec<(usize, Debt)> {
        let all =
            self.begun.iter().flat_map(|((row, _), debts)| debts.iter().map(|debt| (*row, debt.clone())));
        let mut all: Vec<(usize, Debt)> = all.collect();
        sorted::sort_by(&mut all, |(row, debt), (other, second)| {
            (row, &debt.action).cmp(&(other, &second.action))
        });
        all
    }

    /// Ends the action of a row. Returns its entries.
    pub(super) fn end(&mut self, row: usize, action: &str) -> Vec<Debt> {
        if self.begun.is_empty() {
            return Vec::new();
        }
        self.begun.remove(&(row, action.to_owned())).unwrap_or_default()
    }

    /// Keeps a notification until the row's place in the list is reached.
    pub(super) fn wait_for_target(&mut self, target: usize, debt: Debt) {
        self.for_target.entry(target).or_default().push(debt);
    }

    /// Takes the notifications that wait for this row's place in the list.
    pub(super) fn take_for_target(&mut self, target: usize) -> Vec<Debt> {
        if self.for_target.is_empty() {
            Vec::new()
        } else {
            self.for_target.remove(&target).unwrap_or_default()
        }
    }

    /// Takes everything that still waits for a notifier or a place in the list, in the order in which it was triggered
    /// as far as that is known.
    pub(super) fn take_late(&mut self) -> Vec<(usize, Debt)> {
        let by_target = std::mem::take(&mut self.for_target);
        let mut late: Vec<(usize, Debt)> = by_target
            .into_iter()
            .flat_map(|(row, debts)| debts.into_iter().map(move |debt| (row, debt)))
            .collect();
        late.extend(std::mem::take(&mut self.for_notifier).into_values().flatten());
        sorted::sort_by(&mut late, |(row, debt), (other, second)| {
            (row, &debt.run, &debt.from).cmp(&(other, &second.run, &second.from))
        });
        late
    }
}
