//! Owner, group and mode of a path: what differs, and whether the accounts exist.

use camino::Utf8Path;

use crate::model::change::Change;
use crate::model::content::FileMode;
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::query::{AccessList, Answer, Query, Stat};
use crate::model::step::{Attributes, Step};
use crate::provider::accounts::{UNASSIGNED, is_missing};

/// Fails for the number that chown(2) uses for "do not change".
///
/// # Errors
/// A sentence that says so.
pub fn check(attributes: &Attributes) -> Result<(), Failure> {
    for (noun, name) in [("user", &attributes.owner), ("group", &attributes.group)] {
        if let Some(name) = name.as_ref().filter(|name| name.parse() == Ok(UNASSIGNED)) {
            return Err(Failure::new(format!("no {noun} can have the number `{name}`"))
                .hint("the kernel reads it as \"do not change\"; give a name or a smaller number"));
        }
    }
    Ok(())
}

/// Queries for the accounts that these attributes need.
pub fn observe(attributes: &Attributes) -> Vec<Query> {
    let owner = attributes.owner.iter().filter(|name| !is_number(name)).cloned().map(Query::User);
    let group = attributes.group.iter().filter(|name| !is_number(name)).cloned().map(Query::Group);
    owner.chain(group).collect()
}

/// Fails before anything is written if the owner or group does not exist.
///
/// # Errors
/// An answer or an account is missing.
pub fn require_accounts(attributes: &Attributes, known: &Known) -> Result<(), Stop> {
    check(attributes)?;
    known.want(observe(attributes))?;
    if let Some(owner) = attributes.owner.as_deref().filter(|name| !is_number(name))
        && is_missing(known.user(owner))?
    {
        return Err(Failure::new(format!("there is no user `{owner}`"))
            .hint(format!("declare it before this resource: user \"{owner}\""))
            .into());
    }
    if let Some(group) = attributes.group.as_deref().filter(|name| !is_number(name))
        && is_missing(known.group(group))?
    {
        return Err(Failure::new(format!("there is no group `{group}`"))
            .hint(format!("declare it before this resource: group \"{group}\""))
            .into());
    }
    Ok(())
}

/// The change that sets the attributes that differ; `None` if none does.
pub fn plan(path: &Utf8Path, stat: &Stat, wanted: &Attributes) -> Option<Change> {
    let mut parts = Vec::new();
    let mut differing = Attributes::default();
    let mut after = stat.clone();
    if let Some(owner) = &wanted.owner
        && !same(owner, &stat.owner, stat.uid)
    {
        parts.push(format!("owner {} to {owner}", stat.owner));
        differing.owner = Some(owner.clone());
        set(owner, &mut after.owner, &mut after.uid);
    }
    if let Some(group) = &wanted.group
        && !same(group, &stat.group, stat.gid)
    {
        parts.push(format!("group {} to {group}", stat.group));
        differing.group = Some(group.clone());
        set(group, &mut after.group, &mut after.gid);
    }
    if let Some(mode) = wanted.mode
        && mode != stat.mode
    {
        parts.push(format!("mode {} to {}", FileMode(stat.mode), FileMode(mode)));
        differing.mode = Some(mode);
        after.mode = mode;
    } else if !parts.is_empty() && stat.mode & 0o6000 != 0 && stat.access.is_none() {
        // chown(2) clears setuid and setgid, so set the mode again.
        differing.mode = Some(stat.mode);
    }
    let mut said = Vec::new();
    if !parts.is_empty() {
        said.push(format!("change {}", parts.join(", ")));
    }
    // A declared mode says who may read the file, and an access control list would contradict it.
    if wanted.mode.is_some()
        && let Some(list) = &stat.access
    {
        said.push(removes(list));
        differing.mode = wanted.mode;
        after.access = None;
    }
    if said.is_empty() {
        return None;
    }
    let step = Step::SetAttributes { path: path.to_owned(), attributes: differing };
    Some(
        Change::new(said.join(", "), step)
            .then(Query::Stat(path.to_owned()), Answer::Stat(Some(after.clone())))
            .then(Query::Resolve(path.to_owned()), Answer::Stat(Some(after))),
    )
}

/// Words for an access control list that is removed.
#[must_use]
pub fn removes(list: &AccessList) -> String {
    format!("remove access control list: {}", list.grants.join(", "))
}

/// Overwrites attributes with declared ones.
pub fn overlay(stat: &mut Stat, wanted: &Attributes) {
    if let Some(owner) = &wanted.owner {
        set(owner, &mut stat.owner, &mut stat.uid);
    }
    if let Some(group) = &wanted.group {
        set(group, &mut stat.group, &mut stat.gid);
    }
    if let Some(mode) = wanted.mode {
        stat.mode = mode;
    }
}

/// `, owner deploy, group deploy, mode 0640`, for the summary of a new file.
pub fn describe(wanted: &Attributes) -> String {
    let owner = wanted.owner.as_ref().map(|owner| format!(", owner {owner}"));
    let group = wanted.group.as_ref().map(|group| format!(", group {group}"));
    let mode = wanted.mode.map(|mode| format!(", mode {}", FileMode(mode)));
    [owner, group, mode].into_iter().flatten().collect()
}

fn is_number(name: &str) -> bool {
    name.parse::<u32>().is_ok()
}

fn same(wanted: &str, name: &str, number: u32) -> bool {
    wanted == name || wanted.parse() == Ok(number)
}

fn set(wanted: &str, name: &mut String, number: &mut u32) {
    wanted.clone_into(name);
    if let Ok(id) = wanted.parse() {
        *number = id;
    }
}
