//! What a saved plan foresaw, by row and action.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::model::collection::Timing;
use crate::model::foreseen::{Foreseen, ForeseenChange};

use super::rows::Rows;

/// The changes that a run of a saved plan may make.
pub(super) struct ForeseenChanges<'a> {
    changes: FxHashMap<(usize, &'a str), Vec<&'a ForeseenChange>>,
    /// Actions of which the plan could not tell what they change.
    unknown: FxHashSet<(usize, &'a str)>,
    /// Rows with such an action.
    unknown_rows: FxHashSet<usize>,
    may_run: &'a [(String, String)],
    /// What failures run, and what that notifies: no plan knows of a failure.
    after_failures: FxHashSet<(usize, &'a str)>,
}

impl<'a> ForeseenChanges<'a> {
    pub(super) fn of(foreseen: &'a Foreseen, rows: &Rows<'a>) -> Self {
        let mut changes = FxHashMap::<_, Vec<_>>::default();
        let (mut unknown, mut unknown_rows) = (FxHashSet::default(), FxHashSet::default());
        for action in &foreseen.actions {
            let key = (action.row, action.action.as_str());
            changes.entry(key).or_default().extend(&action.changes);
            if action.unknown_until.is_some() {
                unknown.insert(key);
                unknown_rows.insert(action.row);
            }
        }
        Self {
            changes,
            unknown,
            unknown_rows,
            may_run: &foreseen.may_run,
            after_failures: after_failures(rows),
        }
    }

    /// Whether the plan left open what an action changes: of itself, or of a custom resource around it.
    pub(super) fn leaves_open(&self, rows: &Rows<'_>, row: usize, action: &str) -> bool {
        let id = rows.get(row).id();
        if self.unknown.contains(&(row, action))
            || self.after_failures.contains(&(row, action))
            || self.may_run.iter().any(|(may, how)| *may == id && how == action)
        {
            return true;
        }
        rows.outwards(row).any(|outer| {
            let may_run = || {
                let id = rows.get(outer).id();
                self.may_run.iter().any(|(may, _)| *may == id)
            };
            let after_failure = || self.after_failures.iter().any(|(row, _)| *row == outer);
            outer != row && (self.unknown_rows.contains(&outer) || may_run() || after_failure())
        })
    }

    /// Whether the plan has shown this change of an action.
    pub(super) fn has(&self, row: usize, action: &str, summary: &str, diff: Option<&str>) -> bool {
        let mut foretold = self.changes.get(&(row, action)).into_iter().flatten();
        foretold.any(|change| change.is_of(summary, diff))
    }
}

/// The actions that failures run, and those that they lead to.
fn after_failures<'a>(rows: &Rows<'a>) -> FxHashSet<(usize, &'a str)> {
    let mut found = FxHashSet::default();
    let mut open: Vec<(usize, &str)> = (0..rows.len())
        .flat_map(|row| rows.notifications(row, Timing::OnFailure))
        .map(|notification| (notification.target, notification.action.as_str()))
        .collect();
    while let Some((row, action)) = open.pop() {
        if !found.insert((row, action)) {
            continue;
        }
        for row in std::iter::once(row).chain(rows.of_action(row, action)) {
            let notified = rows.get(row).notifies.iter();
            open.extend(notified.map(|notification| (notification.target, notification.action.as_str())));
        }
    }
    found
}
