//! What a machine has beyond another one, and what it has no more.

use std::collections::BTreeSet;

use camino::Utf8Path;

use super::captured::Capture;
use super::declaration::CapturedResource;
use super::difference::{by_id, is_same};
use super::machine::Machine;
use super::recipes::Recipe;
use crate::model::sorted;

/// Types of what is removed, in the order in which it goes: a user before its group, and what a package has before it.
const REMOVED: [&str; 7] = ["systemd_unit", "python_venv", "link", "file", "user", "group", "package"];

impl Capture {
    /// Leaves out what the base has just so. What is notified stays. What the base has and the machine has not is kept
    /// apart, with the action that removes it.
    pub(super) fn leave_base(&mut self, base: &[CapturedResource], machine: &Machine) {
        let (mut before, after) = (by_id(base), by_id(self.declarations()));
        let mut kept: BTreeSet<String> = BTreeSet::new();
        for (id, resource) in &after {
            if before.remove(id).is_none_or(|old| !is_same(&old, resource)) {
                kept.insert(id.clone());
            }
        }
        let mut open: Vec<String> = kept.iter().cloned().collect();
        while let Some(id) = open.pop() {
            let notified = after.get(&id).into_iter().flat_map(CapturedResource::notified);
            open.extend(
                notified
                    .filter(|id| after.contains_key(*id) && kept.insert((*id).to_owned()))
                    .map(str::to_owned),
            );
        }
        self.take_only(&|resource| kept.contains(&resource.key()));
        self.removed = before.values().filter(|old| !is_there(old, machine)).filter_map(removal).collect();
        sorted::sort_by_key(&mut self.removed, |removal| {
            REMOVED.iter().position(|r#type| *r#type == removal.r#type)
        });
    }

    /// Leaves out resources that `takes` does not want, each package by itself, and notifications to what is not there.
    pub(super) fn take_only(&mut self, takes: &dyn Fn(&CapturedResource) -> bool) {
        let mut gone: BTreeSet<String> = self.declarations().map(CapturedResource::id).collect();
        let mut lists: Vec<&mut Vec<CapturedResource>> =
            self.recipes.values_mut().flat_map(Recipe::parts_mut).collect();
        for list in &mut lists {
            for resource in list.iter_mut() {
                let one = |name: &String| CapturedResource { names: vec![name.clone()], ..resource.clone() };
                let names: Vec<String> =
                    resource.names.iter().filter(|name| takes(&one(name))).cloned().collect();
                resource.names = names;
            }
            list.retain(|resource| !resource.names.is_empty());
        }
        for resource in lists.iter().flat_map(|list| list.iter()) {
            gone.remove(&resource.id());
        }
        for resource in lists.iter_mut().flat_map(|list| list.iter_mut()) {
            resource.notifies.retain(|notice| notice.get(1).is_none_or(|id| !gone.contains(id)));
        }
        self.recipes.retain(|_, recipe| !recipe.is_empty());
        for recipe in self.recipes.values_mut() {
            // They say why services are told of files.
            if recipe.declarations().all(|resource| resource.notifies.is_empty()) {
                recipe.remarks.clear();
            }
        }
        let texts: Vec<String> = self
            .declarations()
            .flat_map(|resource| &resource.properties)
            .map(|(_, value)| value.to_string())
            .collect();
        self.secrets.retain(|name, _| texts.iter().any(|text| text.contains(&format!("\"{name}\""))));
    }
}

/// Whether a thing of the base is on the machine all the same, though nobody would declare it there.
fn is_there(old: &CapturedResource, machine: &Machine) -> bool {
    old.names.iter().any(|name| match old.r#type.as_str() {
        "package" => machine.records.packages.contains_key(name),
        "user" | "authorized_key" => machine.accounts.users.iter().any(|user| user.name == *name),
        "group" => machine.accounts.has_group(name),
        "systemd_unit" => machine.units.iter().any(|unit| unit.name == *name),
        _ => machine.found.stats.contains_key(Utf8Path::new(name)),
    })
}

/// The resource that takes away what another one declares. Nothing for one that does not bring anything.
fn removal(old: &CapturedResource) -> Option<CapturedResource> {
    let (r#type, action) = match old.r#type.as_str() {
        "package" => ("package", "remove"),
        "user" => ("user", "remove"),
        "group" => ("group", "remove"),
        "file" | "cookbook_file" | "template" => ("file", "delete"),
        "link" => ("link", "delete"),
        "python_venv" => ("python_venv", "delete"),
        "systemd_unit" if old.property("drop_in").is_none() => ("systemd_unit", "delete"),
        _ => return None,
    };
    let brings =
        old.property("action").is_none_or(|action| !matches!(action.as_str(), Some("delete" | "lock")));
    let name = old.names.first().filter(|_| brings)?;
    Some(CapturedResource::new(r#type, name).with("action", action))
}
