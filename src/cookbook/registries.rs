//! `[registries]` of `chefrs.toml`: which index has the cookbooks of a scope.

use std::collections::BTreeMap;

use serde_json::Value;

use super::document::{Document, dotted};
use super::keys;
use super::scoped_name::{SCOPED, is_scope};
use super::source_address::{PASSWORD, misfit_url, misfit_web};
use crate::model::error::Diagnostic;

/// Name of the table.
const TABLE: &str = "registries";
/// The registry of all scopes that no other one has.
const DEFAULT: &str = "default";
/// The time for which a version must have been published.
const MIN_AGE: &str = "min-age";
/// Unless it is said: three days, in seconds.
const AGE: i64 = 3 * DAY;
const DAY: i64 = 24 * 3600;

/// The registries of a project.
#[derive(Debug, Clone)]
pub(super) struct Registries {
    registries: Vec<Registry>,
    /// For OCI registries, and those that don't say another one.
    pub(super) min_age: i64,
}

/// A registry.
#[derive(Debug, Clone)]
pub(super) struct Registry {
    pub(super) name: String,
    /// As it is written: a directory or a URL.
    pub(super) index: String,
    scopes: Vec<String>,
    /// Seconds for which a version must have been published before it is taken.
    pub(super) min_age: i64,
}

impl Default for Registries {
    fn default() -> Self {
        Self { registries: Vec::new(), min_age: AGE }
    }
}

impl Registries {
    /// The registry of a scope.
    pub(super) fn of_scope(&self, scope: &str) -> Option<&Registry> {
        let own = self.registries.iter().find(|registry| registry.scopes.iter().any(|own| own == scope));
        own.or_else(|| self.registries.iter().find(|registry| registry.name == DEFAULT))
    }

    /// The registry with an index.
    pub(super) fn of_index(&self, index: &str) -> Option<&Registry> {
        self.registries.iter().find(|registry| registry.index == index)
    }

    /// All registries.
    pub(super) fn all(&self) -> &[Registry] {
        &self.registries
    }
}

/// Parses the table.
pub(super) fn read(document: &Document, wrong: &mut Vec<Diagnostic>) -> Registries {
    let mut found = Registries::default();
    let entries = match document.values.get(TABLE) {
        None => return found,
        Some(Value::Object(entries)) => entries,
        Some(_) => {
            let mistake = document.wrong(TABLE, format!("`{TABLE}` must be a table"));
            wrong.push(mistake.hint("write `[registries]`, and below it `default = \"URL\"`"));
            return found;
        }
    };
    if let Some(age) = min_age(document, &dotted(TABLE, MIN_AGE), wrong) {
        found.min_age = age;
    }
    let mut taken = BTreeMap::<String, String>::new();
    for name in entries.keys().filter(|name| *name != MIN_AGE) {
        let Some(registry) = registry(document, name, found.min_age, wrong) else { continue };
        for scope in &registry.scopes {
            if let Some(other) = taken.insert(scope.clone(), name.clone()) {
                let message = format!("the registries `{other}` and `{name}` both have the scope `{scope}`");
                wrong.push(document.wrong(&dotted(TABLE, name), message).hint(
                    "a scope belongs to one registry, so that nobody else can publish under its names",
                ));
            }
        }
        found.registries.push(registry);
    }
    found
}

fn registry(document: &Document, name: &str, age: i64, wrong: &mut Vec<Diagnostic>) -> Option<Registry> {
    let path = dotted(TABLE, name);
    let before = wrong.len();
    if !is_scope(name) {
        wrong.push(document.wrong(&path, format!("`{name}` can't name a registry")).hint(SCOPED));
    }
    let own_scope = || if name == DEFAULT { Vec::new() } else { vec![name.to_owned()] };
    let (index, key, scopes, min_age) = match document.inner(TABLE)?.values.get(name)? {
        Value::String(index) => (Some(index.clone()), path.clone(), own_scope(), None),
        Value::Object(_) => {
            let table = document.inner(TABLE)?.inner(name)?;
            wrong.extend(table.unknown_keys("", keys::REGISTRY));
            let index = table.string("index", wrong);
            if index.is_none() && wrong.len() == before {
                let mistake = document.wrong(&path, format!("`{path}` does not say where its index is"));
                wrong.push(mistake.hint("write `index = \"URL\"` into it"));
            }
            let scopes = if table.values.contains_key("scopes") {
                table.strings("scopes", wrong)
            } else {
                own_scope()
            };
            for scope in scopes.iter().filter(|scope| !is_scope(scope)) {
                wrong.push(table.wrong("scopes", format!("`{scope}` is not a scope")).hint(SCOPED));
            }
            (index, dotted(&path, "index"), scopes, min_age(document, &dotted(&path, MIN_AGE), wrong))
        }
        _ => {
            let mistake = document.wrong(&path, format!("`{path}` must be a URL or a table"));
            wrong.push(mistake.hint(format!("write `{name} = \"https://…\"`")));
            return None;
        }
    };
    let index = index?;
    if let Some(why) = misfit_index(&index) {
        let mut mistake = document.wrong(&key, format!("`{index}` is not the place of an index: {why}"));
        if why == PASSWORD {
            mistake.message = format!("the URL of the registry `{name}` is not used: {why}");
            if let Some(location) = &mut mistake.location {
                location.excerpt.clear();
            }
        }
        wrong.push(mistake.hint(
            "write a directory, `/srv/index` or `./index`, or `https://…`, `git+https://…`, `git+ssh://…`, `git+file://…`",
        ));
    }
    let min_age = min_age.unwrap_or(age);
    (wrong.len() == before).then(|| Registry { name: name.to_owned(), index, scopes, min_age })
}

/// Why an index can't be used.
fn misfit_index(index: &str) -> Option<&'static str> {
    if let Some(url) = index.strip_prefix("git+") {
        return match misfit_url(url) {
            None if !url.contains("://") => Some("after `git+` comes `https://`, `ssh://` or `file://`"),
            why => why,
        };
    }
    if index.contains("://") {
        return misfit_web(index);
    }
    let is_directory = ["/", "./", "../"].iter().any(|start| index.starts_with(start));
    let is_odd = index.contains(char::is_control);
    (!is_directory || is_odd).then_some("a directory begins with `/`, `./` or `../`")
}

/// Parses `3 days`.
fn min_age(document: &Document, path: &str, wrong: &mut Vec<Diagnostic>) -> Option<i64> {
    let written = document.string(path, wrong)?;
    let seconds = seconds(&written);
    if seconds.is_none() {
        let mistake = document.wrong(path, format!("`{written}` is not a time"));
        wrong.push(mistake.hint("write a number and a unit: `3 days`, `12 hours`, `0 days`"));
    }
    seconds
}

fn seconds(text: &str) -> Option<i64> {
    let (number, unit) = text.trim().split_once(' ')?;
    let number = number.parse::<u32>().ok()?;
    let unit = match unit.trim().trim_end_matches('s') {
        "minute" => 60,
        "hour" => 3600,
        "day" => DAY,
        "week" => 7 * DAY,
        _ => return None,
    };
    Some(i64::from(number) * unit)
}

/// A time for messages.
pub(super) fn shown_age(seconds: i64) -> String {
    let (number, unit) = match seconds {
        0..3600 => (seconds / 60, "minute"),
        3600..DAY => (seconds / 3600, "hour"),
        _ => (seconds / DAY, "day"),
    };
    crate::model::english::count(usize::try_from(number).unwrap_or_default(), unit)
}
