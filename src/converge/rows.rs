//! The rows as a tree: which stand inside which custom resource, and what holds for a row because of those around it.

use std::cell::OnceCell;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::model::collection::{Collection, Notification, Row, Timing};
use crate::model::event::ResourceRef;
use crate::model::journal::Debt;

/// The rows of a collection.
pub(super) struct Rows<'a> {
    collection: &'a Collection,
    children: Vec<Vec<usize>>,
    /// For each row, how many up to and with it are counted before anything is notified.
    positions: Vec<usize>,
    /// Rows that have a secret which can't be told from ordinary text.
    plain: FxHashSet<usize>,
    by_id: OnceCell<FxHashMap<String, Vec<usize>>>,
}

impl<'a> Rows<'a> {
    pub(super) fn new(collection: &'a Collection) -> Self {
        let mut children = vec![Vec::new(); collection.rows.len()];
        for (index, row) in collection.rows.iter().enumerate() {
            if let Some(parent) = &row.parent {
                children[parent.row].push(index);
            }
        }
        let (positions, plain) = (Vec::new(), FxHashSet::default());
        let mut rows = Self { collection, children, positions, plain, by_id: OnceCell::new() };
        let mut counted = 0;
        rows.positions = (0..rows.len())
            .map(|row| {
                counted += usize::from(rows.is_counted(row));
                counted
            })
            .collect();
        rows
    }

    /// The same, with rows that are sensitive whatever they declare.
    pub(super) fn hiding(mut self, plain: FxHashSet<usize>) -> Self {
        self.plain = plain;
        self
    }

    /// How many rows are counted before anything is notified.
    pub(super) fn counted(&self) -> usize {
        self.positions.last().copied().unwrap_or_default()
    }

    /// Whether a row is counted before anything is notified. Custom resources are counted by their rows, and rows of
    /// actions that nobody asks for not at all.
    pub(super) fn is_counted(&self, row: usize) -> bool {
        let is_asked_for = |row: usize| {
            let parent = self.get(row).parent.as_ref();
            parent.is_none_or(|parent| self.get(parent.row).actions.contains(&parent.action))
        };
        !self.get(row).custom && self.outwards(row).all(is_asked_for)
    }

    pub(super) fn len(&self) -> usize {
        self.collection.rows.len()
    }

    pub(super) fn run_list(&self) -> &'a [String] {
        &self.collection.run_list
    }

    pub(super) fn get(&self, row: usize) -> &'a Row {
        &self.collection.rows[row]
    }

    /// Rows that stand inside no custom resource, in order.
    pub(super) fn outermost(&self) -> Vec<usize> {
        (0..self.len()).filter(|&row| self.get(row).parent.is_none()).collect()
    }

    /// Rows of one action of a custom resource, in order.
    pub(super) fn of_action(&self, row: usize, action: &str) -> Vec<usize> {
        let of_action =
            |&child: &usize| self.get(child).parent.as_ref().is_some_and(|parent| parent.action == action);
        self.children[row].iter().copied().filter(of_action).collect()
    }

    /// The rows that an action of a custom resource comes to, at any depth.
    pub(super) fn reached(&self, row: usize, action: &str) -> Vec<usize> {
        let mut reached = self.of_action(row, action);
        let mut at = 0;
        while let Some(&next) = reached.get(at) {
            for action in self.get(next).actions.iter().filter(|_| self.get(next).custom) {
                reached.extend(self.of_action(next, action));
            }
            at += 1;
        }
        reached
    }

    /// All rows inside a custom resource, at any depth.
    pub(super) fn inside(&self, row: usize) -> Vec<usize> {
        let mut inside = Vec::new();
        let mut waiting = vec![row];
        while let Some(next) = waiting.pop() {
            inside.extend(&self.children[next]);
            waiting.extend(&self.children[next]);
        }
        inside
    }

    /// The row itself, then the custom resources around it, innermost first.
    pub(super) fn outwards(&self, row: usize) -> impl Iterator<Item = usize> + '_ {
        std::iter::successors(Some(row), |&row| self.get(row).parent.as_ref().map(|parent| parent.row))
    }

    /// Whether diffs, commands and output of the row are not shown.
    pub(super) fn is_sensitive(&self, row: usize) -> bool {
        self.plain.contains(&row) || self.outwards(row).any(|row| self.get(row).sensitive)
    }

    /// Whether the run goes on after a failure of the row.
    pub(super) fn ignores_failure(&self, row: usize) -> bool {
        self.outwards(row).any(|row| self.get(row).ignore_failure)
    }

    /// The notifications of a row that have this timing.
    pub(super) fn notifications(
        &self,
        row: usize,
        timing: Timing,
    ) -> impl Iterator<Item = &'a Notification> + use<'a> {
        self.get(row).notifies.iter().filter(move |notification| notification.timing == timing)
    }

    /// The row as events name it.
    pub(super) fn reference(&self, row: usize) -> ResourceRef {
        let declared = self.get(row);
        let mut within: Vec<String> = self.outwards(row).skip(1).map(|outer| self.get(outer).id()).collect();
        within.reverse();
        let mut location = declared.location.clone();
        if self.is_sensitive(row) {
            // What must not be said may stand in the very line.
            location.excerpt.clear();
        }
        ResourceRef { row, id: declared.id(), location, within, position: self.positions[row] }
    }

    /// The debt that a notification of a row makes.
    pub(super) fn debt(&self, row: usize, notification: &Notification, run: &str) -> Debt {
        let to = self.get(notification.target);
        Debt {
            to: to.id(),
            within: self.places(notification.target),
            recipe: to.recipe.clone(),
            action: notification.action.clone(),
            timing: notification.timing,
            from: self.get(row).id(),
            skip_on_failure: notification.skip_on_failure,
            awaits_notifier: false,
            run: run.to_owned(),
        }
    }

    /// The row that a debt is owed to: of the same name in the same action of the same custom resource, else the last
    /// of that name.
    pub(super) fn debtor(&self, debt: &Debt) -> Option<usize> {
        let named = self.named(&debt.to);
        let same = named.iter().rev().find(|&&row| self.places(row) == debt.within);
        same.or_else(|| named.last()).copied()
    }

    /// Rows of this name, in order.
    pub(super) fn named(&self, id: &str) -> &[usize] {
        let by_id = self.by_id.get_or_init(|| {
            let mut by_id: FxHashMap<String, Vec<usize>> = FxHashMap::default();
            for (index, row) in self.collection.rows.iter().enumerate() {
                by_id.entry(row.id()).or_default().push(index);
            }
            by_id
        });
        by_id.get(id).map_or(&[], Vec::as_slice)
    }

    /// Whether this run has the recipe.
    pub(super) fn has_recipe(&self, recipe: &str) -> bool {
        let names = |entry: &String| {
            entry == recipe || recipe.strip_suffix("::default").is_some_and(|cookbook| cookbook == entry)
        };
        self.run_list().iter().any(names) || self.collection.rows.iter().any(|row| row.recipe == recipe)
    }

    /// The custom resources around a row, each with the action that the row is part of, outermost first. Two actions
    /// may each declare a row of one name.
    fn places(&self, row: usize) -> Vec<String> {
        let mut places: Vec<String> = self
            .outwards(row)
            .filter_map(|row| self.get(row).parent.as_ref())
            .map(|parent| format!("{} {}", self.get(parent.row).id(), parent.action))
            .collect();
        places.reverse();
        places
    }
}
