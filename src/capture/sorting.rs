//! Turns what was read of a machine into resources, and puts each into its recipe.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};
use serde_json::{Value, json};

use super::asking::text_of;
use super::captured::Capture;
use super::captured_tree::CapturedTree;
use super::declaration::{CapturedResource, FIRST_TIME};
use super::file_resources::{FileResources, decoded, with_attributes, with_bytes};
use super::files::PathDecision;
use super::large_things::{self, LARGEST};
use super::machine::Machine;
use super::recipes::{
    Evidence, PACKAGES, Recipe, SYSTEM, Sorter, UNSORTED, directories_above, first_of, named_files,
};
use super::rules::Rules;
use super::secret_text::{is_secret_file, slug};
use super::services::{CapturedUnit, OWN_UNITS};
use super::sorted_accounts::add_accounts;
use super::sorted_packages::add_packages;
use super::sorted_settings::add_settings;
use crate::model::collection::deferred;
use crate::model::query::{FileKind, FileText, Stat};

/// The resources of a machine in their recipes.
pub(super) fn sort(machine: &Machine, rules: &Rules) -> Capture {
    let named = named_files(&machine.texts);
    let mut sorting = Sorting {
        machine,
        rules,
        sorter: Sorter { records: &machine.records, units: &machine.units, named: &named },
        capture: Capture::default(),
        made: FileResources::default(),
    };
    sorting.files();
    sorting.units();
    sorting.environments();
    sorting.databases();
    sorting.globals();
    let mut capture = sorting.capture;
    capture.secrets = sorting.made.secrets;
    add_accounts(machine, &mut capture);
    add_settings(machine, &mut capture);
    add_packages(machine, rules, &mut capture);
    capture.recipes.retain(|_, recipe| !recipe.is_empty());
    capture
}

struct Sorting<'a> {
    machine: &'a Machine,
    rules: &'a Rules,
    sorter: Sorter<'a>,
    capture: Capture,
    made: FileResources,
}

impl Sorting<'_> {
    fn recipe(&mut self, name: &str) -> &mut Recipe {
        self.capture.recipe(name)
    }

    fn files(&mut self) {
        let machine = self.machine;
        let decisions = &machine.found.decisions;
        let trees = CapturedTree::of(machine);
        for tree in &trees {
            let recipe = self.of_tree(&tree.top);
            self.recipe(&recipe).files.push(tree.declaration());
        }
        let open = machine.large_trees.iter().filter(|top| !trees.iter().any(|tree| tree.top == **top));
        let open: Vec<&Utf8PathBuf> = open.collect();
        self.capture.notes.extend(open.iter().map(|top| {
            format!(
                "`{top}` is left out: it is large, and has secrets, an environment or empty directories in it"
            )
        }));
        let is_in_tree = |path: &Utf8Path| {
            trees.iter().any(|tree| path.starts_with(&tree.top))
                || open.iter().any(|top| path.starts_with(top))
        };
        let captured: Vec<(&Utf8PathBuf, &PathDecision)> =
            decisions.iter().filter(|(path, decision)| decision.is_captured() && !is_in_tree(path)).collect();
        let mut above = BTreeSet::new();
        for (path, decision) in captured {
            let stat = machine.found.stats.get(path);
            match (decision, stat) {
                (PathDecision::Removed { package }, _) => {
                    let gone = CapturedResource::new("file", path.as_str())
                        .with("action", "delete")
                        .because(format!("the package {package} brings it, and it was removed"));
                    self.put_file(path, gone);
                }
                (PathDecision::RemovedLink { package }, _) => {
                    let gone = CapturedResource::new("link", path.as_str()).with("action", "delete").because(
                        format!("the package {package} makes it when it is installed, and it was removed"),
                    );
                    let gone = self.notifying(path, gone);
                    let recipe = self.sorter.of_path(path);
                    self.recipe(&recipe).links.push(gone);
                }
                (_, Some(stat)) if stat.kind == FileKind::File => {
                    above.insert(path.as_path());
                    self.file(path, stat, decision);
                }
                (_, Some(stat)) if stat.kind == FileKind::Link => {
                    above.insert(path.as_path());
                    let to = stat.target.clone().unwrap_or_default();
                    let link = CapturedResource::new("link", path.as_str()).with("to", to);
                    let link = self.notifying(path, link);
                    let recipe = self.sorter.of_path(path);
                    self.recipe(&recipe).links.push(link);
                }
                _ => {}
            }
        }
        let is_own = |path: &Utf8Path| {
            decisions.get(path) == Some(&PathDecision::Own)
                && machine.found.stats.get(path).is_some_and(|stat| stat.kind == FileKind::Directory)
                && !path.starts_with(OWN_UNITS)
                && !FOUND_EVERYWHERE.contains(&path.as_str())
        };
        above.extend(machine.environments.places.iter().map(Utf8PathBuf::as_path));
        let mut directories = directories_above(&above, &is_own);
        let is_free = |path: &Utf8Path| !is_in_tree(path) && is_own(path);
        directories.extend(large_things::empty_directories(&machine.found.stats, &directories, &is_free));
        for path in directories {
            let Some(stat) = machine.found.stats.get(&path) else { continue };
            let directory = with_attributes(CapturedResource::new("directory", path.as_str()), stat, 0o755);
            // What is in it may be of several recipes. The first of them makes it.
            let inside = above.range(path.as_path()..).take_while(|inside| inside.starts_with(&path));
            let mut recipes: BTreeSet<String> = inside.map(|inside| self.sorter.of_path(inside)).collect();
            if recipes.is_empty() {
                recipes.insert(self.sorter.of_path(&path));
            }
            let sorter = self.sorter;
            let first = first_of(&recipes, &|recipe| sorter.is_of_package(recipe)).map(str::to_owned);
            self.recipe(&first.unwrap_or_default()).directories.push(directory);
        }
    }

    /// The recipe of a tree: of the configuration file that names it, or as for any other path.
    fn of_tree(&self, top: &Utf8Path) -> String {
        let names = |text: &FileText| matches!(text, FileText::Text(text) if text.contains(&format!("{top}/")) || text.contains(&format!("{top};")));
        let by_text = self.machine.texts.iter().find(|(path, text)| path.starts_with("/etc") && names(text));
        by_text.map_or_else(|| self.sorter.of_path(top), |(path, _)| self.sorter.of_path(path))
    }

    /// A regular file.
    fn file(&mut self, path: &Utf8Path, stat: &Stat, decision: &PathDecision) {
        if path.parent() == Some(Utf8Path::new(OWN_UNITS)) && decision == &PathDecision::Own {
            // Units are resources of their own.
            return;
        }
        if let Some((unit, name)) = drop_in(path) {
            self.drop_in(path, unit, name);
            return;
        }
        if stat.size > LARGEST {
            self.capture
                .notes
                .push(format!("`{path}` has {} bytes, and is left out for its size", stat.size));
            return;
        }
        let evidence = match decision {
            PathDecision::Changed { package } => {
                let digest = self.machine.records.digests.get(path);
                let is_configuration = digest.is_some_and(|digest| digest.is_configuration);
                let kind = if is_configuration { "configuration file" } else { "file" };
                format!("a {kind} of the package {package}, changed here")
            }
            _ => String::new(),
        };
        let bytes = self.machine.bytes.get(path).and_then(|text| decoded(text));
        let declaration = match (self.machine.texts.get(path), bytes) {
            (Some(FileText::Text(text)), _) => self.made.with_text(path, text),
            (Some(FileText::Binary), _) if is_secret_file(path) => {
                self.capture.notes.push(format!("`{path}` is secret and no text, and is left out"));
                return;
            }
            (Some(FileText::Binary), Some(bytes)) => with_bytes(path, bytes),
            _ => {
                self.capture.notes.push(format!("`{path}` could not be read"));
                return;
            }
        };
        let mut declaration = with_attributes(declaration, stat, 0o644);
        if !evidence.is_empty() {
            declaration = declaration.because(evidence);
        }
        if path.starts_with("/etc/sudoers.d") || path == "/etc/sudoers" {
            declaration = declaration.with("verify", json!(["visudo", "-cf", "{path}"]));
        }
        if let Some(access) = &stat.access {
            // A mode would take the list away. A new file has it, and one that is there stays as it is.
            let list = access.grants.join(", ");
            self.capture
                .notes
                .push(format!("no resource type has the access control list of `{path}`: {list}"));
            let first = declaration.clone().with("action", FIRST_TIME);
            self.put_file(path, first.because(format!("its access control list is not declared: {list}")));
            declaration.evidence.clear();
            declaration.properties.retain(|(name, _)| name != "mode");
        }
        let declaration = self.notifying(path, declaration);
        self.put_file(path, declaration);
    }

    fn put_file(&mut self, path: &Utf8Path, declaration: CapturedResource) {
        let recipe = self.sorter.of_path(path);
        self.recipe(&recipe).files.push(declaration);
    }

    /// The same with a notification to the services that read it.
    fn notifying(&mut self, path: &Utf8Path, mut declaration: CapturedResource) -> CapturedResource {
        let sorter = self.sorter;
        for (unit, evidence) in sorter.readers(path) {
            let action = if unit.reloads() { "reload" } else { "restart" };
            declaration.notifies.push(vec![action.to_owned(), unit.id()]);
            let remark = match evidence {
                Evidence::Names if unit.is_script => {
                    format!("{} is told of its script, and of files that it names.", unit.short())
                }
                Evidence::Names => format!("{} is told of files that its unit names.", unit.name),
                Evidence::SamePackage(package) => {
                    format!(
                        "{} is told of the configuration of the package {package}, which has its unit.",
                        unit.name
                    )
                }
                Evidence::NamedIn(by) => format!("{} is told of files that {by} names.", unit.name),
            };
            self.recipe(&sorter.of_path(path)).remarks.insert(remark);
        }
        declaration
    }

    fn drop_in(&mut self, path: &Utf8Path, unit: &str, name: &str) {
        if self.rules.of_service(unit).is_some_and(|rule| !rule.takes) {
            return;
        }
        let text = text_of(self.machine.texts.get(path));
        let source = format!("{unit}.d/{name}.conf");
        let declaration = CapturedResource::new("systemd_unit", unit).with("drop_in", name);
        let mut declaration = self.made.with_content(declaration, path, text, &source);
        let known = self.machine.units.iter().find(|known| known.name == unit);
        let recipe = known.map_or_else(|| SYSTEM.to_owned(), Sorter::of_unit);
        if let Some(known) = known.filter(|known| known.is_told()) {
            declaration.notifies.push(vec!["restart".into(), known.id()]);
        }
        self.recipe(&recipe).units.push(declaration);
    }

    fn units(&mut self) {
        let machine = self.machine;
        for unit in &machine.units {
            let recipe = Sorter::of_unit(unit);
            if unit.is_unit() {
                let declaration = self.own_unit(unit);
                self.recipe(&recipe).units.push(declaration);
                continue;
            }
            let service =
                CapturedResource::new("service", unit.short()).with("action", actions(&unit.actions));
            self.recipe(&recipe).services.push(service);
        }
    }

    fn own_unit(&mut self, unit: &CapturedUnit) -> CapturedResource {
        let path = Utf8Path::new(OWN_UNITS).join(&unit.name);
        let declaration = CapturedResource::new("systemd_unit", unit.name.as_str());
        let mut declaration = self.made.with_content(declaration, &path, &unit.text, &unit.name);
        let mut all = vec!["create"];
        all.extend(&unit.actions);
        if all.len() > 1 {
            declaration = declaration.with("action", actions(&all));
        }
        if unit.runs && unit.name.ends_with(".service") {
            declaration.notifies.push(vec!["restart".into(), unit.id()]);
        }
        declaration
    }

    fn environments(&mut self) {
        for declaration in self.machine.environments.declarations.clone() {
            let path = Utf8PathBuf::from(declaration.names.first().cloned().unwrap_or_default());
            if self.rules.of_path(&path).is_some_and(|rule| !rule.takes) {
                continue;
            }
            let recipe = self.sorter.of_path(&path);
            self.recipe(&recipe).environments.push(declaration);
        }
    }

    /// What is in servers of databases, as the cookbooks inside the program declare it.
    fn databases(&mut self) {
        for server in &self.machine.databases {
            for thing in &server.things {
                let mut declaration = thing.declaration.clone();
                if thing.has_password {
                    let place = Utf8PathBuf::from(format!("/{}", server.cookbook));
                    let word = format!("{}_password", slug(&declaration.names.join("_")));
                    let name = self.made.secret(&place, &word, &declaration.id());
                    declaration = declaration.with("password", json!({ deferred::SECRET: name }));
                }
                self.recipe(&server.recipe).data.push(declaration);
            }
            // Its programs read and change what is in the server. It has the package and the service, too.
            let recipe = self.recipe(&server.recipe);
            recipe.includes.insert(server.cookbook.to_owned());
            recipe.requires.insert(server.cookbook.to_owned());
            recipe.untyped.extend(server.untold.iter().cloned());
        }
    }

    /// Packages of languages, behind those of the system, which bring the programs that install them.
    fn globals(&mut self) {
        let machine = self.machine;
        for declaration in &machine.globals.declarations {
            self.recipe(PACKAGES).environments.push(declaration.clone());
        }
        let containers = machine.found.decisions.iter().filter(|(path, decision)| {
            decision.is_captured()
                && (path.starts_with("/etc/containers/systemd")
                    || path.file_name().is_some_and(|name| COMPOSE.contains(&name)))
        });
        let containers = containers.map(|(path, _)| {
            format!("the containers of {path}: the file is captured, and no resource type starts them")
        });
        let untyped: Vec<String> = machine.globals.untyped.iter().cloned().chain(containers).collect();
        if !untyped.is_empty() {
            self.recipe(UNSORTED).untyped.extend(untyped);
        }
    }
}

/// Files that describe containers.
const COMPOSE: [&str; 4] = ["compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"];

/// Directories that are there on every machine, whether a package has them or not.
const FOUND_EVERYWHERE: [&str; 14] = [
    "/etc",
    "/usr/local",
    "/usr/local/bin",
    "/usr/local/sbin",
    "/usr/local/lib",
    "/usr/local/share",
    "/usr/local/etc",
    "/usr/local/include",
    "/usr/local/games",
    "/usr/local/src",
    "/opt",
    "/srv",
    "/var/www",
    "/var/spool/cron/crontabs",
];

fn actions(words: &[&str]) -> Value {
    match words {
        [one] => Value::from(*one),
        several => Value::from(several.to_vec()),
    }
}

/// The unit and the name of a drop-in.
fn drop_in(path: &Utf8Path) -> Option<(&str, &str)> {
    let directory = path.parent()?;
    if directory.parent() != Some(Utf8Path::new(OWN_UNITS)) {
        return None;
    }
    let unit = directory.file_name()?.strip_suffix(".d")?;
    let name = path.file_name()?.strip_suffix(".conf")?;
    unit.contains('.').then_some((unit, name))
}
