//! The property `requires`: earlier resources without which one is not run.

use std::collections::BTreeSet;

use mlua::Value as LuaValue;

use crate::model::collection::Row;
use crate::model::english::nearest;
use crate::model::error::{Diagnostic, Location};

use super::compilation::Compilation;
use super::convert::{describe, text};
use super::handle::Handle;
use super::session::{CompileSession, NotificationEnd, WrittenRequirement};

/// Most names that are compared with a misspelt one.
const CANDIDATES: usize = 5000;

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
            LuaValue::Table(table) => table
                .sequence_values::<LuaValue>()
                .collect::<mlua::Result<Vec<_>>>()
                .map_err(|error| Diagnostic::error(error.to_string()))?,
            one => vec![one.clone()],
        };
        let mut session = self.session.borrow_mut();
        let location = session.property_location(draft, Some("requires"));
        for value in &listed {
            let other = end(value)?;
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

fn end(value: &LuaValue) -> Result<NotificationEnd, Diagnostic> {
    if let LuaValue::UserData(data) = value
        && let Ok(handle) = data.borrow::<Handle>()
    {
        return Ok(NotificationEnd::Draft(handle.draft));
    }
    let named = text(value).and_then(|text| {
        let (kind, name) = text.strip_suffix(']')?.split_once('[')?;
        (!kind.is_empty() && !name.is_empty()).then(|| NotificationEnd::Named(kind.into(), name.into()))
    });
    named.ok_or_else(|| {
        Diagnostic::error(format!("property `requires` takes a resource or a list of them, not {}", describe(value)))
            .hint("requires = \"package[nginx]\", or `{ db, \"package[nginx]\" }`, where `db` is what a declaration gave")
    })
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
    // Edit distances are slow, so with very many names only the first ones are compared.
    match nearest(&id, ids.iter().map(String::as_str).take(CANDIDATES)) {
        Some(near) => wrong.hint(format!("did you mean `{near}`?")),
        None => wrong.hint("declare it before this resource, or leave it out"),
    }
}
