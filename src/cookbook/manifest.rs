//! `cookbook.toml`: name, version and dependencies of a cookbook.

use std::collections::BTreeMap;

use camino::Utf8Path;
use serde_json::Value;

use super::book::Cookbook;
use super::document::Document;
use super::naming::{NAMES, is_plain_name};
use super::owners::Owners;
use super::path::{join, whole};
use super::range::{FORMS, VersionRange, is_version};
use super::shared_source::{self, SharedSource};
use super::source::{self, Source};
use super::{attributes, keys, shipped};
use crate::model::english::{nearest, printable};
use crate::model::error::{Diagnostic, Diagnostics, Location};
use crate::model::node::{AttributeSource, Layer};
use crate::model::probe;
use crate::model::sorted;
use crate::model::unit_test;

/// Name of the file.
pub(super) const FILE: &str = "cookbook.toml";

/// Key that says that hiding the shipped cookbook of the same name is intended.
const REPLACES_SHIPPED: &str = "replaces_shipped";

/// A cookbook with the versions of other cookbooks that it requires.
#[derive(Debug)]
pub(super) struct Listed {
    pub(super) cookbook: Cookbook,
    pub(super) wants: Vec<Want>,
    /// Dependencies that say where they are.
    pub(super) sources: Vec<SharedSource>,
}

/// A required version of another cookbook.
#[derive(Debug)]
pub(super) struct Want {
    pub(super) cookbook: String,
    pub(super) version: VersionRange,
    pub(super) location: Location,
}

/// The shipped cookbooks.
pub(super) fn shipped(wrong: &mut Vec<Diagnostic>) -> BTreeMap<String, Listed> {
    let names = shipped::cookbooks();
    let sources = names
        .into_iter()
        .map(|name| (name.to_owned(), Source::Shipped { root: join(shipped::COOKBOOKS, name) }));
    read_all(sources, wrong)
}

/// The cookbooks of a project, and the directory itself if that is one. Errors about unfinished ones go to `unfinished`,
/// because they only matter if they are used.
pub(super) fn on_disk(
    root: &Utf8Path,
    owners: &Owners,
    wrong: &mut Vec<Diagnostic>,
    unfinished: &mut BTreeMap<String, Diagnostic>,
) -> BTreeMap<String, Listed> {
    let mut sources = Vec::new();
    let itself = Source::Directory {
        root: root.to_owned(),
        label: String::new(),
        owners: owners.clone(),
        typed: None,
    };
    if itself.has(FILE) {
        sources.push((name_of(root, &itself), itself));
    }
    let entries = match root.join(shipped::COOKBOOKS).read_dir_utf8() {
        Ok(entries) => Some(entries),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => {
            let message = format!("the directory can't be listed: {}", source::plain(&error));
            wrong.push(Diagnostic::error(message).at(whole(shipped::COOKBOOKS)));
            None
        }
    };
    for entry in entries.into_iter().flatten().flatten() {
        let name = entry.file_name().to_owned();
        // The entry itself may be a symlink to anywhere. Below it, reads stay inside.
        if let Ok(real) = entry.path().canonicalize_utf8()
            && real.is_dir()
            && !name.starts_with('.')
        {
            let label = join(shipped::COOKBOOKS, &name);
            if let Err(mistake) = owners.check_path(&real, &label) {
                wrong.push(mistake);
                continue;
            }
            let source = Source::Directory { root: real, label, owners: owners.clone(), typed: None };
            if sources.iter().any(|(known, _)| *known == name) {
                let message = format!("the cookbook `{name}` has another one of its name in it");
                wrong.push(Diagnostic::error(message).at(whole(source.label(""))).hint("rename one of them"));
            } else if source.has(FILE) {
                sources.push((name, source));
            } else {
                unfinished.insert(name.clone(), no_manifest(&name, &source));
            }
        }
    }
    sorted::sort_by(&mut sources, |one, other| one.0.cmp(&other.0));
    read_all(sources.into_iter(), wrong)
}

/// A cookbook in a directory that may have any name.
pub(super) fn other(
    name: &str,
    directory: &Utf8Path,
    owners: &Owners,
    wrong: &mut Vec<Diagnostic>,
) -> BTreeMap<String, Listed> {
    let label = directory.to_string();
    let source = Source::Directory { root: directory.to_owned(), label, owners: owners.clone(), typed: None };
    read_all(std::iter::once((name.to_owned(), source)), wrong)
}

/// The name of the cookbook that the directory of the project is: what it calls itself, whatever the directory is called.
fn name_of(root: &Utf8Path, itself: &Source) -> String {
    let text = itself.text(FILE).ok().flatten();
    let document = text.and_then(|text| Document::toml(FILE, &text).ok());
    let said = document.and_then(|document| Some(document.values.get("name")?.as_str()?.to_owned()));
    said.unwrap_or_else(|| root.file_name().unwrap_or_default().to_owned())
}

/// Checks the versions that cookbooks require of each other.
pub(super) fn check_versions(cookbooks: &BTreeMap<String, Listed>, wrong: &mut Vec<Diagnostic>) {
    for listed in cookbooks.values() {
        for want in &listed.wants {
            let Some(found) = cookbooks.get(&want.cookbook) else {
                continue;
            };
            let version = &found.cookbook.version;
            if !want.version.allows(version) {
                let message = format!(
                    "cookbook `{}` requires `{}` {}, but its version is {version}",
                    listed.cookbook.name, want.cookbook, want.version
                );
                wrong.push(Diagnostic::error(message).at(want.location.clone()).hint(format!(
                    "write the version that it was tried with, or put another `{}` into `cookbooks/`",
                    want.cookbook
                )));
            }
        }
    }
}

fn read_all(
    sources: impl Iterator<Item = (String, Source)>,
    wrong: &mut Vec<Diagnostic>,
) -> BTreeMap<String, Listed> {
    let mut found = BTreeMap::new();
    for (name, source) in sources {
        match read(&name, source) {
            Ok(listed) => drop(found.insert(name, listed)),
            Err(mistakes) => wrong.extend(mistakes.0),
        }
    }
    found
}

/// Reads the cookbook that a source leads to.
pub(super) fn read_shared(asked: &SharedSource, source: Source) -> Result<Listed, Diagnostics> {
    let label = source.label(FILE);
    if let Some(text) = source.text(FILE)?
        && let Some(Value::String(found)) = Document::toml(&label, &text)?.values.get("name")
        && *found != asked.name
    {
        let (found, name) = (printable(found), &asked.name);
        return Err(asked
            .wrong(format!("the cookbook that is meant to be `{name}` calls itself `{found}`"))
            .note(format!("its manifest is `{label}`"))
            .hint(format!("write `cookbook = \"{found}\"` beside it if that is the one that you want"))
            .into());
    }
    let mut listed = read(&asked.name, source)?;
    // Whoever says where it is means it.
    listed.cookbook.hides_shipped = false;
    Ok(listed)
}

fn read(folder: &str, source: Source) -> Result<Listed, Diagnostics> {
    let label = source.label(FILE);
    if !is_plain_name(folder) {
        let place = source.label("");
        return Err(Diagnostic::error(format!("`{folder}` is not a valid name for a cookbook"))
            .at(whole(if place.is_empty() { label } else { place }))
            .hint(NAMES)
            .into());
    }
    let Some(text) = source.text(FILE)? else { return Err(no_manifest(folder, &source).into()) };
    let document = Document::toml(&label, &text)?;
    let mut wrong = document.unknown_keys("", keys::MANIFEST);
    check_name(&document, folder, &mut wrong);
    let version = version(&document, &mut wrong);
    let description = document.string("description", &mut wrong).unwrap_or_default();
    // Only checked to be text. It is for readers.
    document.string("license", &mut wrong);
    let (mut wants, mut sources) = (Vec::new(), Vec::new());
    let dependencies = dependencies(&document, folder, (&mut wants, &mut sources), &mut wrong);
    let attributes = wrapped(&document, folder, &dependencies, &mut wrong);
    let replaces = document.boolean(REPLACES_SHIPPED, &mut wrong).unwrap_or_default();
    let hides_shipped = !replaces && hides_shipped(folder, &source)?;
    if !wrong.is_empty() {
        return Err(Diagnostics(wrong));
    }
    let name = folder.to_owned();
    let has_probes = source.has(probe::FILE);
    let cookbook =
        Cookbook { name, version, description, dependencies, attributes, hides_shipped, has_probes, source };
    Ok(Listed { cookbook, wants, sources })
}

/// Whether a cookbook has the name of a shipped one but other content.
fn hides_shipped(folder: &str, source: &Source) -> Result<bool, Diagnostic> {
    if source.is_shipped() || !shipped::cookbooks().contains(&folder) {
        return Ok(false);
    }
    let shipped = Source::Shipped { root: join(shipped::COOKBOOKS, folder) };
    let mut names = source.files("");
    // Its tests are not in the program.
    names.retain(|name| name.split_once('/').is_none_or(|(top, _)| top != unit_test::FOLDER));
    if names != shipped.files("") {
        return Ok(true);
    }
    for name in &names {
        if source.bytes(name)? != shipped.bytes(name)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn no_manifest(folder: &str, source: &Source) -> Diagnostic {
    Diagnostic::error(format!("cookbook `{folder}` has no `{FILE}`"))
        .at(whole(source.label(FILE)))
        .hint(format!("write it with two lines: `name = \"{folder}\"` and `version = \"0.1.0\"`"))
}

fn check_name(document: &Document, folder: &str, wrong: &mut Vec<Diagnostic>) {
    let found = document.string("name", wrong);
    if document.values.get("name").is_none() {
        wrong.push(document.wrong("", "`name` is missing").hint(format!("write `name = \"{folder}\"`")));
    } else if let Some(name) = found.filter(|name| name != folder) {
        let message = format!("the cookbook is called `{name}`, but its directory `{folder}`");
        wrong.push(document.wrong("name", message).hint("give both the same name"));
    }
}

fn version(document: &Document, wrong: &mut Vec<Diagnostic>) -> String {
    let found = document.string("version", wrong);
    if document.values.get("version").is_none() {
        wrong.push(document.wrong("", "`version` is missing").hint("write `version = \"0.1.0\"`"));
    }
    let version = found.unwrap_or_default();
    if !version.is_empty() && !is_version(&version) {
        let message = format!("`{version}` is not a version");
        wrong.push(document.wrong("version", message).hint("write three numbers: `version = \"0.1.0\"`"));
    }
    version
}

/// Parses `alias = "*"`, `alias = "^1.2"`, `alias = { cookbook = "name", version = "^1.2" }`, or a table that says where
/// the cookbook is.
fn dependencies(
    document: &Document,
    cookbook: &str,
    (wants, sources): (&mut Vec<Want>, &mut Vec<SharedSource>),
    wrong: &mut Vec<Diagnostic>,
) -> BTreeMap<String, String> {
    let table = match document.values.get("dependencies") {
        None => return BTreeMap::new(),
        Some(Value::Object(table)) => table,
        Some(_) => {
            let mistake = document.wrong("dependencies", "`dependencies` must be a table");
            wrong.push(mistake.hint("write `[dependencies]`, and below it `nginx = \"*\"`"));
            return BTreeMap::new();
        }
    };
    let mut found = BTreeMap::new();
    for (alias, value) in table {
        let path = format!("dependencies.{alias}");
        if value.as_object().is_some_and(shared_source::is_meant) {
            let by = format!("cookbook `{cookbook}`");
            let source = shared_source::read(document, ("dependencies", alias), &by, wrong);
            if let Some(source) =
                source.filter(|source| source.name != cookbook || is_itself(document, &path, wrong))
            {
                found.insert(alias.clone(), source.name.clone());
                sources.push(source);
            }
            continue;
        }
        let (name, version) = match value {
            Value::String(version) => (alias.clone(), version.clone()),
            Value::Object(_) => {
                wrong.extend(document.unknown_keys(&path, keys::DEPENDENCY));
                let name = document.string(&format!("{path}.cookbook"), wrong);
                let version = document.string(&format!("{path}.version"), wrong);
                (name.unwrap_or_else(|| alias.clone()), version.unwrap_or_else(|| "*".to_owned()))
            }
            _ => {
                let message = format!("`{path}` must be a version or a table");
                wrong.push(document.wrong(&path, message).hint(format!("write `{alias} = \"*\"`")));
                continue;
            }
        };
        let range = VersionRange::read(&version);
        if !is_plain_name(alias) || !is_plain_name(&name) {
            let message = format!("`{alias}` can't name a cookbook");
            wrong.push(document.wrong(&path, message).hint(NAMES));
        } else if name == cookbook {
            is_itself(document, &path, wrong);
        } else if let Some(version) = range {
            wants.push(Want { cookbook: name.clone(), version, location: document.place(&path) });
            found.insert(alias.clone(), name);
        } else if version.contains('/') {
            wrong.push(shared_source::not_yet(document, &path, "registries"));
        } else {
            let message = format!("`{version}` is not a version requirement");
            wrong.push(document.wrong(&path, message).hint(FORMS));
        }
    }
    found
}

/// Reports a dependency on the cookbook itself.
fn is_itself(document: &Document, path: &str, wrong: &mut Vec<Diagnostic>) -> bool {
    let mistake = document.wrong(path, "a cookbook can't depend on itself");
    wrong.push(mistake.hint("leave it out: `require \".\"` returns its own resources"));
    false
}

/// Parses `[attributes.nginx]`: what the cookbook sets for those that it may use.
fn wrapped(
    document: &Document,
    cookbook: &str,
    dependencies: &BTreeMap<String, String>,
    wrong: &mut Vec<Diagnostic>,
) -> Option<AttributeSource> {
    let found = attributes::of_table(document, Layer::Wrapper, wrong)?;
    for name in found.values.keys().filter(|name| !dependencies.values().any(|known| known == *name)) {
        let path = format!("{}.{name}", attributes::TABLE);
        wrong.push(if name == cookbook {
            let message = "the attributes of the cookbook itself have their defaults in `attributes.lua`";
            document.wrong(&path, message).hint("write `default = …` there")
        } else {
            let message = format!("`{name}` is not a cookbook that `{cookbook}` depends on");
            let mistake = document.wrong(&path, message);
            match (dependencies.get(name), nearest(name, dependencies.values().map(String::as_str))) {
                (Some(real), _) => mistake.hint(format!(
                    "attributes are below the name of the cookbook, not below its alias: `[{}.{real}]`",
                    attributes::TABLE
                )),
                (None, Some(near)) => mistake.hint(format!("did you mean `{near}`?")),
                (None, None) => mistake.hint(format!("write `{name} = \"*\"` below `[dependencies]`")),
            }
        });
    }
    Some(found)
}
