//! What differs between a saved plan and the present: the machine, what was compiled for it, and what would change there.

use std::collections::BTreeMap;

use crate::model::collection::Collection;
use crate::model::english::one_line;
use crate::model::error::Diagnostic;
use crate::model::exit::Exit;
use crate::model::foreseen::{Foreseen, ForeseenAction};
use crate::model::sorted;

use super::saved_plan::TargetMarks;
use super::target_marks::DIGITS;

/// Most differences of a target that a message lists.
const LISTED: usize = 5;

/// A difference of a target, with the exit code.
#[derive(Debug, Clone)]
pub(super) struct Drift {
    pub(super) exit: Exit,
    pub(super) finding: Diagnostic,
}

/// What differs in the machine, or in what was compiled for it.
pub(super) fn of_marks(
    target: &str,
    saved: &TargetMarks,
    now: &TargetMarks,
    collection: &Collection,
) -> Option<Drift> {
    let name = one_line(target);
    if saved.machine != now.machine {
        let finding = Diagnostic::error(format!("{name} is not the machine that was planned for"));
        let (was, is) = (one_line(&saved.hostname), one_line(&now.hostname));
        let finding = finding.note(if was == is {
            format!("both are called `{is}`, and their ids differ")
        } else {
            format!("that was `{was}`, and this is `{is}`")
        });
        return Some(Drift { exit: Exit::Refused, finding });
    }
    if saved.collection == now.collection {
        return None;
    }
    let finding =
        Diagnostic::error(format!("{name}: the recipes declare something else than when it was planned"));
    let digits = |rows: &str, row: usize| rows.get(row * DIGITS..(row + 1) * DIGITS).map(str::to_owned);
    let (before, after) = (saved.rows.len() / DIGITS, collection.rows.len());
    let first = (0..before.min(after)).find(|&row| digits(&saved.rows, row) != digits(&now.rows, row));
    let finding = match first.or((after > before).then_some(before)).and_then(|row| collection.rows.get(row))
    {
        Some(row) => {
            let finding = finding.note(format!("the first difference is {}", one_line(&row.id())));
            finding.at(row.location.clone())
        }
        None if after < before => finding.note("resources at the end are no longer declared"),
        None => finding,
    };
    let finding =
        finding.note("the files of the project have changed, or facts of the machine that recipes use");
    Some(Drift { exit: Exit::Changes, finding })
}

/// What differs in the changes. The machine and what was compiled for it are the same.
pub(super) fn of_changes(target: &str, saved: &Foreseen, now: &Foreseen) -> Option<Drift> {
    if saved == now {
        return None;
    }
    let (before, after) = (by_action(saved), by_action(now));
    let mut differences: Vec<(usize, String)> = Vec::new();
    for (key, planned) in &before {
        let present = after.get(key).map(Vec::as_slice).unwrap_or_default();
        if planned != present {
            differences.push((key.0, difference(planned, present)));
        }
    }
    for (key, present) in after.iter().filter(|(key, _)| !before.contains_key(key)) {
        differences.push((key.0, difference(&[], present)));
    }
    sorted::sort_by_key(&mut differences, |(row, _)| *row);
    let name = one_line(target);
    let finding = Diagnostic::error(format!("{name} has changed since it was planned"));
    let more = differences.len().saturating_sub(LISTED);
    let listed = differences.into_iter().take(LISTED);
    let mut finding = listed.fold(finding, |finding, (_, difference)| finding.note(difference));
    if more > 0 {
        finding = finding.note(format!("and {more} more"));
    } else if before == after {
        finding = finding.note("the same changes would be made in another order, or for other notifications");
    }
    Some(Drift { exit: Exit::Changes, finding })
}

type ByAction<'a> = BTreeMap<(usize, &'a str), Vec<&'a ForeseenAction>>;

/// The turns of each action of each row.
fn by_action(foreseen: &Foreseen) -> ByAction<'_> {
    let mut actions = ByAction::new();
    for action in &foreseen.actions {
        actions.entry((action.row, action.action.as_str())).or_default().push(action);
    }
    actions
}

/// The difference of one action of a row, as a line.
fn difference(planned: &[&ForeseenAction], present: &[&ForeseenAction]) -> String {
    let who = planned.first().or(present.first());
    let who = who.map(|action| format!("{} {}", action.resource, action.action)).unwrap_or_default();
    let (was, is) = (said(planned), said(present));
    let line = if was == is {
        format!("{who}: {is}, with another difference than planned")
    } else {
        format!("{who}: planned was: {was}; now it is: {is}")
    };
    one_line(&line)
}

/// What an action would do, in words.
fn said(turns: &[&ForeseenAction]) -> String {
    let words: Vec<String> = turns.iter().map(|action| of_turn(action)).collect();
    if words.is_empty() { "no change".to_owned() } else { words.join(", then ") }
}

fn of_turn(action: &ForeseenAction) -> String {
    let changes: Vec<&str> = action.changes.iter().map(|change| change.summary.as_str()).collect();
    let changes = changes.join(", ");
    match &action.unknown_until {
        Some(until) if changes.is_empty() => format!("unknown until {until}"),
        Some(until) => format!("{changes}, in detail unknown until {until}"),
        None => changes,
    }
}
