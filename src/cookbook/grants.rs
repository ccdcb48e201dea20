//! What cookbooks declare to need, `[capabilities]`, and what a project grants and denies them, `[grants.NAME]` and
//! `[deny]`.

use std::collections::BTreeMap;

use serde_json::Value;

use super::document::{Document, dotted};
use crate::model::capability::{Capabilities, Capability, LONGEST_PATTERN, MOST_PATTERNS, digest, misfit};
use crate::model::english::suggestion;
use crate::model::error::{Diagnostic, Location};

/// Table of a manifest.
const CAPABILITIES: &str = "capabilities";
/// Table of `chefrs.toml`, with a table for each cookbook.
const GRANTS: &str = "grants";
/// Table of `chefrs.toml`.
const DENY: &str = "deny";
/// Table below [`CAPABILITIES`].
const OPTIONAL: &str = "optional";

/// What a cookbook declares.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct DeclaredCapabilities {
    /// None: the table is not there.
    pub(super) needed: Option<Capabilities>,
    pub(super) optional: Capabilities,
}

impl DeclaredCapabilities {
    /// Reads the table of a manifest.
    pub(super) fn read(document: &Document, wrong: &mut Vec<Diagnostic>) -> Self {
        let Some(table) = document.values.get(CAPABILITIES) else { return Self::default() };
        let needed = Some(kinds(document, CAPABILITIES, table, wrong));
        let optional = dotted(CAPABILITIES, OPTIONAL);
        let optional = table.get(OPTIONAL).map(|table| kinds(document, &optional, table, wrong));
        Self { needed, optional: optional.unwrap_or_default() }
    }

    /// The digest for the lock.
    pub(super) fn digest(&self) -> String {
        digest(self.needed.as_ref().unwrap_or(&Capabilities::new()), &self.optional)
    }
}

/// What a project grants and denies.
#[derive(Debug, Clone, Default)]
pub(super) struct GrantedCapabilities {
    pub(super) by_alias: BTreeMap<String, (Capabilities, Location)>,
    pub(super) denied: Capabilities,
}

impl GrantedCapabilities {
    /// Reads the tables of `chefrs.toml`.
    pub(super) fn read(document: &Document, wrong: &mut Vec<Diagnostic>) -> Self {
        let denied = document.values.get(DENY).map(|table| kinds(document, DENY, table, wrong));
        let mut by_alias = BTreeMap::new();
        match document.values.get(GRANTS) {
            None => {}
            Some(Value::Object(tables)) => {
                for (alias, table) in tables {
                    let path = dotted(GRANTS, alias);
                    let granted = kinds(document, &path, table, wrong);
                    by_alias.insert(alias.clone(), (granted, document.place(&path)));
                }
            }
            Some(_) => {
                let mistake = document.wrong(GRANTS, format!("`{GRANTS}` must be a table of tables"));
                wrong.push(mistake.hint("write `[grants.nginx]`, and below it `package = [\"nginx\"]`"));
            }
        }
        Self { by_alias, denied: denied.unwrap_or_default() }
    }

    /// The grants of a cookbook: those of its alias and of its name.
    pub(super) fn of(&self, name: &str, alias: &str) -> Capabilities {
        let mut all = Capabilities::new();
        let tables = [Some(name), Some(alias).filter(|alias| *alias != name)];
        for (granted, _) in tables.into_iter().flatten().filter_map(|key| self.by_alias.get(key)) {
            for (kind, patterns) in granted {
                all.entry(*kind).or_default().extend(patterns.iter().cloned());
            }
        }
        all
    }
}

/// Reads a table of kinds, each with a list of patterns.
fn kinds(document: &Document, path: &str, table: &Value, wrong: &mut Vec<Diagnostic>) -> Capabilities {
    let mut found = Capabilities::new();
    let Value::Object(table) = table else {
        let mistake = document.wrong(path, format!("`{path}` must be a table"));
        wrong.push(mistake.hint(format!("write `[{path}]`, and below it `package = [\"nginx\"]`")));
        return found;
    };
    for (key, value) in table {
        if path == CAPABILITIES && key == OPTIONAL {
            continue;
        }
        let place = dotted(path, key);
        let Some(kind) = Capability::ALL.into_iter().find(|kind| kind.word() == key) else {
            let words: Vec<&str> = Capability::ALL.iter().map(|kind| kind.word()).collect();
            let mistake = document.wrong(&place, format!("`{key}` is no kind of rights"));
            wrong.push(mistake.hint(suggestion(key, &words, "there are")));
            continue;
        };
        let listed = value.as_array().filter(|list| list.len() <= MOST_PATTERNS);
        let Some(list) = listed else {
            let message = format!("`{place}` must be a list of at most {MOST_PATTERNS} strings");
            wrong.push(document.wrong(&place, message).hint(format!("write `{key} = [\"…\"]`")));
            continue;
        };
        let mut patterns = Vec::new();
        for item in list {
            match item.as_str() {
                None => {
                    wrong
                        .push(document.wrong(&place, format!("`{place}` holds something that is no string")));
                }
                Some(pattern) => match misfit(kind, pattern) {
                    Some(why) => {
                        let short: String = pattern.chars().take(LONGEST_PATTERN / 10).collect();
                        let message = format!("`{}` can't be in `{place}`", short.escape_debug());
                        wrong.push(document.wrong(&place, message).note(why));
                    }
                    None => patterns.push(plain(kind, pattern)),
                },
            }
        }
        patterns.sort();
        patterns.dedup();
        found.insert(kind, patterns);
    }
    found
}

fn plain(kind: Capability, pattern: &str) -> String {
    match kind {
        Capability::Service => pattern.strip_suffix(".service").unwrap_or(pattern).to_owned(),
        _ => pattern.to_owned(),
    }
}
