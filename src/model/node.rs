//! The node: what the machine says (facts) and what people decided (attributes, in four layers).

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

use super::error::Location;

/// The attribute layers; a later one wins.
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
    /// All of them, the weakest first.
    pub const ALL: [Self; 4] = [Self::Cookbook, Self::Project, Self::Node, Self::CommandLine];

    /// What it is, for the reference.
    #[must_use]
    pub fn doc(self) -> &'static str {
        match self {
            Self::Cookbook => "The default in the cookbook's `attributes.lua`.",
            Self::Project => "`[attributes]` of `chefrs.toml`.",
            Self::Node => "`[attributes]` of the node's groups, then of the node itself.",
            Self::CommandLine => "`-j FILE` and `--set nginx.port=81`.",
        }
    }

    /// As `explain` prints it.
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

/// Attributes that came from one place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AttributeSource {
    /// The layer it belongs to.
    pub layer: Layer,
    /// Where it was written: a file, or `--set nginx.port=81`.
    pub origin: String,
    /// Dotted paths to the line that set them, where the form of the file tells.
    pub lines: BTreeMap<String, Location>,
    pub values: Map<String, Value>,
}

/// Merges `over` onto `under`: maps deeply, everything else (lists too) replaces.
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

/// Looks a dotted path up: `nginx.port`.
#[must_use]
pub fn lookup<'a>(values: &'a Map<String, Value>, path: &str) -> Option<&'a Value> {
    let mut parts = path.split('.');
    let mut found = values.get(parts.next()?)?;
    for part in parts {
        found = found.as_object()?.get(part)?;
    }
    Some(found)
}
