//! Notifications that were earned and have not run: a queue over what the target's journal holds. Nothing in here acts.

use std::collections::VecDeque;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::model::collection::Row;
use crate::model::journal::{Debt, DebtKey};

/// A row and the action that is to run there.
pub(super) type Pair = (usize, String);

/// A notified action that waits for the end of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Waiting {
    /// The row to act.
    pub(super) target: usize,
    pub(super) action: String,
    /// `type[name]` of the first that asked.
    pub(super) from: String,
    /// Whether all that asked want it dropped once something has failed.
    pub(super) skip_on_failure: bool,
    /// In a plan: whether none of those that asked is certain to change.
    pub(super) uncertain: bool,
    /// What the journal holds of it.
    pub(super) pays: Vec<Debt>,
}

/// What became of a notification that was just earned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Earned {
    /// It waits for the end of the list.
    First,
    /// Somebody else has asked for the same, and that still waits.
    Again,
    /// The same has run at the end of the list already, and does so once.
    Done,
}

/// All that is owed.
#[derive(Debug, Default)]
pub(super) struct Debts {
    /// What the journal holds.
    open: FxHashMap<DebtKey, Debt>,
    /// Order of what waits for the end of the list.
    order: VecDeque<Pair>,
    waiting: FxHashMap<Pair, Waiting>,
    /// Whatever has been put into the queue so far.
    queued: FxHashSet<Pair>,
    /// What waits until its notifier has come out well, by the notifier's `type[name]`.
    for_notifier: FxHashMap<String, Vec<(usize, Debt)>>,
    /// Immediate notifications of earlier runs whose notifier is declared no more, by the row to act.
    for_target: FxHashMap<usize, Vec<Debt>>,
}

impl Debts {
    /// Those of a journal are open.
    pub(super) fn open(&mut self, debts: impl IntoIterator<Item = Debt>) {
        for debt in debts {
            self.open.insert(debt.key(), debt);
        }
    }

    /// Those that are not written down yet, each once.
    pub(super) fn new_among(&self, debts: impl IntoIterator<Item = Debt>) -> Vec<Debt> {
        let mut new: Vec<Debt> = Vec::new();
        let mut at: FxHashMap<DebtKey, usize> = FxHashMap::default();
        for debt in debts {
            let key = debt.key();
            let waits = Debt { awaits_notifier: true, ..debt.clone() };
            let is_covered = |debt: &Debt| self.open.get(&debt.key()).is_some_and(|open| open.covers(debt));
            if is_covered(&debt) || is_covered(&waits) {
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

    /// Takes debts out of the journal; those that were in it come back.
    pub(super) fn strike(&mut self, debts: &[Debt]) -> Vec<Debt> {
        debts.iter().filter(|debt| self.open.remove(&debt.key()).is_some()).cloned().collect()
    }

    /// Lets a notified action wait for the end of the list, together with the others that ask for the same.
    pub(super) fn earn(&mut self, target: usize, debt: Debt, uncertain: bool) -> Earned {
        let pair = (target, debt.action.clone());
        if !self.waiting.contains_key(&pair) && self.queued.contains(&pair) {
            return Earned::Done;
        }
        self.queue(target, debt, uncertain)
    }

    /// The same for what an earlier run owes, which runs even if it has run in this one.
    pub(super) fn queue(&mut self, target: usize, debt: Debt, uncertain: bool) -> Earned {
        let pair = (target, debt.action.clone());
        if let Some(waiting) = self.waiting.get_mut(&pair) {
            waiting.skip_on_failure &= debt.skip_on_failure;
            let is_now_certain = waiting.uncertain && !uncertain;
            if is_now_certain {
                waiting.uncertain = false;
                waiting.from.clone_from(&debt.from);
            }
            if !waiting.pays.iter().any(|known| known.is_same(&debt)) {
                waiting.pays.push(debt);
            }
            return if is_now_certain { Earned::First } else { Earned::Again };
        }
        self.queued.insert(pair.clone());
        self.order.push_back(pair.clone());
        let Debt { action, from, skip_on_failure, .. } = debt.clone();
        let waiting = Waiting { target, action, from, skip_on_failure, uncertain, pays: vec![debt] };
        self.waiting.insert(pair, waiting);
        Earned::First
    }

    /// Whether the action that the debt asks for waits for the end of the list.
    pub(super) fn is_waiting(&self, target: usize, debt: &Debt) -> bool {
        self.waiting.contains_key(&(target, debt.action.clone()))
    }

    /// The run goes on in another part, in which what has run at the end of this one may do so again.
    pub(super) fn begin_anew(&mut self) {
        let Self { queued, waiting, .. } = self;
        queued.retain(|pair| waiting.contains_key(pair));
    }

    /// The first that waits for the end of the list.
    pub(super) fn next(&mut self) -> Option<Waiting> {
        let pair = self.order.pop_front()?;
        self.waiting.remove(&pair)
    }

    /// Lets a debt wait until its notifier has come out well.
    pub(super) fn wait_for_notifier(&mut self, target: usize, debt: Debt) {
        let waiting = self.for_notifier.entry(debt.from.clone()).or_default();
        if !waiting.iter().any(|(_, known)| known.is_same(&debt)) {
            waiting.push((target, debt));
        }
    }

    /// What waited for this notifier.
    pub(super) fn take_for_notifier(&mut self, from: &Row) -> Vec<(usize, Debt)> {
        if self.for_notifier.is_empty() {
            Vec::new()
        } else {
            self.for_notifier.remove(&from.id()).unwrap_or_default()
        }
    }

    /// Lets a debt wait for its target's place in the list.
    pub(super) fn wait_for_target(&mut self, target: usize, debt: Debt) {
        self.for_target.entry(target).or_default().push(debt);
    }

    /// What waited for this row's place in the list.
    pub(super) fn take_for_target(&mut self, target: usize) -> Vec<Debt> {
        if self.for_target.is_empty() {
            Vec::new()
        } else {
            self.for_target.remove(&target).unwrap_or_default()
        }
    }

    /// All that still waits for a notifier or a place, in the order in which it was earned as far as that is known.
    pub(super) fn take_late(&mut self) -> Vec<(usize, Debt)> {
        let by_target = std::mem::take(&mut self.for_target);
        let mut late: Vec<(usize, Debt)> = by_target
            .into_iter()
            .flat_map(|(row, debts)| debts.into_iter().map(move |debt| (row, debt)))
            .collect();
        late.extend(std::mem::take(&mut self.for_notifier).into_values().flatten());
        late.sort_by(|(row, debt), (other, second)| {
            (row, &debt.run, &debt.from).cmp(&(other, &second.run, &second.from))
        });
        late
    }
}
