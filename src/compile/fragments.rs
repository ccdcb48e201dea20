//! Gathers fragments into the resources that are made of them.
//!
//! After that a resource holds the text of its parts, with their guards. So converge needs nothing but the resource itself,
//! and a fragment that is no longer declared is gone.

use std::collections::{BTreeMap, BTreeSet};
use std::mem;

use serde_json::{Value, json};

use crate::model::collection::deferred::Part;
use crate::model::collection::{Notification, Row, deferred};
use crate::model::english::nearest;
use crate::model::error::Diagnostic;
use crate::model::schema::VALUE;
use crate::model::sorted;
use crate::resources;

use super::allowance::Allowance;

/// The fragments of each name, as row indexes in the order of their text.
type Fragments = BTreeMap<String, Vec<usize>>;

/// Replaces the name of fragments in each property with the fragments, and gives their notifications to the resource.
/// Returns errors.
pub(super) fn gather(rows: &mut [Row], allowance: &Allowance) -> Vec<Diagnostic> {
    let fragments = fragments(rows);
    let mut used: BTreeSet<String> = BTreeSet::new();
    let mut errors = Vec::new();
    for index in 0..rows.len() {
        let mut names = BTreeSet::new();
        rows[index].properties.values().for_each(|value| collect(value, &mut names));
        if names.is_empty() || rows[index].custom {
            continue;
        }
        if whole(&rows[index]).is_some() {
            let message = format!("{}: a fragment can't be made of fragments", rows[index].id());
            errors.push(Diagnostic::error(message).at(rows[index].location.clone()));
            continue;
        }
        let of_row: Vec<usize> =
            names.iter().filter_map(|name| fragments.get(name)).flatten().copied().collect();
        let size =
            of_row.iter().map(|part| VALUE + rows[*part].properties.values().map(length).sum::<usize>());
        if allowance.take(size.sum()).is_err() {
            let message = format!("{}: its fragments hold too much data", rows[index].id());
            errors.push(Diagnostic::error(message).at(rows[index].location.clone()));
            return errors;
        }
        let mut properties = mem::take(&mut rows[index].properties);
        properties.values_mut().for_each(|value| fill(value, rows, &fragments));
        rows[index].properties = properties;
        for part in of_row {
            let is_sensitive = outwards(rows, part).any(|row| rows[row].sensitive);
            rows[index].sensitive |= is_sensitive;
            // What is around the fragment is updated with it, unless the whole is in there, too.
            let around: Vec<usize> = outwards(rows, index).collect();
            let notifiers = outwards(rows, part).filter(|row| !around.contains(row));
            let notifications: Vec<Notification> =
                notifiers.flat_map(|row| rows[row].notifies.clone()).collect();
            for notification in notifications {
                if !rows[index].notifies.contains(&notification) {
                    rows[index].notifies.push(notification);
                }
            }
        }
        used.extend(names);
    }
    for (name, parts) in &fragments {
        for part in parts {
            rows[*part].notifies.clear();
        }
        if !used.contains(name) {
            errors.push(unused(&rows[parts[0]], name, &used));
        }
    }
    errors
}

/// What a row is a part of, if it is one.
fn whole(row: &Row) -> Option<&str> {
    let property = resources::find(&row.r#type).filter(|_| !row.custom)?.part_of?;
    row.properties.get(property)?.as_str()
}

fn fragments(rows: &[Row]) -> Fragments {
    let mut fragments = Fragments::new();
    for (index, row) in rows.iter().enumerate() {
        if let Some(name) = whole(row) {
            fragments.entry(name.to_owned()).or_default().push(index);
        }
    }
    let order = |row: &usize| rows[*row].properties.get("order").and_then(Value::as_i64);
    // Those with the same number stay in the order of their declaration.
    for parts in fragments.values_mut() {
        sorted::sort_by_key(parts, |row| order(row).unwrap_or(deferred::ORDER));
    }
    fragments
}

/// The names of the fragments in a value.
fn collect(value: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, names)),
        Value::Object(map) => match map.get(deferred::FRAGMENTS).and_then(Value::as_str) {
            Some(name) => names.extend([name.to_owned()]),
            None => map.values().for_each(|item| collect(item, names)),
        },
        _ => {}
    }
}

/// Replaces the names of fragments in a value.
fn fill(value: &mut Value, rows: &[Row], fragments: &Fragments) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| fill(item, rows, fragments)),
        Value::Object(map) => match map.get_mut(deferred::FRAGMENTS) {
            Some(name) => {
                let of_name = name.as_str().and_then(|name| fragments.get(name));
                let parts: Vec<Part> =
                    of_name.into_iter().flatten().filter_map(|row| part(rows, *row)).collect();
                *name = json!(parts);
            }
            None => map.values_mut().for_each(|item| fill(item, rows, fragments)),
        },
        _ => {}
    }
}

/// The row as a part. None if no action of it, or of a custom resource around it, is run.
fn part(rows: &[Row], row: usize) -> Option<Part> {
    let is_run = |row: usize| {
        let parent = rows[row].parent.as_ref();
        rows[row].actions.iter().any(|action| action != "nothing")
            && parent.is_none_or(|parent| rows[parent.row].actions.contains(&parent.action))
    };
    if !outwards(rows, row).all(is_run) {
        return None;
    }
    let content = rows[row].properties.get("content").cloned().unwrap_or_default();
    Some(Part {
        of: rows[row].id(),
        content,
        only_if: outwards(rows, row).flat_map(|row| rows[row].only_if.clone()).collect(),
        not_if: outwards(rows, row).flat_map(|row| rows[row].not_if.clone()).collect(),
    })
}

/// The row itself, then the custom resources around it.
fn outwards(rows: &[Row], row: usize) -> impl Iterator<Item = usize> {
    std::iter::successors(Some(row), |&row| rows[row].parent.as_ref().map(|parent| parent.row))
}

/// Length of the texts in a value.
fn length(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len(),
        Value::Array(items) => items.iter().map(|item| VALUE + length(item)).sum(),
        Value::Object(map) => map.values().map(|item| VALUE + length(item)).sum(),
        _ => 0,
    }
}

fn unused(row: &Row, name: &str, used: &BTreeSet<String>) -> Diagnostic {
    let error = Diagnostic::error(format!("{}: nothing is made of the fragments of `{name}`", row.id()))
        .at(row.location.clone());
    match nearest(name, used.iter().map(String::as_str)) {
        Some(near) => error.hint(format!("did you mean `{near}`?")),
        None => error.hint(format!("declare what is: file \"{name}\" {{ content = fragments \"{name}\" }}")),
    }
}
