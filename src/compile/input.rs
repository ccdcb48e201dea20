//! What a compile takes and what it gives.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::cookbook::Project;
use crate::model::blob::Blobs;
use crate::model::collection::Collection;
use crate::model::error::{Diagnostic, Location};
use crate::model::node::{AttributeSource, Layer};
use crate::model::type_card::TypeCard;

/// All that a compile depends on: the same input gives the same collection, byte for byte.
#[derive(Debug)]
pub struct Input<'a> {
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
    pub collection: Collection,
    /// The row of each declaration, in the order in which these were begun.
    pub rows: Vec<usize>,
    /// Bytes that did not fit into it.
    pub blobs: Blobs,
    /// What the cook should know.
    pub warnings: Vec<Diagnostic>,
    /// Every attribute that a loaded cookbook declares or a layer sets, by dotted path, sorted.
    pub attributes: Vec<Attribute>,
    /// Custom resources, of a description alone.
    pub types: Vec<TypeCard>,
    /// What recipes printed, in order, with the place of each `print`.
    pub messages: Vec<(Location, String)>,
}

/// Where the value of an attribute comes from.
#[derive(Debug, Clone, Serialize, Deserialize)]
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

/// How much a compile may use before it is stopped. Cookbooks may come from strangers.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Processor time of the compile, so that a busy machine fails none.
    pub time: Duration,
    /// Time on the clock: what only waits ends too.
    pub wall: Duration,
    /// Bytes for the Lua heaps of all cookbooks and what is made of them, together.
    pub memory: usize,
    /// Declared resources.
    pub resources: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            time: Duration::from_secs(10),
            wall: Duration::from_secs(60),
            memory: 256 << 20,
            resources: 100_000,
        }
    }
}
