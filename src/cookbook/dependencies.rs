//! The dependencies in `cookbook.toml`: those that say where they are, and ranges for those that others say it of.

use std::collections::BTreeMap;

use serde_json::Value;

use super::document::Document;
use super::keys;
use super::range::{FORMS, VersionRange};
use super::scoped_name::{forms, is_full_name, is_name, short};
use super::shared_origin::SharedSource;
use super::shared_source;
use crate::model::error::{Diagnostic, Location};

/// Table of what a cookbook needs, and of what only its tests need.
pub(super) const DEPENDENCIES: &str = "dependencies";
pub(super) const DEV_DEPENDENCIES: &str = "dev-dependencies";

/// A required version of another cookbook.
#[derive(Debug)]
pub(super) struct Want {
    /// Its name, perhaps without the scope.
    pub(super) cookbook: String,
    pub(super) version: VersionRange,
    pub(super) location: Location,
}

/// Parses `alias = "*"`, `alias = "^1.2"`, `alias = "acme/name ^1.2"`, `alias = { cookbook = "name", version = "^1.2" }`, or
/// a table that says where the cookbook is. Returns names in the project, by alias.
pub(super) fn read(
    document: &Document,
    (table, cookbook): (&str, &str),
    (wants, sources): (&mut Vec<Want>, &mut Vec<SharedSource>),
    wrong: &mut Vec<Diagnostic>,
) -> BTreeMap<String, String> {
    let entries = match document.values.get(table) {
        None => return BTreeMap::new(),
        Some(Value::Object(entries)) => entries,
        Some(_) => {
            let mistake = document.wrong(table, format!("`{table}` must be a table"));
            wrong.push(mistake.hint(format!("write `[{table}]`, and below it `nginx = \"*\"`")));
            return BTreeMap::new();
        }
    };
    let by = format!("cookbook `{cookbook}`");
    let mut found = BTreeMap::new();
    for (alias, value) in entries {
        let path = format!("{table}.{alias}");
        let source = match value {
            Value::Object(keys) if shared_source::is_meant(keys) => {
                Some(shared_source::read(document, (table, alias), &by, wrong))
            }
            Value::String(text) if text.contains('/') => {
                Some(shared_source::of_text(document, (&path, alias, text), &by, wrong))
            }
            _ => None,
        };
        if let Some(source) = source {
            if let Some(source) =
                source.filter(|source| source.key() != cookbook || is_itself(document, &path, wrong))
            {
                found.insert(alias.clone(), source.key());
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
        if !is_name(alias) || !is_full_name(&name) {
            let message = format!("`{alias}` can't name a cookbook");
            wrong.push(document.wrong(&path, message).hint(forms(&name)));
        } else if short(&name) == cookbook {
            is_itself(document, &path, wrong);
        } else if let Some(version) = range {
            found.insert(alias.clone(), short(&name));
            wants.push(Want { cookbook: name, version, location: document.place(&path) });
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
