//! Users and groups in their recipes, with what makes them fit together: directories of services, and members of groups that
//! another recipe makes.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::accounts::AccountLine;
use super::captured::Capture;
use super::declaration::CapturedResource;
use super::file_resources::with_attributes;
use super::machine::Machine;
use super::recipes::{MEMBERSHIPS, Sorter, USERS};
use super::services::CapturedUnit;
use crate::model::query::Stat;
use crate::model::sorted;

/// Properties that name an account.
const OF_ACCOUNTS: [&str; 3] = ["owner", "group", "user"];

/// Puts the accounts of people and of their services into the recipes.
pub(super) fn add_accounts(machine: &Machine, capture: &mut Capture) {
    let captured = machine.found.decisions.iter().filter(|(_, decision)| decision.is_captured());
    let stats: Vec<&Stat> = captured.filter_map(|(path, _)| machine.found.stats.get(path)).collect();
    let mut owners: BTreeSet<&str> = stats.iter().map(|stat| stat.owner.as_str()).collect();
    owners.extend(machine.units.iter().filter(|unit| unit.is_own).filter_map(CapturedUnit::user));
    let of_environments = machine.environments.declarations.iter();
    owners.extend(of_environments.filter_map(|found| found.property("user")?.as_str()));
    let groups: BTreeSet<&str> = stats.iter().map(|stat| stat.group.as_str()).collect();
    let by_packages = &machine.records.words_of_scripts;
    let accounts = &machine.accounts;
    let users = accounts.made_by_people(&owners, by_packages);
    for group in accounts.groups(&users, &groups, by_packages) {
        capture.recipe(USERS).accounts.push(group);
    }
    // Who is made a member before the service comes has to be there by then.
    let memberships = accounts.memberships(&users, by_packages);
    let members: BTreeSet<&str> = memberships
        .iter()
        .filter_map(|group| group.property("members")?.as_array())
        .flat_map(|members| members.iter().filter_map(Value::as_str))
        .collect();
    let place = |user: &&AccountLine| recipe_of_user(&user.name, &members, machine, capture);
    let places: BTreeMap<&str, String> =
        sorted::collected(users.iter().map(|user| (user.name.as_str(), place(user))));
    for user in &users {
        let recipe = capture.recipe(&places[user.name.as_str()]);
        recipe.accounts.push(accounts.declaration(user, by_packages));
    }
    for group in memberships {
        capture.recipe(MEMBERSHIPS).accounts.push(group);
    }
    add_directories(machine, &users, &places, capture);
    for (user, keys) in &machine.keys {
        let key = match keys.as_slice() {
            [key] => Value::from(key.as_str()),
            keys => Value::from(keys.to_vec()),
        };
        capture.recipe(USERS).accounts.push(CapturedResource::new("authorized_key", user).with("key", key));
    }
}

/// The recipe of the service that runs as a user, unless something in another recipe is that user's, or makes it a member.
fn recipe_of_user(user: &str, members: &BTreeSet<&str>, machine: &Machine, capture: &Capture) -> String {
    let unit = machine.units.iter().find(|unit| unit.is_own && unit.user() == Some(user));
    let recipe = unit.map(Sorter::of_unit).filter(|_| !members.contains(user));
    let Some(recipe) = recipe else { return USERS.to_owned() };
    let is_of_user = |resource: &CapturedResource| {
        OF_ACCOUNTS.iter().any(|property| resource.property(property).and_then(Value::as_str) == Some(user))
    };
    let elsewhere = capture.recipes.iter().filter(|(name, _)| **name != recipe);
    let is_used = elsewhere.flat_map(|(_, recipe)| recipe.declarations()).any(is_of_user);
    if is_used { USERS.to_owned() } else { recipe }
}

/// Directories of people and of their services in places that are not looked at: homes, and those that units and
/// configuration files name. What is in them is data.
fn add_directories(
    machine: &Machine,
    users: &[&AccountLine],
    places: &BTreeMap<&str, String>,
    capture: &mut Capture,
) {
    for (path, stat) in &machine.data {
        let owner = users.iter().find(|user| user.name == stat.owner || user.name == stat.group);
        let is_home = |user: &&AccountLine| user.home.starts_with("/home/") && path.starts_with(&user.home);
        if let Some(owner) = owner.filter(|owner| !is_home(owner)) {
            let directory = CapturedResource::new("directory", path.as_str());
            let recipe = capture.recipe(&places[owner.name.as_str()]);
            recipe.directories.push(with_attributes(directory, stat, 0o755));
        }
    }
}
