//! The packages of a machine in their recipes, and the package lists that they come from.

use camino::Utf8Path;

use super::captured::Capture;
use super::declaration::CapturedResource;
use super::machine::Machine;
use super::recipes::{PACKAGES, SOURCES, recipe_of};
use super::rules::Rules;

/// The packages: those of a recipe that has more than them first in it, all others in one list.
pub(super) fn add_packages(machine: &Machine, rules: &Rules, capture: &mut Capture) {
    let mut rest = Vec::new();
    for (name, record) in machine.records.asked_for() {
        if let Some(rule) = rules.of_package(name).filter(|rule| !rule.takes) {
            let note = format!("the package {name} is left out by the rule at {}", rule.place);
            capture.notes.push(note);
            // With it goes what is about it.
            capture.recipes.remove(&recipe_of(name));
            continue;
        }
        capture.versions.insert(name.to_owned(), record.version.clone());
        let recipe = recipe_of(name);
        match capture.recipes.get_mut(&recipe) {
            Some(recipe) => {
                let package =
                    CapturedResource::new("package", name).because(format!("was {}", record.version));
                recipe.packages.push(package);
            }
            None => rest.push(name.to_owned()),
        }
        if record.is_held {
            let lock = CapturedResource::new("package", name).with("action", "lock").because("it is held");
            let recipe = if capture.recipes.contains_key(&recipe) { recipe } else { PACKAGES.to_owned() };
            capture.recipe(&recipe).services.push(lock);
        }
    }
    if !rest.is_empty() {
        let packages =
            CapturedResource { r#type: "package".into(), names: rest, ..CapturedResource::default() };
        capture.recipe(PACKAGES).packages.push(packages);
    }
    if let Some(recipe) = capture.recipes.get_mut("postgresql").filter(|recipe| !recipe.includes.is_empty()) {
        let is_there = |declaration: &CapturedResource| declaration.names != ["postgresql"];
        recipe.packages.retain(is_there);
        recipe.services.retain(is_there);
    }
    read_lists(machine, capture);
}

/// Reads the package lists where there are none yet, and whenever a source changed.
fn read_lists(machine: &Machine, capture: &mut Capture) {
    let Some(recipe) = capture.recipes.get_mut(SOURCES) else { return };
    const LISTS: &str = "the captured sources";
    for file in &mut recipe.files {
        let ending = file.names.first().and_then(|path| Utf8Path::new(path).extension());
        let is_source = matches!(ending, Some("list" | "sources" | "repo"));
        if is_source {
            file.notifies.push(
                ["update", &format!("package_lists[{LISTS}]"), "immediately"].map(str::to_owned).into(),
            );
        }
    }
    if recipe.files.iter().any(|file| !file.notifies.is_empty()) {
        recipe.services.push(CapturedResource::new("package_lists", LISTS).with("action", "nothing"));
    }
    if machine.package_manager == "apt" {
        let lists = CapturedResource::new("package_lists", "the first lists")
            .with("not_if", "ls /var/lib/apt/lists | grep -q _Packages");
        recipe.services.push(lists);
    }
}
