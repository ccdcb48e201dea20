//! What cookbooks may do: checked again by whoever applies it, with the links of the machine followed.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};
use serde_json::Value;

use crate::model::capability::{Capability, Lack, Need, NeededRights};
use crate::model::change::Change;
use crate::model::collection::{Collection, Guard, Row, deferred};
use crate::model::content::without_dots;
use crate::model::error::Failure;
use crate::model::known::Stop;
use crate::model::later::with_later;
use crate::model::query::{Answer, Query, Stat};
use crate::model::schema::is_deferred;
use crate::model::step::{Command, Step};
use crate::provider::Planner;
use crate::resources;

use super::knowledge::Knowledge;
use super::rows::Rows;
use super::state::RunState;
use super::summary::RefusedResource;

/// Links to follow before they count as a cycle.
const LINKS: usize = 40;

/// The rows that declare what their cookbooks may not do. The compile has refused them before; a collection may come from
/// elsewhere.
pub(super) fn refused(collection: &Collection) -> Vec<RefusedResource> {
    if collection.authorities.is_empty() {
        return Vec::new();
    }
    let rows = Rows::new(collection);
    let mut refused = Vec::new();
    for row in rows.chosen().filter(|&row| !rows.is_free(row)) {
        let declared = rows.get(row);
        let action = declared.actions.first().cloned().unwrap_or_default();
        if let Err(failure) = require_declared(&rows, row).and_then(|()| require_of_type(&rows, row)) {
            refused.push(RefusedResource { resource: rows.reference(row), action, failure });
        }
    }
    refused
}

/// Fails if the guards or the deferred values of a row need what its cookbook may not do.
pub(super) fn require_declared(rows: &Rows<'_>, row: usize) -> Result<(), Failure> {
    if rows.is_free(row) {
        return Ok(());
    }
    let declared = rows.get(row);
    let mut needs = NeededRights::default();
    for guard in declared.only_if.iter().chain(&declared.not_if) {
        match guard {
            Guard::Command(command) => needs.command(command),
            Guard::Deferred(form) => command_needs(form, &mut needs),
            Guard::Is(_) | Guard::Exists(_) => {}
        }
    }
    require_all(rows, row, needs)?;
    let mut leaves = Vec::new();
    declared.values().for_each(|value| collect(value, &mut leaves));
    for leaf in leaves {
        let mut needs = NeededRights::default();
        leaf_needs(leaf, &mut needs);
        let allowed = require_all(rows, row, needs);
        // Whoever declared the resource around this one may hand its own values over.
        if allowed.is_err() && !is_handed(rows, row, leaf) {
            return allowed;
        }
    }
    Ok(())
}

/// Fails if the actions of a row need what its cookbook may not do. Without deferred values that is known at once.
fn require_of_type(rows: &Rows<'_>, row: usize) -> Result<(), Failure> {
    let declared = rows.get(row);
    let mut leaves = Vec::new();
    declared.properties.values().for_each(|value| collect(value, &mut leaves));
    let Some(entry) = resources::find(&declared.r#type).filter(|_| !declared.custom && leaves.is_empty())
    else {
        return Ok(());
    };
    let Ok(planner) = (entry.load)(&declared.properties) else { return Ok(()) };
    let mut actions = declared.actions.iter().filter(|action| *action != "nothing");
    actions.try_for_each(|action| require(rows, row, planner.as_ref(), action))
}

/// Fails if an action of a row needs what its cookbook may not do.
pub(super) fn require(
    rows: &Rows<'_>,
    row: usize,
    planner: &dyn Planner,
    action: &str,
) -> Result<(), Failure> {
    if rows.is_free(row) {
        return Ok(());
    }
    let mut needs = NeededRights::default();
    planner.needs(action, &mut needs);
    require_all(rows, row, needs)
}

/// Fails if changes are outside of what the cookbook of the row may do, once all links on the way are followed.
pub(super) fn require_places(
    state: &mut RunState<'_>,
    row: usize,
    planner: &dyn Planner,
    action: &str,
    changes: &[Change],
) -> Result<(), Stop> {
    if state.rows.is_free(row) || changes.is_empty() {
        return Ok(());
    }
    let mut needs = NeededRights::default();
    planner.needs(action, &mut needs);
    let is_elsewhere = needs.is_elsewhere();
    let mut places = BTreeSet::new();
    for need in needs.into_sorted() {
        if matches!(need.kind, Capability::File | Capability::Read) {
            let real = real_need(&need, &mut state.work.know)?;
            places.insert((real, false));
        }
    }
    let steps = changes.iter().flat_map(|change| &change.steps);
    let paths: Vec<Utf8PathBuf> = steps.filter_map(|step| step.path()).map(Utf8Path::to_owned).collect();
    for path in with_missing_parents(state, paths, changes) {
        let mut needs = NeededRights::default();
        needs.file(&path);
        for need in needs.into_sorted() {
            places.insert((real_need(&need, &mut state.work.know)?, is_elsewhere));
        }
    }
    for (need, may_be_elsewhere) in places {
        for (name, authority) in state.rows.authorities(row) {
            // Only who comes from elsewhere might have laid a link.
            let is_trusted = may_be_elsewhere || !authority.needs_grants();
            let lack = authority.lacks(&need).filter(|lack| !is_trusted || *lack == Lack::Denied);
            if let Some(lack) = lack {
                let (message, hint) = authority.told(name, &need, lack);
                let mut failure = Failure::impossible(message);
                if !declares(planner, action, &need) {
                    failure
                        .details
                        .push(format!("links of the machine lead the resource to `{}`", need.name));
                }
                return Err(failure.hint(hint).into());
            }
        }
    }
    Ok(())
}

/// The paths, and the directories above them that a step makes on the way.
fn with_missing_parents(
    state: &mut RunState<'_>,
    mut paths: Vec<Utf8PathBuf>,
    changes: &[Change],
) -> Vec<Utf8PathBuf> {
    for step in changes.iter().flat_map(|change| &change.steps) {
        let Step::MakeDirectory { path, parents: true, .. } = step else { continue };
        for above in path.ancestors().skip(1) {
            if !matches!(state.work.know.one(&Query::Stat(above.to_owned())), Ok(Answer::Stat(None))) {
                break;
            }
            paths.push(above.to_owned());
        }
    }
    paths
}

/// Whether the declaration itself names it.
fn declares(planner: &dyn Planner, action: &str, need: &Need) -> bool {
    let mut needs = NeededRights::default();
    planner.needs(action, &mut needs);
    needs.into_sorted().contains(need)
}

/// Fails if the file that `contents` names is another one, by a link, and may not be read.
pub(super) fn require_contents(state: &mut RunState<'_>, row: usize) -> Result<(), Stop> {
    if state.rows.is_free(row) {
        return Ok(());
    }
    let mut leaves = Vec::new();
    state.row(row).values().for_each(|value| collect(value, &mut leaves));
    for leaf in leaves {
        let Some(path) = leaf.get(deferred::CONTENTS).and_then(Value::as_str) else { continue };
        if is_handed(&state.rows, row, leaf) {
            continue;
        }
        let mut needs = NeededRights::default();
        needs.read(path);
        for need in needs.into_sorted() {
            let real = real_need(&need, &mut state.work.know)?;
            require_one(&state.rows, row, &real)?;
        }
    }
    Ok(())
}

fn require_all(rows: &Rows<'_>, row: usize, needs: NeededRights) -> Result<(), Failure> {
    needs
        .into_sorted()
        .iter()
        .filter(|need| !need.is_open())
        .try_for_each(|need| require_one(rows, row, need))
}

fn require_one(rows: &Rows<'_>, row: usize, need: &Need) -> Result<(), Failure> {
    for (name, authority) in rows.authorities(row) {
        if let Some(lack) = authority.lacks(need) {
            let (message, hint) = authority.told(name, need, lack);
            return Err(Failure::impossible(message).hint(hint));
        }
    }
    Ok(())
}

/// The same need with the path at which it ends once links are followed. The last component is followed for what is read,
/// and for a directory with all below it.
fn real_need(need: &Need, know: &mut Knowledge<'_>) -> Result<Need, Stop> {
    let (path, is_tree) = match need.name.strip_suffix("/**") {
        Some("") => return Ok(need.clone()),
        Some(base) => (Utf8Path::new(base), true),
        None => (Utf8Path::new(need.name.as_str()), false),
    };
    if !path.is_absolute() {
        return Ok(need.clone());
    }
    let real = match (path.parent(), path.file_name()) {
        (Some(parent), Some(name)) if !is_tree && need.kind == Capability::File => {
            real_path(parent, know)?.join(name)
        }
        _ => real_path(path, know)?,
    };
    let mut needs = NeededRights::default();
    match (need.kind, is_tree) {
        (Capability::Read, true) => needs.read_tree(&real),
        (Capability::Read, false) => needs.read(&real),
        (_, true) => needs.tree(&real),
        (_, false) => needs.file(&real),
    }
    Ok(needs.into_sorted().into_iter().next().unwrap_or_else(|| need.clone()))
}

/// A path with all links in it followed, as far as it exists.
fn real_path(path: &Utf8Path, know: &mut Knowledge<'_>) -> Result<Utf8PathBuf, Stop> {
    let plain = without_dots(path);
    // Asked in one batch.
    know.ask(plain.ancestors().map(|above| Query::Stat(above.to_owned())))?;
    let mut waiting: Vec<String> = plain.as_str().split('/').rev().map(str::to_owned).collect();
    let mut real = Utf8PathBuf::from("/");
    let mut links = 0;
    while let Some(part) = waiting.pop() {
        match part.as_str() {
            "" | "." => continue,
            ".." => {
                real.pop();
                continue;
            }
            name => real.push(name),
        }
        let target = match know.one(&Query::Stat(real.clone())) {
            Ok(Answer::Stat(Some(Stat { target: Some(target), .. }))) => target.clone(),
            // What will be there is no link that exists already.
            Ok(_) | Err(Stop::Unknown(_) | Stop::Hindered(..)) => continue,
            Err(stop) => return Err(stop),
        };
        links += 1;
        if links > LINKS {
            return Err(Failure::impossible(format!(
                "the links at `{path}` form a loop, or are too many to follow"
            ))
            .into());
        }
        real.pop();
        if target.starts_with('/') {
            real = Utf8PathBuf::from("/");
        }
        waiting.extend(target.split('/').rev().map(str::to_owned));
    }
    Ok(real)
}

/// The deferred values in a value, innermost first. Those of fragments belong to these.
fn collect<'a>(value: &'a Value, leaves: &mut Vec<&'a Value>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, leaves)),
        Value::Object(map) if is_deferred(value) && map.contains_key(deferred::FRAGMENTS) => {}
        Value::Object(map) => {
            if is_deferred(value) {
                leaves.push(value);
            }
            map.values().for_each(|item| collect(item, leaves));
        }
        _ => {}
    }
}

fn leaf_needs(leaf: &Value, needs: &mut NeededRights) {
    let Some((key, argument)) = leaf.as_object().and_then(|map| map.iter().next()) else { return };
    match (key.as_str(), argument.as_str()) {
        (deferred::CONTENTS, Some(path)) => needs.read(path),
        (deferred::SECRET, Some(name)) => needs.secret(name),
        (deferred::OUTPUT, _) => command_needs(argument, needs),
        _ => {}
    }
}

fn command_needs(form: &Value, needs: &mut NeededRights) {
    if let Ok(command) = serde_json::from_value::<Command>(with_later(form)) {
        needs.command(&command);
    }
}

/// Whether a custom resource around a row was given this value.
fn is_handed(rows: &Rows<'_>, row: usize, leaf: &Value) -> bool {
    rows.outwards(row).skip(1).any(|outer| {
        let given: &Row = rows.get(outer);
        given.properties.values().any(|value| holds(value, leaf))
    })
}

fn holds(value: &Value, leaf: &Value) -> bool {
    value == leaf
        || match value {
            Value::Array(items) => items.iter().any(|item| holds(item, leaf)),
            Value::Object(map) => map.values().any(|item| holds(item, leaf)),
            _ => false,
        }
}
