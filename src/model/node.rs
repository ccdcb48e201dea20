//! The node: facts about the machine, and attributes in five layers.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

use super::error::Location;

/// The attribute layers. A later layer overrides an earlier one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Layer {
    /// Declared by a cookbook.
    Cookbook,
    /// Set by a cookbook for the cookbooks that it depends on.
    Wrapper,
    /// `chefrs.toml` of the project.
    Project,
    /// The node's own file, and its groups.
    Node,
    /// `-j FILE` and `--set key=value`.
    CommandLine,
    /// What the machine answered to a probe. Nothing overrides it.
    Probe,
    /// The example of a probe that was not asked.
    Example,
}

impl Layer {
    /// All layers of attributes, weakest first.
    pub const ALL: [Self; 5] = [Self::Cookbook, Self::Wrapper, Self::Project, Self::Node, Self::CommandLine];

    /// Description for the reference.
    #[must_use]
    pub fn doc(self) -> &'static str {
        match self {
            Self::Cookbook => "The default in the cookbook's `attributes.lua`.",
            Self::Wrapper => {
                "`[attributes]` of the `cookbook.toml` of a cookbook that depends on it and is part of the run."
            }
            Self::Project => "`[attributes]` of `chefrs.toml`.",
            Self::Node => "`[attributes]` of the node's groups, then of the node itself.",
            Self::CommandLine => "`-j FILE` and `--set nginx.port=81`.",
            Self::Probe => "What the machine answered.",
            Self::Example => "The `example` of a probe that was not asked.",
        }
    }

    /// The name that `explain` prints.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Cookbook => "cookbook default",
            Self::Wrapper => "wrapper cookbook",
            Self::Project => "project",
            Self::Node => "node",
            Self::CommandLine => "command line",
            Self::Probe => "probe",
            Self::Example => "probe example",
        }
    }
}

/// What recipes read of the node itself, beside facts and attributes: its name, and its groups.
pub const IDENTITY: [&str; 2] = ["name", "groups"];

/// Attributes from one source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AttributeSource {
    /// The layer that the source belongs to.
    pub layer: Layer,
    /// The source: a file, or `--set nginx.port=81`.
    pub origin: String,
    /// Dotted paths and the lines that set them, if the file format tells the lines.
    pub lines: BTreeMap<String, Location>,
    /// Dotted paths at which the values of lower layers do not count.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub unset: BTreeMap<String, Location>,
    pub values: Map<String, Value>,
}

impl AttributeSource {
    /// The value at a dotted path, if `below` is what the lower layers give and `default` what is there without any.
    #[must_use]
    pub fn over(&self, path: &str, default: Option<&Value>, mut below: Option<Value>) -> Option<Value> {
        for unset in self.unset.keys() {
            if is_at_or_below(path, unset) {
                below = default.cloned();
            } else if is_at_or_below(unset, path)
                && let Some(Value::Object(map)) = &mut below
            {
                remove(map, &unset[path.len() + 1..]);
            }
        }
        let own = lookup(&self.values, path).cloned();
        below.into_iter().chain(own).reduce(over)
    }

    /// Whether the value of lower layers does not count at a dotted path.
    #[must_use]
    pub fn unsets(&self, path: &str) -> bool {
        self.unset.keys().any(|unset| is_at_or_below(path, unset))
    }
}

fn is_at_or_below(path: &str, above: &str) -> bool {
    path.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// Removes the value at a dotted path.
fn remove(map: &mut Map<String, Value>, path: &str) {
    match path.split_once('.') {
        None => drop(map.remove(path)),
        Some((first, rest)) => {
            if let Some(Value::Object(below)) = map.get_mut(first) {
                remove(below, rest);
            }
        }
    }
}

/// One value over another one, as for layers.
fn over(under: Value, over: Value) -> Value {
    match (under, over) {
        (Value::Object(mut under), Value::Object(over)) => {
            merge(&mut under, &over);
            Value::Object(under)
        }
        (_, over) => over,
    }
}

/// Merges `over` into `under`. Maps are merged recursively; all other values, including lists, are replaced.
pub fn merge(under: &mut Map<String, Value>, over: &Map<String, Value>) {
    for (key, value) in over {
        match (under.get_mut(key), value) {
            (Some(Value::Object(below)), Value::Object(above)) => merge(below, above),
            _ => {
                under.insert(key.clone(), value.clone());
            }
        }
    }
}

/// Finds the value at a dotted path such as `nginx.port`.
#[must_use]
pub fn lookup<'a>(values: &'a Map<String, Value>, path: &str) -> Option<&'a Value> {
    lookup_components(values, path.split('.'))
}

/// Finds the value at a path that is given by its components. They may have dots.
#[must_use]
pub fn lookup_components<'a, 'b>(
    values: &'a Map<String, Value>,
    mut parts: impl Iterator<Item = &'b str>,
) -> Option<&'a Value> {
    let mut found = values.get(parts.next()?)?;
    for part in parts {
        found = found.as_object()?.get(part)?;
    }
    Some(found)
}
