//! The node: facts about the machine, and attributes in four layers.

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
    /// `chefrs.toml` of the project.
    Project,
    /// The node's own file, and its groups.
    Node,
    /// `-j FILE` and `--set key=value`.
    CommandLine,
}

impl Layer {
    /// All layers, weakest first.
    pub const ALL: [Self; 4] = [Self::Cookbook, Self::Project, Self::Node, Self::CommandLine];

    /// Description for the reference.
    #[must_use]
    pub fn doc(self) -> &'static str {
        match self {
            Self::Cookbook => "The default in the cookbook's `attributes.lua`.",
            Self::Project => "`[attributes]` of `chefrs.toml`.",
            Self::Node => "`[attributes]` of the node's groups, then of the node itself.",
            Self::CommandLine => "`-j FILE` and `--set nginx.port=81`.",
        }
    }

    /// The name that `explain` prints.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Cookbook => "cookbook default",
            Self::Project => "project",
            Self::Node => "node",
            Self::CommandLine => "command line",
        }
    }
}

/// Attributes from one source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AttributeSource {
    /// The layer that the source belongs to.
    pub layer: Layer,
    /// The source: a file, or `--set nginx.port=81`.
    pub origin: String,
    /// Dotted paths and the lines that set them, if the file format tells the lines.
    pub lines: BTreeMap<String, Location>,
    pub values: Map<String, Value>,
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
    let mut parts = path.split('.');
    let mut found = values.get(parts.next()?)?;
    for part in parts {
        found = found.as_object()?.get(part)?;
    }
    Some(found)
}
