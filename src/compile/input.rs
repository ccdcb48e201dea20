//! Input and output of a compile.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::cookbook::Project;
use crate::model::blob::Blobs;
use crate::model::collection::Collection;
use crate::model::error::{Diagnostic, Location};
use crate::model::node::{AttributeSource, Layer};
use crate::model::probe::Probe;
use crate::model::schema::Property;
use crate::model::task_card::TaskCard;
use crate::model::type_card::TypeCard;

/// The input of a compile. The same input gives the same collection, byte for byte.
#[derive(Debug)]
pub struct Input<'a> {
    pub project: &'a Project,
    /// Entries `recipe`, `cookbook` or `cookbook::recipe`, in order.
    pub run_list: &'a [String],
    /// Facts about the machine.
    pub facts: &'a Map<String, Value>,
    /// Attributes above the defaults of the cookbooks, in any order. Each source names its layer.
    pub attributes: &'a [AttributeSource],
}

/// The result of a compile.
#[derive(Debug, Default)]
pub struct Compiled {
    pub collection: Collection,
    /// The row index of each declaration, in the order in which declarations were opened.
    pub rows: Vec<usize>,
    /// Content that is not part of the collection.
    pub blobs: Blobs,
    /// Warnings for the cook.
    pub warnings: Vec<Diagnostic>,
    /// All attributes that a loaded cookbook declares or a layer sets, sorted by dotted path.
    pub attributes: Vec<Attribute>,
    /// Custom resources. Only filled in by `describe`.
    pub types: Vec<TypeCard>,
    /// Tasks. Only filled in by `describe`.
    pub tasks: Vec<TaskCard>,
    /// Probes of the cookbooks in the run list. Only filled in by `probes`.
    pub probes: Vec<Probe>,
    /// The messages of `print`, in order, with the location of each call.
    pub messages: Vec<(Location, String)>,
}

/// An attribute, with the sources of its value.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Attribute {
    /// Dotted path: `nginx.port`.
    pub path: String,
    /// Description, if a cookbook declares it.
    pub doc: String,
    /// The final value.
    pub value: Value,
    /// Its declaration, if a cookbook declares it.
    pub property: Option<Property>,
    /// The layers that set it, lowest first: value, origin, and line. Null where a layer unsets what is below it.
    pub layers: Vec<(Layer, Value, String, Option<Location>)>,
}

/// Limits of a compile. Cookbooks may come from strangers.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Processor time, which does not depend on the load of the machine.
    pub time: Duration,
    /// Wall clock time. It also ends a compile that only waits.
    pub wall: Duration,
    /// Bytes for the Lua heaps of all cookbooks and the data outside of Lua, in total.
    pub memory: usize,
    /// Number of declared resources.
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

/// A declaration without mistakes and without deferred values.
#[derive(Debug, Clone, Copy)]
pub struct Complete<'a> {
    /// Number of the declaration, in the order in which declarations are opened.
    pub declaration: usize,
    /// The first action.
    pub action: &'a str,
    /// Name of the built-in type.
    pub r#type: &'a str,
    /// Normalised properties.
    pub properties: &'a Map<String, Value>,
}

/// Receives complete declarations. The compile may still fail later.
pub type Listener = Arc<dyn Fn(&Complete<'_>) + Send + Sync>;
