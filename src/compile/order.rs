//! Puts rows into their final order, resolves notifications to rows, and looks for contradicting duplicates.

use std::collections::{BTreeMap, HashMap};

use crate::model::collection::{Collection, Row, SCHEMA};
use crate::model::english::list;
use crate::model::error::Diagnostic;
use crate::resources;

use super::membership;
use super::reference::as_paths;
use super::resolve::Resolved;
use super::session::Draft;

/// Returns all rows in their final order, the row index of each draft, and warnings about duplicates that contradict
/// each other.
pub(super) fn collection(
    run_list: &[String],
    drafts: Vec<Draft>,
    resolved: Vec<Resolved>,
    is_twice: bool,
) -> (Collection, Vec<usize>, Vec<Diagnostic>) {
    let order = order(&drafts);
    let mut position = vec![0; drafts.len()];
    for (at, draft) in order.iter().enumerate() {
        position[*draft] = at;
    }
    let mut warnings = if is_twice { contradictions(&drafts, &order) } else { Vec::new() };
    warnings.extend(membership::contradictions(order.iter().map(|at| &drafts[*at].row)));
    // Converted in place, so that thousands of rows are not held twice.
    let mut rows: Vec<Row> = drafts.into_iter().map(|draft| draft.row).collect();
    // The rows below have the content of the files. Here the path is enough.
    for row in rows.iter_mut().filter(|row| row.custom) {
        row.properties.values_mut().for_each(as_paths);
    }
    for resolved_one in resolved {
        if let Some(row) = rows.get_mut(resolved_one.from) {
            let mut notification = resolved_one.notification;
            notification.target = position[notification.target];
            row.notifies.push(notification);
        }
    }
    for parent in rows.iter_mut().filter_map(|row| row.parent.as_mut()) {
        parent.row = position[parent.row];
    }
    if !order.is_sorted() {
        let mut drafts: Vec<Option<Row>> = rows.into_iter().map(Some).collect();
        rows = order.iter().filter_map(|draft| drafts[*draft].take()).collect();
    }
    let run_list = run_list.to_vec();
    (Collection { schema: SCHEMA, run_list, rows, ..Collection::default() }, position, warnings)
}

/// The final order of the drafts: those of a custom resource follow it directly, however late its action was run.
fn order(drafts: &[Draft]) -> Vec<usize> {
    let mut below: BTreeMap<Option<usize>, Vec<usize>> = BTreeMap::new();
    for (index, draft) in drafts.iter().enumerate() {
        below.entry(draft.row.parent.as_ref().map(|parent| parent.row)).or_default().push(index);
    }
    let mut order = Vec::with_capacity(drafts.len());
    let mut waiting: Vec<usize> = below.remove(&None).unwrap_or_default();
    waiting.reverse();
    while let Some(next) = waiting.pop() {
        order.push(next);
        waiting.extend(below.remove(&Some(next)).unwrap_or_default().into_iter().rev());
    }
    order
}

/// Warnings about resources of the same type and name in the same scope whose properties differ.
fn contradictions(drafts: &[Draft], order: &[usize]) -> Vec<Diagnostic> {
    let mut last: HashMap<(Option<(usize, &str)>, &str, &str), usize> = HashMap::new();
    let mut warnings = Vec::new();
    for index in order {
        let row = &drafts[*index].row;
        let scope = row.parent.as_ref().map(|parent| (parent.row, parent.action.as_str()));
        let Some(before) = last.insert((scope, &row.r#type, &row.name), *index) else { continue };
        let before = &drafts[before].row;
        let parts = resources::find(&row.r#type).map_or(&[][..], |known| known.parts);
        if parts.iter().any(|part| row.properties.get(*part) != before.properties.get(*part)) {
            continue;
        }
        let differing: Vec<String> = row
            .properties
            .iter()
            .filter(|(key, value)| before.properties.get(*key).is_some_and(|other| other != *value))
            .map(|(key, _)| format!("`{key}`"))
            .collect();
        if !differing.is_empty() {
            warnings.push(
                Diagnostic::warning(format!(
                    "{} is declared twice with different {}",
                    row.id(),
                    list(&differing, "and")
                ))
                .at(row.location.clone())
                .note(format!("declared before at {}; both run, in order", before.location)),
            );
        }
    }
    warnings
}
