//! A line of the index of a registry, which is also the configuration of an artifact in an OCI registry: one version of a
//! cookbook.

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::lock_file::digits;
use super::manifest::{Needs, misfit_chefrs};
use super::range::{VersionRange, is_version};
use super::scoped_name::{answers_to, is_full_name, is_name, is_scoped};
use super::shared_origin::{Origin, SharedSource};
use super::source_address::is_inside;
use crate::model::error::{Diagnostic, Location};
use crate::model::sorted::sort_by;

/// Most bytes of a line.
pub(super) const LONGEST: usize = 256 << 10;

/// What it says.
#[derive(Debug, Clone)]
pub(super) struct IndexLine {
    pub(super) name: String,
    pub(super) version: String,
    /// Alias, name and range of each dependency.
    dependencies: Vec<(String, String, String)>,
    chefrs: Option<String>,
    pub(super) sum: String,
    /// A URL, or a path from the root of the index.
    pub(super) source: String,
    published: Option<Timestamp>,
    /// Why it should not be used any more.
    pub(super) yanked: Option<String>,
    pub(super) deprecated: Option<String>,
    /// A signature over name, version and sum.
    pub(super) signature: Option<String>,
    /// Where it is: the file of the index and the line.
    pub(super) location: Location,
}

impl IndexLine {
    /// Parses it. The error is what is wrong with it. Keys that are not known may come from a later chefrs.
    pub(super) fn read(text: &str, location: Location) -> Result<Self, String> {
        if text.len() > LONGEST {
            return Err(format!("it is longer than {} KiB", LONGEST >> 10));
        }
        let value: Value = serde_json::from_str(text).map_err(|_| "it is not JSON".to_owned())?;
        let Value::Object(values) = value else { return Err("it is not a JSON object".to_owned()) };
        let name = required(&values, "name")?;
        if !is_full_name(&name) {
            return Err("its `name` is not the name of a cookbook".to_owned());
        }
        let version = required(&values, "version")?;
        if !is_version(&version) {
            return Err("its `version` is not a version".to_owned());
        }
        let sum = required(&values, "sum")?;
        if digits(&sum).is_none() {
            return Err("its `sum` is not a sum".to_owned());
        }
        let published = text_of(&values, "published")?;
        let published = published.map(|text| text.parse::<Timestamp>()).transpose();
        let yanked = match values.get("yanked") {
            None | Some(Value::Null | Value::Bool(false)) => None,
            Some(Value::Bool(true)) => Some("no reason was given".to_owned()),
            Some(Value::String(reason)) => Some(reason.clone()),
            Some(_) => return Err("its `yanked` is neither `false` nor a reason".to_owned()),
        };
        let deprecated = match values.get("deprecated") {
            Some(Value::Bool(false)) => None,
            _ => text_of(&values, "deprecated")?,
        };
        Ok(Self {
            name,
            version,
            dependencies: dependencies(&values)?,
            chefrs: text_of(&values, "chefrs")?,
            sum,
            source: text_of(&values, "source")?.unwrap_or_default(),
            published: published.map_err(|_| "its `published` is not a time".to_owned())?,
            yanked,
            deprecated,
            signature: text_of(&values, "signature")?,
            location,
        })
    }

    /// Whether its source can be used: a URL, or a path below the root.
    pub(super) fn has_fit_source(&self) -> bool {
        !self.source.is_empty() && (self.source.contains("://") || is_inside(&self.source))
    }

    /// Seconds since it was published, if that is known.
    pub(super) fn age(&self, now: Timestamp) -> Option<i64> {
        Some(now.as_second() - self.published?.as_second())
    }

    /// What a choice of versions needs of it. The error is why it can't be used.
    pub(super) fn needs(&self, asked: &SharedSource) -> Result<Needs, Diagnostic> {
        let at = |wrong: Diagnostic| wrong.at(self.location.clone());
        if !answers_to(&self.name, &asked.name) {
            let message = format!("what should be `{}` calls itself `{}`", asked.name, self.name);
            return Err(at(Diagnostic::error(message)));
        }
        if let Some(written) = &self.chefrs {
            let range = VersionRange::read(written)
                .ok_or_else(|| at(Diagnostic::error(format!("`{written}` is not a range of versions"))))?;
            if let Some(wrong) = misfit_chefrs(&self.name, &self.version, &range) {
                return Err(at(wrong));
            }
        }
        let by = format!("cookbook `{}`", self.name);
        let mut sources = Vec::new();
        for (alias, name, range) in &self.dependencies {
            let version = VersionRange::read(range)
                .ok_or_else(|| at(Diagnostic::error(format!("`{range}` is not a range of versions"))))?;
            sources.push(SharedSource {
                alias: alias.clone(),
                name: name.clone(),
                origin: Origin::OfScope,
                version,
                by: by.clone(),
                location: self.location.clone(),
            });
        }
        Ok(Needs { full_name: self.name.clone(), version: self.version.clone(), wants: Vec::new(), sources })
    }

    /// Whether a manifest says the same: name, version, and what it needs from registries.
    pub(super) fn agrees_with(&self, needs: &Needs) -> bool {
        let mut own: Vec<(&str, &str, String)> = Vec::new();
        for (alias, name, range) in &self.dependencies {
            own.push((alias, name, range.split_whitespace().collect()));
        }
        let mut other: Vec<(&str, &str, String)> = Vec::new();
        for source in &needs.sources {
            let range = source.version.to_string();
            other.push((&source.alias, &source.name, range.split_whitespace().collect()));
        }
        sort_by(&mut own, Ord::cmp);
        sort_by(&mut other, Ord::cmp);
        own == other && self.name == needs.full_name && self.version == needs.version
    }
}

fn text_of(values: &Map<String, Value>, key: &str) -> Result<Option<String>, String> {
    match values.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(format!("its `{key}` is not a string")),
    }
}

fn required(values: &Map<String, Value>, key: &str) -> Result<String, String> {
    text_of(values, key)?.ok_or_else(|| format!("it has no `{key}`"))
}

/// Parses `{"systemd": "acme/systemd ^2.1"}`. What a project or the program has itself, a plain range, is not chosen here.
fn dependencies(values: &Map<String, Value>) -> Result<Vec<(String, String, String)>, String> {
    let entries = match values.get("dependencies") {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Object(entries)) => entries,
        Some(_) => return Err("its `dependencies` are not an object".to_owned()),
    };
    let mut found = Vec::new();
    for (alias, value) in entries {
        let text = value.as_str().ok_or("a dependency is not a string")?;
        if !text.contains('/') {
            continue;
        }
        let (name, range) = text.split_once(' ').unwrap_or((text, "*"));
        if !is_scoped(name) || !is_name(alias) {
            return Err(format!("its dependency `{}` is not understood", alias.escape_debug()));
        }
        found.push((alias.clone(), name.to_owned(), range.to_owned()));
    }
    Ok(found)
}
