//! Floor 5: the part of a collection that a run is about: `--only`, `--skip` and `--start-at`.
//!
//! A function from data to data, between compile and converge: it marks the rows that are left out. Every kind of run
//! gets the marked collection, so a plan and a run leave out the same, on this machine and on others.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::model::collection::{Collection, Row, deferred};

mod missing;
mod several;
mod word;

pub use missing::Missing;
pub use several::MissingWords;
pub use word::{ScopeWord, words};

/// What a run is about. By default everything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RunScope {
    /// If there are any: only what one of them names.
    pub only: Vec<ScopeWord>,
    /// What is left out, even if `only` names it.
    pub skip: Vec<ScopeWord>,
    /// The resource before which everything is left out.
    pub start_at: Option<ScopeWord>,
}

impl RunScope {
    /// Whether it leaves out nothing.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        self.only.is_empty() && self.skip.is_empty() && self.start_at.is_none()
    }

    /// All words, with the option of each.
    fn words(&self) -> impl Iterator<Item = (&'static str, &ScopeWord)> {
        let only = self.only.iter().map(|word| ("--only", word));
        let skip = self.skip.iter().map(|word| ("--skip", word));
        only.chain(skip).chain(self.start_at.iter().map(|word| ("--start-at", word)))
    }

    /// Marks the rows of a collection that are left out. A custom resource stays if anything inside it does. What only
    /// waits for a notification stays if something that stays may notify it, unless it is skipped. Returns the words
    /// that name nothing in the collection; a word that is missing leaves out as if it named nothing.
    #[must_use]
    pub fn apply(&self, mut collection: Collection) -> (Collection, Vec<Missing>) {
        if self.is_everything() {
            return (collection, Vec::new());
        }
        let missing = missing::find(self.words(), &collection);
        let left_out = self.left_out(&collection);
        let is_left_out = |row: usize| left_out[row].is_some();
        for (index, row) in collection.rows.iter_mut().enumerate() {
            row.left_out.clone_from(&left_out[index]);
            if row.left_out.is_some() {
                strip(row);
            } else {
                row.unsent = row.notifies.extract_if(.., |notice| is_left_out(notice.target)).collect();
            }
        }
        (collection, missing)
    }

    /// For each row, the option that leaves it out.
    fn left_out(&self, collection: &Collection) -> Vec<Option<String>> {
        let rows = &collection.rows;
        let mut reasons: Vec<Option<String>> = Vec::with_capacity(rows.len());
        let mut named = vec![false; rows.len()];
        let mut skipped = vec![false; rows.len()];
        let start = self.start_at.as_ref().map(|word| {
            let found = rows.iter().position(|row| word.names(row));
            (found.unwrap_or(rows.len()), format!("--start-at {word}"))
        });
        let only: BTreeSet<String> = self.only.iter().map(ToString::to_string).collect();
        let only = format!("--only {}", only.into_iter().collect::<Vec<_>>().join(","));
        for (index, row) in rows.iter().enumerate() {
            let around = row.parent.as_ref().map(|parent| parent.row);
            named[index] =
                around.is_some_and(|around| named[around]) || self.only.iter().any(|word| word.names(row));
            let skip = match around.filter(|&around| skipped[around]) {
                Some(around) => reasons[around].clone(),
                None => self.skip.iter().find(|word| word.names(row)).map(|word| format!("--skip {word}")),
            };
            skipped[index] = skip.is_some();
            let unnamed = || (!self.only.is_empty() && !named[index]).then(|| only.clone());
            let early = || start.as_ref().filter(|(start, _)| index < *start).map(|(_, by)| by.clone());
            reasons.push(skip.or_else(unnamed).or_else(early));
        }
        keep_notified(rows, &skipped, &mut reasons);
        keep_around(rows, &mut reasons);
        reasons
    }
}

/// Keeps what only acts when it is notified, if something that is kept may notify it.
fn keep_notified(rows: &[Row], skipped: &[bool], reasons: &mut [Option<String>]) {
    let mut inside: Vec<Vec<usize>> = vec![Vec::new(); rows.len()];
    for (index, row) in rows.iter().enumerate() {
        if let Some(parent) = &row.parent {
            inside[parent.row].push(index);
        }
    }
    let whole = of_parts(rows);
    let mut kept: Vec<usize> = (0..rows.len()).filter(|&row| reasons[row].is_none()).collect();
    while let Some(row) = kept.pop() {
        // A custom resource is updated when something inside it is.
        let around = std::iter::successors(Some(row), |&row| rows[row].parent.as_ref().map(|of| of.row));
        let mut reached: Vec<usize> = around
            .flat_map(|row| &rows[row].notifies)
            .map(|notification| notification.target)
            .filter(|&target| rows[target].actions == ["nothing"])
            .collect();
        // A part of a file is written by the resource that has the whole.
        reached.extend(whole.get(&rows[row].id()).into_iter().flatten());
        while let Some(target) = reached.pop() {
            if reasons[target].is_some() && !skipped[target] {
                reasons[target] = None;
                reached.extend(&inside[target]);
                kept.push(target);
            }
        }
    }
}

/// The rows that have the text of others in them, by the ids of those.
fn of_parts(rows: &[Row]) -> BTreeMap<String, Vec<usize>> {
    let mut whole: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, row) in rows.iter().enumerate() {
        for value in row.properties.values() {
            parts(value, &mut |of| whole.entry(of.to_owned()).or_default().push(index));
        }
    }
    whole
}

/// Goes through the ids of the parts in a value.
fn parts(value: &Value, see: &mut dyn FnMut(&str)) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| parts(item, see)),
        Value::Object(map) => {
            let fragments = map.get(deferred::FRAGMENTS).and_then(Value::as_array);
            fragments.into_iter().flatten().filter_map(|part| part.get("of")?.as_str()).for_each(&mut *see);
            map.values().for_each(|item| parts(item, see));
        }
        _ => {}
    }
}

/// Keeps the custom resources around what is kept, and leaves out those of which nothing is left.
fn keep_around(rows: &[Row], reasons: &mut [Option<String>]) {
    let mut inside: Vec<(bool, Option<String>)> = vec![(false, None); rows.len()];
    for index in (0..rows.len()).rev() {
        let (is_kept, reason) = std::mem::take(&mut inside[index]);
        if is_kept {
            reasons[index] = None;
        } else if reason.is_some() {
            reasons[index] = reason;
        }
        if let Some(parent) = &rows[index].parent {
            let (is_kept, reason) = &mut inside[parent.row];
            match &reasons[index] {
                None => *is_kept = true,
                Some(why) => *reason = Some(why.clone()),
            }
        }
    }
}

/// Drops what a row that is left out would need, so that its secrets and files are not sent anywhere.
fn strip(row: &mut Row) {
    row.properties.clear();
    row.only_if.clear();
    row.not_if.clear();
    row.notifies.clear();
}
