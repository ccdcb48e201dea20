//! `cookbook.toml`: name, version and dependencies of a cookbook.

use std::collections::BTreeMap;

use serde_json::Value;

use super::book::Cookbook;
use super::dependencies::{self, DEPENDENCIES, DEV_DEPENDENCIES, Want};
use super::document::Document;
use super::grants::DeclaredCapabilities;
use super::path::{join, whole};
use super::range::{FORMS, VersionRange, is_version};
use super::scoped_name::{NAMES, answers_to, forms, is_full_name, is_name, short};
use super::shared_origin::SharedSource;
use super::source::Source;
use super::{attributes, keys, shipped};
use crate::model::english::{nearest, printable};
use crate::model::error::{Diagnostic, Diagnostics};
use crate::model::node::{AttributeSource, Layer};
use crate::model::probe;
use crate::model::unit_test;

/// Name of the file.
pub(super) const FILE: &str = "cookbook.toml";

/// Key that says that hiding the shipped cookbook of the same name is intended.
const REPLACES_SHIPPED: &str = "replaces_shipped";

/// A cookbook with the versions of other cookbooks that it requires.
#[derive(Debug)]
pub(super) struct Listed {
    pub(super) cookbook: Cookbook,
    /// The name with its scope.
    pub(super) full_name: String,
    pub(super) wants: Vec<Want>,
    /// Dependencies that say where they are.
    pub(super) sources: Vec<SharedSource>,
    pub(super) capabilities: DeclaredCapabilities,
}

/// What a manifest says that a choice of versions needs.
#[derive(Debug, Default)]
pub(super) struct Needs {
    pub(super) full_name: String,
    pub(super) version: String,
    pub(super) wants: Vec<Want>,
    pub(super) sources: Vec<SharedSource>,
}

/// Checks the versions that cookbooks require of each other.
pub(super) fn check_versions(cookbooks: &BTreeMap<String, Listed>, wrong: &mut Vec<Diagnostic>) {
    for listed in cookbooks.values() {
        for want in &listed.wants {
            let Some(found) = cookbooks.get(&short(&want.cookbook)) else {
                continue;
            };
            if !answers_to(&found.full_name, &want.cookbook) {
                let (name, other) = (&listed.cookbook.name, &found.full_name);
                let message =
                    format!("cookbook `{name}` requires `{}`, but this one is `{other}`", want.cookbook);
                let hint =
                    format!("a project has one cookbook called `{}`: leave out one of them", short(other));
                wrong.push(Diagnostic::error(message).at(want.location.clone()).hint(hint));
            }
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

/// Reads the cookbook that a source leads to.
pub(super) fn read_shared(asked: &SharedSource, source: Source) -> Result<Listed, Diagnostics> {
    let label = source.label(FILE);
    if let Some(text) = source.text(FILE)?
        && let Some(Value::String(found)) = Document::toml(&label, &text)?.values.get("name")
        && !answers_to(found, &asked.name)
    {
        return Err(another_name(asked, found, &label).into());
    }
    let mut listed = read(&asked.key(), source, false)?;
    // Whoever says where it is means it.
    listed.cookbook.hides_shipped = false;
    Ok(listed)
}

/// The error for a cookbook with another name than is asked for.
fn another_name(asked: &SharedSource, found: &str, label: &str) -> Diagnostic {
    let (found, name) = (printable(found), &asked.name);
    asked
        .wrong(format!("the cookbook that is meant to be `{name}` calls itself `{found}`"))
        .note(format!("its manifest is `{label}`"))
        .hint(format!("write `cookbook = \"{found}\"` beside it if that is the one that you want"))
}

/// What the text of a manifest says that a choice of versions needs. The error is why this version can't be used.
pub(super) fn needs(asked: &SharedSource, label: &str, text: &str) -> Result<Needs, Diagnostic> {
    let document = Document::toml(label, text)?;
    let mut wrong = Vec::new();
    let full_name = document.string("name", &mut wrong).unwrap_or_default();
    if wrong.is_empty() && !answers_to(&full_name, &asked.name) {
        return Err(another_name(asked, &full_name, label));
    }
    let version = version(&document, &mut wrong);
    let (mut wants, mut sources) = (Vec::new(), Vec::new());
    dependencies::read(&document, (DEPENDENCIES, &asked.key()), (&mut wants, &mut sources), &mut wrong);
    needed_chefrs(&document, &asked.name, &version, &mut wrong);
    if wrong.is_empty() { Ok(Needs { full_name, version, wants, sources }) } else { Err(wrong.remove(0)) }
}

/// `is_own`: whether it is in the project, so that its tests are run.
pub(super) fn read(folder: &str, source: Source, is_own: bool) -> Result<Listed, Diagnostics> {
    let label = source.label(FILE);
    if !is_name(folder) {
        let place = source.label("");
        return Err(Diagnostic::error(format!("`{folder}` is not a valid name for a cookbook"))
            .at(whole(if place.is_empty() { label } else { place }))
            .hint(NAMES)
            .into());
    }
    let Some(text) = source.text(FILE)? else { return Err(no_manifest(folder, &source).into()) };
    let document = Document::toml(&label, &text)?;
    let mut wrong = document.unknown_keys("", keys::MANIFEST);
    let full_name = check_name(&document, folder, &mut wrong);
    let version = version(&document, &mut wrong);
    let description = document.string("description", &mut wrong).unwrap_or_default();
    for_readers(&document, &mut wrong);
    needed_chefrs(&document, &full_name, &version, &mut wrong);
    let (mut wants, mut sources) = (Vec::new(), Vec::new());
    let mut dependencies =
        dependencies::read(&document, (DEPENDENCIES, folder), (&mut wants, &mut sources), &mut wrong);
    let (mut dev_wants, mut dev_sources) = (Vec::new(), Vec::new());
    let found = dependencies::read(
        &document,
        (DEV_DEPENDENCIES, folder),
        (&mut dev_wants, &mut dev_sources),
        &mut wrong,
    );
    for alias in found.keys().filter(|alias| dependencies.contains_key(*alias)) {
        let message = format!("`{alias}` is in `{DEPENDENCIES}` and in `{DEV_DEPENDENCIES}`");
        wrong.push(
            document.wrong(&format!("{DEV_DEPENDENCIES}.{alias}"), message).hint("leave out one of them"),
        );
    }
    if is_own {
        dependencies.extend(found);
        wants.extend(dev_wants);
        sources.extend(dev_sources);
    }
    let attributes = wrapped(&document, folder, &dependencies, &mut wrong);
    let capabilities = DeclaredCapabilities::read(&document, &mut wrong);
    let replaces = document.boolean(REPLACES_SHIPPED, &mut wrong).unwrap_or_default();
    let hides_shipped = !replaces && hides_shipped(folder, &source)?;
    if !wrong.is_empty() {
        return Err(Diagnostics(wrong));
    }
    let name = folder.to_owned();
    let has_probes = source.has(probe::FILE);
    let cookbook = Cookbook {
        name,
        version,
        description,
        dependencies,
        attributes,
        hides_shipped,
        has_probes,
        authority: None,
        source,
    };
    Ok(Listed { cookbook, full_name, wants, sources, capabilities })
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

pub(super) fn no_manifest(folder: &str, source: &Source) -> Diagnostic {
    Diagnostic::error(format!("cookbook `{folder}` has no `{FILE}`"))
        .at(whole(source.label(FILE)))
        .hint(format!("write it with two lines: `name = \"{folder}\"` and `version = \"0.1.0\"`"))
}

/// The whole name, which must be that of the directory after its scope.
fn check_name(document: &Document, folder: &str, wrong: &mut Vec<Diagnostic>) -> String {
    let found = document.string("name", wrong);
    let Some(name) = found else {
        if document.values.get("name").is_none() {
            wrong.push(document.wrong("", "`name` is missing").hint(format!("write `name = \"{folder}\"`")));
        }
        return folder.to_owned();
    };
    if name.contains('/') && !is_full_name(&name) {
        wrong.push(document.wrong("name", format!("`{name}` can't name a cookbook")).hint(forms(&name)));
    } else if short(&name) != folder {
        let message = format!("the cookbook is called `{name}`, but its directory `{folder}`");
        let mistake = document.wrong("name", message);
        wrong.push(match name.split_once('/') {
            Some(_) => {
                mistake.hint(format!("call the directory `{}`: the scope is left out there", short(&name)))
            }
            None => mistake.hint("give both the same name"),
        });
    }
    name
}

/// Checks what is there for readers, and for publishing.
fn for_readers(document: &Document, wrong: &mut Vec<Diagnostic>) {
    for key in ["license", "repository"] {
        document.string(key, wrong);
    }
    document.strings("platforms", wrong);
    match document.values.get("publish") {
        Some(Value::Bool(true)) => {
            let mistake = document.wrong("publish", "`publish` must be a list of registries, or `false`");
            wrong.push(mistake.hint("leave it out to allow every registry"));
        }
        Some(Value::Bool(false)) => {}
        _ => drop(document.strings("publish", wrong)),
    }
}

/// Checks which versions of chefrs it works with.
fn needed_chefrs(document: &Document, name: &str, version: &str, wrong: &mut Vec<Diagnostic>) {
    let Some(written) = document.string("chefrs", wrong) else { return };
    match VersionRange::read(&written) {
        None => {
            let message = format!("`{written}` is not a range of versions");
            wrong.push(document.wrong("chefrs", message).hint(FORMS));
        }
        Some(range) => {
            wrong
                .extend(misfit_chefrs(name, version, &range).map(|wrong| wrong.at(document.place("chefrs"))));
        }
    }
}

/// The error for a cookbook that does not work with this chefrs.
pub(super) fn misfit_chefrs(name: &str, version: &str, range: &VersionRange) -> Option<Diagnostic> {
    let this = env!("CARGO_PKG_VERSION");
    (!range.allows(this)).then(|| {
        Diagnostic::error(format!("`{name}` {version} works with chefrs {range}, and this is chefrs {this}"))
            .hint("use such a chefrs, or another version of the cookbook")
    })
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
