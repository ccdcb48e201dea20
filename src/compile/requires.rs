//! The property `requires`: earlier resources without which one is not run.

use std::collections::BTreeSet;

use mlua::{Table, Value as LuaValue};

use crate::model::collection::Row;
use crate::model::error::{Diagnostic, Location};

use super::compilation::Compilation;
use super::convert::{describe, text};
use super::notify::mentioned;
use super::resolve::near;
use super::session::{CompileSession, NotificationEnd, WrittenRequirement};

/// A requirement between two drafts.
pub(super) struct Requirement {
    owner: usize,
    on: usize,
    location: Location,
}

impl Compilation {
    /// Reads the value of `requires`: a resource, or a list of them.
    pub(super) fn read_requirements(&self, draft: usize, value: &LuaValue) -> Result<(), Diagnostic> {
        let listed = match value {
            LuaValue::Table(table) => items(table)?,
            one => vec![one.clone()],
        };
        let mut session = self.session.borrow_mut();
        let location = session.property_location(draft, Some("requires"));
        for value in &listed {
            let other = mentioned(value).ok_or_else(|| malformed(&describe(value)))?;
            session.requirements.push(WrittenRequirement { owner: draft, other, location: location.clone() });
        }
        Ok(())
    }

    /// Finds the drafts that are required. Names that nothing has are recorded as errors.
    pub(super) fn resolve_requirements(&self) -> Vec<Requirement> {
        let mut session = self.session.borrow_mut();
        let mut resolved = Vec::new();
        for WrittenRequirement { owner, other, location } in std::mem::take(&mut session.requirements) {
            match session.find(owner, &other) {
                Some(on) => resolved.push(Requirement { owner, on, location }),
                // A file that ended with an error may have declared it.
                None if session.aborted => {}
                None => {
                    let wrong = never_declared(&session, owner, &other);
                    session.record(wrong.at(location));
                }
            }
        }
        resolved
    }
}

/// Adds requirements to rows. `position` is the row of each draft. Returns an error for each one that can't be met in
/// the order of the rows.
pub(super) fn add(rows: &mut [Row], requirements: Vec<Requirement>, position: &[usize]) -> Vec<Diagnostic> {
    let mut wrong = Vec::new();
    for Requirement { owner, on, location } in requirements {
        let (row, required) = (position[owner], position[on]);
        match out_of_order(rows, row, required) {
            Some(problem) => wrong.push(problem.at(location)),
            None if rows[row].requires.contains(&required) => {}
            None => rows[row].requires.push(required),
        }
    }
    wrong
}

/// The error for a required row that does not end before the row.
fn out_of_order(rows: &[Row], row: usize, required: usize) -> Option<Diagnostic> {
    let (own, other) = (rows[row].id(), rows[required].id());
    if row == required {
        return Some(
            Diagnostic::error(format!("{own}: `requires` names the resource itself")).hint("leave it out"),
        );
    }
    let around = |inner: usize| {
        let parent = |row: &usize| rows[*row].parent.as_ref().map(|parent| parent.row);
        std::iter::successors(Some(inner), parent).skip(1)
    };
    if around(row).any(|outer| outer == required) {
        return Some(
            Diagnostic::error(format!("{own}: `requires` names {other}, which it is a part of"))
                .hint("leave it out: it waits for what is inside it anyway"),
        );
    }
    if required < row {
        return None;
    }
    let place = &rows[required].location;
    let wrong = Diagnostic::error(format!("{own}: `requires` names {other}, which is declared later"))
        .note(format!("{other} is declared at {place}"));
    Some(if around(required).any(|outer| outer == row) {
        wrong.hint("what is inside a resource runs with it, so leave it out")
    } else {
        wrong.hint(format!("declare {other} first: resources run in the order in which they are written"))
    })
}

/// The items of a list.
fn items(table: &Table) -> Result<Vec<LuaValue>, Diagnostic> {
    let mut items = Vec::new();
    for pair in table.pairs::<LuaValue, LuaValue>() {
        let (key, item) = pair.map_err(|error| Diagnostic::error(error.to_string()))?;
        if let Some(key) = text(&key) {
            return Err(malformed(&format!("a table with the key `{key}`")));
        }
        items.push(item);
    }
    Ok(items)
}

fn malformed(found: &str) -> Diagnostic {
    Diagnostic::error(format!("property `requires` takes a resource or a list of them, not {found}")).hint(
        "requires = \"package[nginx]\", or `{ db, \"package[nginx]\" }`, where `db` is what a declaration gave",
    )
}

fn never_declared(session: &CompileSession, owner: usize, other: &NotificationEnd) -> Diagnostic {
    let own = session.drafts[owner].row.id();
    let NotificationEnd::Named(kind, name) = other else {
        return Diagnostic::error(format!("{own}: `requires` names a resource that is gone"));
    };
    let id = format!("{kind}[{name}]");
    let wrong = Diagnostic::error(format!("{own}: `requires` names {id}, which is never declared"));
    let ids: BTreeSet<String> = session.drafts.iter().map(|draft| draft.row.id()).collect();
    if ids.contains(&id) {
        return wrong.hint("it is inside a custom resource: require that one instead");
    }
    wrong.hint(
        near(&ids, kind, &id)
            .unwrap_or_else(|| "declare it before this resource, or leave it out".to_owned()),
    )
}
