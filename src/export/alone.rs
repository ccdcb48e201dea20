//! One unit as a shell script of its own, for what a tool has no word for.

use std::collections::BTreeSet;

use super::loss::ExportLoss;
use super::outlined::{ExportOutline, OutlinedAction, OutlinedRow};
use super::sequence::Unit;
use super::sh;
use crate::model::collection::{Notification, Row, Timing};
use crate::model::portable::marked::{LaterValue, marker};
use crate::model::sorted;

/// A script for one unit.
pub(super) struct OwnScript {
    pub(super) text: String,
    /// The names of the secrets that it needs. See [`super::shell_words::secret_variable`].
    pub(super) secrets: Vec<String>,
}

/// The largest argument of a command, in bytes, with room for the words around the script. Linux takes 128 KiB.
const LARGEST_ARGUMENT: usize = 130_000;
/// Bytes that are added to each single quote, where a tool quotes the script once more.
const QUOTE: usize = 4;

/// The script of a unit for a tool that starts it as an argument of a shell.
pub(super) fn argument(
    outline: &ExportOutline<'_>,
    unit: &Unit<'_>,
    losses: &mut Vec<ExportLoss>,
) -> OwnScript {
    let script = script(outline, unit, losses);
    if script.text.len() + QUOTE * script.text.matches('\'').count() > LARGEST_ARGUMENT {
        let reason = "its script is too long for an argument of a command, and fails".to_owned();
        losses.push(ExportLoss { row: unit.index, of: unit.action.name.clone(), reason });
    }
    script
}

/// The script of a unit. With `--check` it changes nothing, and ends with 0 only if nothing would change.
pub(super) fn script(
    outline: &ExportOutline<'_>,
    unit: &Unit<'_>,
    losses: &mut Vec<ExportLoss>,
) -> OwnScript {
    let mut indices: BTreeSet<usize> = sorted::collected([unit.index]);
    if unit.is_whole {
        indices.extend(outline.inside(unit.index));
        loop {
            let notified: Vec<usize> = indices
                .iter()
                .flat_map(|index| &outline.rows[*index].row.notifies)
                .filter(|sent| is_around(sent))
                .flat_map(|sent| [vec![sent.target], outline.inside(sent.target)].concat())
                .collect();
            let before = indices.len();
            indices.extend(notified);
            if indices.len() == before {
                break;
            }
        }
    }
    let indices: Vec<usize> = indices.into_iter().collect();
    let position = |index: usize| indices.binary_search(&index).ok();
    let is_inside = |sent: &Notification| unit.is_whole && (is_around(sent) || sent.target != unit.index);
    let rows: Vec<Row> = indices
        .iter()
        .map(|index| {
            let mut row = outline.rows[*index].row.clone();
            row.parent = row.parent.filter(|_| *index != unit.index).and_then(|mut parent| {
                parent.row = position(parent.row)?;
                Some(parent)
            });
            row.requires.clear();
            row.notifies.retain(is_inside);
            row.notifies = row
                .notifies
                .into_iter()
                .filter_map(|mut sent| {
                    sent.target = position(sent.target)?;
                    Some(sent)
                })
                .collect();
            row
        })
        .collect();
    let outlined: Vec<OutlinedRow<'_>> =
        indices.iter().zip(&rows).map(|(index, row)| copied(outline, unit, *index, row)).collect();
    let part = ExportOutline {
        collection: outline.collection,
        later: needed(outline, &outlined),
        rows: outlined,
        machine: outline.machine.clone(),
        blobs: outline.blobs,
        losses: Vec::new(),
    };
    let mut lost = Vec::new();
    let text = sh::text(&part, &mut lost);
    for mut loss in lost {
        loss.row = indices[loss.row];
        if !losses.contains(&loss) {
            losses.push(loss);
        }
    }
    OwnScript { text, secrets: part.secrets().into_iter().map(str::to_owned).collect() }
}

/// Whether a notification runs at a time that only a script knows.
fn is_around(sent: &Notification) -> bool {
    matches!(sent.timing, Timing::Before | Timing::OnFailure)
}

fn copied<'a>(outline: &ExportOutline<'_>, unit: &Unit<'_>, index: usize, row: &'a Row) -> OutlinedRow<'a> {
    let of = &outline.rows[index];
    let is_unit = index == unit.index;
    // What stands outside of the unit is there to be notified.
    let is_part = is_unit || row.parent.is_some();
    let copy = |action: &OutlinedAction| OutlinedAction {
        name: action.name.clone(),
        is_declared: is_unit || is_part && action.is_declared,
        items: action.items.clone(),
        declined: action.declined.clone(),
    };
    let actions = of.actions.iter().filter(|action| !is_unit || action.name == unit.action.name).map(copy);
    OutlinedRow {
        row,
        guards: of.guards.clone(),
        never: of.never.clone(),
        is_sensitive: of.is_sensitive,
        actions: actions.collect(),
    }
}

/// The deferred values, without the secrets that these rows do not need. Each keeps its number.
fn needed(outline: &ExportOutline<'_>, rows: &[OutlinedRow<'_>]) -> Vec<LaterValue> {
    let shown = format!("{rows:?}");
    let is_shown = |number: usize| shown.contains(&marker(number).escape_debug().to_string());
    let is_used = |number: usize| {
        let quoted = outline.later.iter().enumerate();
        let mut used =
            quoted.filter(|(_, value)| matches!(value, LaterValue::Quoted(_, of) if *of == number));
        is_shown(number) || used.any(|(quoted, _)| is_shown(quoted))
    };
    let keep = |(number, value): (usize, &LaterValue)| match value {
        LaterValue::Secret(_) if !is_used(number) => LaterValue::Contents(String::new()),
        other => other.clone(),
    };
    outline.later.iter().enumerate().map(keep).collect()
}
