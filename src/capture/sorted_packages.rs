//! The packages of a machine in their recipes, and the package lists that they come from.

use camino::Utf8Path;

use super::captured::Capture;
use super::declaration::CapturedResource;
use super::machine::Machine;
use super::recipes::{PACKAGES, SOURCES, recipe_of};
use super::rules::Rules;

/// Packages with the programs that resource types start. They may have come along with a package that is installed later.
const NEEDED: [(&str, &[&str]); 6] = [
    ("locale", &["locales"]),
    ("git", &["git", "git-core", "dev-vcs/git"]),
    ("python_venv", &["python3-venv"]),
    ("pip_package", &["python3-pip"]),
    ("npm_package", &["npm"]),
    ("gem_package", &["ruby"]),
];

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
    for (_, packages) in NEEDED.iter().filter(|(needing, _)| has_type(capture, needing)) {
        let is_known = |name: &str| rest.iter().any(|known| known == name);
        let needed = packages.iter().find(|name| {
            machine.records.packages.get(**name).is_some_and(|record| !record.is_base)
                && rules.of_package(name).is_none_or(|rule| rule.takes)
        });
        rest.extend(needed.filter(|name| !is_known(name)).map(|name| (*name).to_owned()));
    }
    rest.sort();
    if !rest.is_empty() {
        let packages =
            CapturedResource { r#type: "package".into(), names: rest, ..CapturedResource::default() };
        capture.recipe(PACKAGES).packages.push(packages);
    }
    for server in &machine.databases {
        if let Some(recipe) = capture.recipes.get_mut(&server.recipe) {
            let is_known = |declaration: &CapturedResource| {
                let name = declaration.names.concat();
                let name = name.rsplit('/').next().unwrap_or_default();
                let is_held = declaration.property("action").is_some_and(|action| action == "lock");
                name.strip_suffix("-server").unwrap_or(name) == server.cookbook && !is_held
            };
            recipe.packages.retain(|package| !is_known(package));
            recipe.services.retain(|service| !is_known(service));
        }
    }
    read_lists(machine, capture);
}

impl Capture {
    /// Declares the packages at the versions that they had.
    pub fn pin(&mut self) {
        let versions = std::mem::take(&mut self.versions);
        for recipe in self.recipes.values_mut() {
            let split = recipe.packages.iter().flat_map(|package| {
                package.names.iter().map(|name| {
                    let one = CapturedResource::new("package", name);
                    versions.get(name).map_or(one.clone(), |version| one.with("version", version.as_str()))
                })
            });
            recipe.packages = split.collect();
        }
    }
}

fn has_type(capture: &Capture, r#type: &str) -> bool {
    capture.declarations().any(|resource| resource.r#type == r#type)
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
