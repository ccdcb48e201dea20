//! Floor 5: recipes, cookbooks, attributes and facts to one sealed collection. Lua is born and dies here.

use serde_json::{Map, Value};

use crate::cookbook::Project;
use crate::model::blob::Blobs;
use crate::model::collection::Collection;
use crate::model::error::{Diagnostic, Diagnostics, Location};
use crate::model::node::{AttributeSource, Layer};

/// All that a compile depends on: the same input gives the same collection, byte for byte.
#[derive(Debug)]
pub struct Input<'a> {
    /// Project and cookbooks.
    pub project: &'a Project,
    /// `recipe`, `cookbook`, `cookbook::recipe`, in order.
    pub run_list: &'a [String],
    /// Facts of the machine.
    pub facts: &'a Map<String, Value>,
    /// Attributes above the cookbooks' defaults, in any order; their layer decides.
    pub attributes: &'a [AttributeSource],
}

/// What a compile gives.
#[derive(Debug, Default)]
pub struct Compiled {
    /// The rows.
    pub collection: Collection,
    /// Bytes that did not fit into it.
    pub blobs: Blobs,
    /// What the cook should know.
    pub warnings: Vec<Diagnostic>,
    /// Every attribute that a loaded cookbook declares or a layer sets, by dotted path, sorted.
    pub attributes: Vec<Attribute>,
}

/// Where the value of an attribute comes from.
#[derive(Debug, Clone)]
pub struct Attribute {
    /// Dotted path: `nginx.port`.
    pub path: String,
    /// What it means, if a cookbook declares it.
    pub doc: String,
    /// Its final value.
    pub value: Value,
    /// Each layer that says something, lowest first: value, origin, line.
    pub layers: Vec<(Layer, Value, String, Option<Location>)>,
}

/// Compiles a run list.
///
/// # Errors
/// Every mistake found, in order, each with its place.
pub fn compile(_input: &Input<'_>) -> Result<Compiled, Diagnostics> {
    unimplemented!()
}
