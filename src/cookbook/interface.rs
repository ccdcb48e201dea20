//! What a cookbook offers to others, and what is different in another version of it.

use std::collections::{BTreeMap, BTreeSet};

use semver::Version;
use serde_json::Value;

use crate::model::schema::{Kind, Property};

/// What others may use of a cookbook, and what it may do on a machine.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CookbookInterface {
    pub recipes: BTreeSet<String>,
    /// Custom resources by name.
    pub types: BTreeMap<String, TypeInterface>,
    /// Attributes by their path below the name of the cookbook.
    pub attributes: BTreeMap<String, Property>,
    /// What it needs to be granted: a line for each, as `file /etc/nginx/**`.
    pub capabilities: BTreeSet<String>,
}

/// A custom resource.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TypeInterface {
    pub properties: BTreeMap<String, Property>,
    /// The default first.
    pub actions: Vec<String>,
}

/// How much a difference matters to those who use the cookbook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum InterfaceImpact {
    /// What worked goes on working.
    Compatible,
    /// What worked may not work any more, or needs a new grant.
    Breaking,
}

/// A difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InterfaceChange {
    pub impact: InterfaceImpact,
    pub text: String,
}

use InterfaceImpact::{Breaking, Compatible};

/// The differences from an earlier version: those that break something first.
#[must_use]
pub fn interface_changes(old: &CookbookInterface, new: &CookbookInterface) -> Vec<InterfaceChange> {
    let mut found = InterfaceDifferences::default();
    found.names(&old.recipes, &new.recipes, "recipe");
    found.keys(&old.types, &new.types, "resource");
    for (name, old, new) in both(&old.types, &new.types) {
        let of = format!("the resource `{name}`");
        found.actions(&of, &old.actions, &new.actions);
        found.values(&old.properties, &new.properties, "property", &format!(" of {of}"));
    }
    found.values(&old.attributes, &new.attributes, "attribute", "");
    for line in new.capabilities.difference(&old.capabilities) {
        found.breaking(format!("new capability: {line}"));
    }
    for line in old.capabilities.difference(&new.capabilities) {
        found.compatible(format!("no longer needed: {line}"));
    }
    let InterfaceDifferences { mut breaking, compatible } = found;
    breaking.extend(compatible);
    breaking
}

/// The lowest version that may follow another one with these differences. Before 1.0.0, the second number counts as the
/// first does later; see <https://semver.org> and what Cargo makes of it.
#[must_use]
pub fn next_version(old: &str, changes: &[InterfaceChange]) -> Option<String> {
    let old = Version::parse(old).ok()?;
    let impact = changes.iter().map(|change| change.impact).max();
    let next = match (old.major, old.minor, impact) {
        (0, 0, _) => Version::new(0, 0, old.patch + 1),
        (0, minor, Some(Breaking)) => Version::new(0, minor + 1, 0),
        (major, _, Some(Breaking)) => Version::new(major + 1, 0, 0),
        (major, minor, Some(Compatible)) if major > 0 => Version::new(major, minor + 1, 0),
        (major, minor, _) => Version::new(major, minor, old.patch + 1),
    };
    Some(next.to_string())
}

/// Whether a version is high enough where another one is the lowest. What comes before a release counts as the release.
#[must_use]
pub fn is_enough(version: &str, lowest: &str) -> bool {
    let numbers = |text| Version::parse(text).ok().map(|found| (found.major, found.minor, found.patch));
    numbers(version) >= numbers(lowest)
}

#[derive(Debug, Default)]
struct InterfaceDifferences {
    breaking: Vec<InterfaceChange>,
    compatible: Vec<InterfaceChange>,
}

impl InterfaceDifferences {
    fn breaking(&mut self, text: String) {
        self.breaking.push(InterfaceChange { impact: Breaking, text });
    }

    fn compatible(&mut self, text: String) {
        self.compatible.push(InterfaceChange { impact: Compatible, text });
    }

    fn names(&mut self, old: &BTreeSet<String>, new: &BTreeSet<String>, what: &str) {
        for name in old.difference(new) {
            self.breaking(format!("the {what} `{name}` is gone"));
        }
        for name in new.difference(old) {
            self.compatible(format!("new {what} `{name}`"));
        }
    }

    fn keys<T>(&mut self, old: &BTreeMap<String, T>, new: &BTreeMap<String, T>, what: &str) {
        let names = |of: &BTreeMap<String, T>| of.keys().cloned().collect();
        self.names(&names(old), &names(new), what);
    }

    fn actions(&mut self, of: &str, old: &[String], new: &[String]) {
        for action in old.iter().filter(|action| !new.contains(action)) {
            self.breaking(format!("{of} has no action `{action}` any more"));
        }
        for action in new.iter().filter(|action| !old.contains(action)) {
            self.compatible(format!("new action `{action}` of {of}"));
        }
        if let (Some(was), Some(is)) = (old.first(), new.first())
            && was != is
            && new.contains(was)
        {
            self.breaking(format!("the default action of {of} is `{is}`, and was `{was}`"));
        }
    }

    /// Properties or attributes.
    fn values(
        &mut self,
        old: &BTreeMap<String, Property>,
        new: &BTreeMap<String, Property>,
        what: &str,
        of: &str,
    ) {
        for name in old.keys().filter(|name| !new.contains_key(*name)) {
            self.breaking(format!("the {what} `{name}`{of} is gone"));
        }
        for (name, added) in new.iter().filter(|(name, _)| !old.contains_key(*name)) {
            if added.required {
                self.breaking(format!("the new {what} `{name}`{of} is required"));
            } else {
                self.compatible(format!("new {what} `{name}`{of}"));
            }
        }
        for (name, old, new) in both(old, new) {
            let named = format!("the {what} `{name}`{of}");
            if !takes(&new.kind, &old.kind) {
                let (is, was) = (new.kind.describe(), old.kind.describe());
                self.breaking(if is == was {
                    format!("{named} takes fewer values")
                } else {
                    format!("{named} takes {is}, where it took {was}")
                });
            } else if new.kind != old.kind {
                self.compatible(format!("{named} takes more values"));
            }
            if new.required && !old.required {
                self.breaking(format!("{named} is required"));
            }
            for action in new.required_for.iter().filter(|action| !old.required_for.contains(action)) {
                if !old.required {
                    self.breaking(format!("{named} is required for `{action}`"));
                }
            }
            if new.default != old.default && !(new.required || old.required) {
                let shown = |value: &Option<Value>| match value {
                    Some(value) => format!("`{value}`"),
                    None => "none".to_owned(),
                };
                self.compatible(format!(
                    "the default of {named} is {}, and was {}",
                    shown(&new.default),
                    shown(&old.default)
                ));
            }
        }
    }
}

/// The entries that both have.
fn both<'a, T>(
    old: &'a BTreeMap<String, T>,
    new: &'a BTreeMap<String, T>,
) -> impl Iterator<Item = (&'a str, &'a T, &'a T)> {
    old.iter().filter_map(|(name, old)| Some((name.as_str(), old, new.get(name)?)))
}

/// Whether a kind takes every value that another one takes.
fn takes(new: &Kind, old: &Kind) -> bool {
    if new == old {
        return true;
    }
    match (new, old) {
        (Kind::Any, _) => true,
        (new, Kind::Either(olds)) => olds.iter().all(|old| takes(new, old)),
        (Kind::Either(news), old) => news.iter().any(|new| takes(new, old)),
        (Kind::Limited(new, limits), Kind::Limited(old, before)) => limits == before && takes(new, old),
        (new, Kind::Limited(old, _)) => takes(new, old),
        (Kind::Choice(new), Kind::Choice(old)) => old.iter().all(|word| new.contains(word)),
        (
            Kind::String | Kind::Text,
            Kind::Choice(_) | Kind::Path | Kind::Mode | Kind::String | Kind::Text,
        )
        | (Kind::Strings, Kind::String | Kind::Choice(_) | Kind::Path)
        | (Kind::Number, Kind::Integer)
        | (Kind::Commands, Kind::Command) => true,
        (Kind::Strings, Kind::List(old)) => takes(&Kind::String, old),
        (Kind::List(new), Kind::List(old)) | (Kind::Map(new), Kind::Map(old)) => takes(new, old),
        (Kind::Record(new), Kind::Record(old)) => record_takes(new, old),
        _ => false,
    }
}

fn record_takes(new: &[Property], old: &[Property]) -> bool {
    let known = |of: &[Property], name: &str| of.iter().position(|property| property.name == name);
    let is_kept = |old: &Property| {
        known(new, &old.name)
            .is_some_and(|at| takes(&new[at].kind, &old.kind) && (old.required || !new[at].required))
    };
    let is_free = |added: &Property| !added.required || known(old, &added.name).is_some();
    old.iter().all(is_kept) && new.iter().all(is_free)
}
