//! The guards of a row as conditions.

use super::later::LaterValues;
use super::outlined::{OutlinedGuard, OutlinedTest};
use crate::model::collection::{Guard, Row};
use crate::model::portable::Declined;
use crate::model::step::Command;

/// The conditions of a row, and the one that is never met if there is one. `around` is what its commands inherit.
///
/// # Errors
/// A deferred value in a command can't be marked.
pub(super) fn of_row(
    row: &Row,
    around: &Command,
    later: &mut LaterValues,
) -> Result<(Vec<OutlinedGuard>, Option<String>), Declined> {
    let mut guards = Vec::new();
    let mut never = None;
    let only_if = row.only_if.iter().map(|guard| (guard, true));
    for (guard, wanted) in only_if.chain(row.not_if.iter().map(|guard| (guard, false))) {
        let test = match guard {
            Guard::Is(value) if *value == wanted => continue,
            Guard::Is(value) => {
                never = Some(format!("{} {value}", if wanted { "only_if" } else { "not_if" }));
                continue;
            }
            Guard::Exists(path) => OutlinedTest::Exists(path.clone()),
            Guard::Command(command) => OutlinedTest::Succeeds(Box::new(command.inheriting(around.clone()))),
            Guard::Deferred(form) => {
                let command: Command = serde_json::from_value(later.mark(form)?)
                    .map_err(|_| Declined::from("the command of a guard can't be read"))?;
                OutlinedTest::Succeeds(Box::new(command.inheriting(around.clone())))
            }
        };
        guards.push(OutlinedGuard { test, wanted });
    }
    Ok((guards, never))
}
