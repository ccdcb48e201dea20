//! The rows as a tree of custom resources, and the properties that a row gets from those around it.

use std::cell::OnceCell;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::model::capability::Authority;
use crate::model::collection::{Collection, Notification, Row, Timing};
use crate::model::event::ResourceRef;
use crate::model::foreseen::Foreseen;
use crate::model::journal::{BegunAction, Debt};

pub(super) struct Rows<'a> {
    collection: &'a Collection,
    children: Vec<Vec<usize>>,
    /// For each row, the number of counted rows up to and including it.
    positions: Vec<usize>,
    /// Rows with a secret that is too plain to be masked.
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

    /// Whether what the row does is not limited to the grants of a cookbook.
    pub(super) fn is_free(&self, row: usize) -> bool {
        self.collection.authorities.is_empty() || self.authorities(row).next().is_none()
    }

    /// The rights that the row is held to, with the names of their cookbooks.
    pub(super) fn authorities(&self, row: usize) -> impl Iterator<Item = (&'a str, &'a Authority)> + use<'a> {
        self.collection.authorities_of(self.get(row))
    }

    /// Treats these rows as sensitive, whatever they declare.
    pub(super) fn hiding(mut self, plain: FxHashSet<usize>) -> Self {
        self.plain = plain;
        self
    }

    /// What a saved plan foresaw, if this is a run of one.
    pub(super) fn foreseen(&self) -> Option<&'a Foreseen> {
        self.collection.foreseen.as_ref()
    }

    /// Number of rows that are counted from the start.
    pub(super) fn counted(&self) -> usize {
        self.positions.last().copied().unwrap_or_default()
    }

    /// Whether the run leaves a row out.
    pub(super) fn is_left_out(&self, row: usize) -> bool {
        self.get(row).left_out.is_some()
    }

    /// The rows that would be counted, but are left out.
    pub(super) fn left_out(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.len()).filter(|&row| self.is_left_out(row) && self.would_count(row))
    }

    /// The rows that are not left out.
    pub(super) fn chosen(&self) -> impl Iterator<Item = usize> + use<'a> {
        let collection = self.collection;
        (0..collection.rows.len()).filter(|&row| collection.rows[row].left_out.is_none())
    }

    /// Whether a row is counted even if it is never notified. A custom resource counts through its rows; rows of an
    /// action that is not in `action` do not count.
    pub(super) fn is_counted(&self, row: usize) -> bool {
        !self.is_left_out(row) && self.would_count(row)
    }

    fn would_count(&self, row: usize) -> bool {
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

    /// Rows outside all custom resources that are not left out, in order.
    pub(super) fn outermost(&self) -> Vec<usize> {
        self.chosen().filter(|&row| self.get(row).parent.is_none()).collect()
    }

    /// Rows of one action of a custom resource that are not left out, in order.
    pub(super) fn of_action(&self, row: usize, action: &str) -> Vec<usize> {
        let of_action =
            |&child: &usize| self.get(child).parent.as_ref().is_some_and(|parent| parent.action == action);
        self.children[row].iter().copied().filter(of_action).filter(|&row| !self.is_left_out(row)).collect()
    }

    /// All rows that an action of a custom resource reaches, at any depth.
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

    /// Whether diffs, commands and output of the row are hidden.
    pub(super) fn is_sensitive(&self, row: usize) -> bool {
        self.plain.contains(&row) || self.outwards(row).any(|row| self.get(row).sensitive)
    }

    /// Whether reports show differences of the row.
    pub(super) fn shows_diff(&self, row: usize) -> bool {
        !self.is_sensitive(row) && self.outwards(row).all(|row| self.get(row).diff)
    }

    /// Whether the run continues after a failure of the row.
    pub(super) fn ignores_failure(&self, row: usize) -> bool {
        self.outwards(row).any(|row| self.get(row).ignore_failure)
    }

    /// The notifications of a row with this timing.
    pub(super) fn notifications(
        &self,
        row: usize,
        timing: Timing,
    ) -> impl Iterator<Item = &'a Notification> + use<'a> {
        self.get(row).notifies.iter().filter(move |notification| notification.timing == timing)
    }

    /// The row as events refer to it.
    pub(super) fn reference(&self, row: usize) -> ResourceRef {
        let declared = self.get(row);
        let mut within: Vec<String> = self.outwards(row).skip(1).map(|outer| self.get(outer).id()).collect();
        within.reverse();
        let mut location = declared.location.clone();
        if self.is_sensitive(row) {
            // The line itself may contain the secret.
            location.excerpt.clear();
        }
        ResourceRef {
            row,
            id: declared.id(),
            location,
            within,
            cookbook: declared.cookbook.clone(),
            asked_by: self.collection.asker(declared).to_owned(),
            position: self.positions[row],
        }
    }

    /// The journal entry for a notification of a row.
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
            awaits: None,
            begun: None,
            run: run.to_owned(),
        }
    }

    /// The journal entry for an action of a row that is begun.
    pub(super) fn begun(&self, row: usize, action: &str, begun: BegunAction, run: &str) -> Debt {
        let notification = Notification {
            target: row,
            action: action.to_owned(),
            timing: Timing::Immediately,
            skip_on_failure: false,
        };
        Debt { begun: Some(begun), ..self.debt(row, &notification, run) }
    }

    /// Whether an action of a row is declared, or some row notifies it.
    pub(super) fn may_run(&self, row: usize, action: &str) -> bool {
        let notifies =
            |notification: &Notification| notification.target == row && notification.action == action;
        self.get(row).actions.iter().any(|declared| declared == action)
            || self.collection.rows.iter().flat_map(|row| &row.notifies).any(notifies)
    }

    /// The row that a journal entry notifies: the one with this name in the same action of the same custom resource, or
    /// else the last one with this name.
    pub(super) fn row_of(&self, debt: &Debt) -> Option<usize> {
        let named = self.named(&debt.to);
        let same = named.iter().rev().find(|&&row| self.places(row) == debt.within);
        same.or_else(|| named.last()).copied()
    }

    /// Rows with this name, in order.
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

    /// Whether this run includes the recipe.
    pub(super) fn has_recipe(&self, recipe: &str) -> bool {
        let names = |entry: &String| {
            entry == recipe || recipe.strip_suffix("::default").is_some_and(|cookbook| cookbook == entry)
        };
        self.run_list().iter().any(names) || self.collection.rows.iter().any(|row| row.recipe == recipe)
    }

    /// The custom resources around a row, each with the action that the row belongs to, outermost first. The action is
    /// needed because two actions may declare rows with the same name.
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
