//! Floor 5: recipes, cookbooks, attributes and facts to one sealed collection. Lua is born and dies here.

use std::time::Duration;

use serde_json::{Map, Value};

use crate::cookbook::Project;
use crate::model::blob::Blobs;
use crate::model::collection::Collection;
use crate::model::error::{Diagnostic, Diagnostics, Location};
use crate::model::node::{AttributeSource, Layer};
use crate::provider::Upcoming;

use tell::Teller;

mod attributes;
mod check;
mod common;
mod convert;
mod custom;
mod declare;
mod deferred;
mod engine;
mod environment;
mod expand;
mod fault;
mod guard;
mod include;
mod kinds;
mod lazy_node;
mod node_view;
mod notify;
mod order;
mod place;
mod require;
mod sandbox;
mod seal;
mod session;
mod tell;
mod vm;

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
    /// The row of each declaration, in the order in which these were begun.
    pub rows: Vec<usize>,
    /// Bytes that did not fit into it.
    pub blobs: Blobs,
    /// What the cook should know.
    pub warnings: Vec<Diagnostic>,
    /// Every attribute that a loaded cookbook declares or a layer sets, by dotted path, sorted.
    pub attributes: Vec<Attribute>,
    /// What recipes printed, in order, with the place of each `print`.
    pub messages: Vec<(Location, String)>,
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

/// How much a compile may use before it is stopped. Cookbooks may come from strangers.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Processor time of the compile, so that a busy machine fails none.
    pub time: Duration,
    /// Time on the clock: what only waits ends too.
    pub wall: Duration,
    /// Bytes for the Lua heaps of all cookbooks together.
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

/// Compiles a run list.
///
/// # Errors
/// Every mistake found, in order, each with its place.
pub fn compile(input: &Input<'_>) -> Result<Compiled, Diagnostics> {
    compile_within(input, Limits::default())
}

/// The same, with a look at the declarations while it goes on: some at a time, each as soon as it is complete, in order.
/// What is looked at may still turn out to be part of a compile that fails.
///
/// # Errors
/// As [`compile`].
pub fn compile_ahead(input: &Input<'_>, look: &mut dyn FnMut(&[Upcoming])) -> Result<Compiled, Diagnostics> {
    let (teller, listener) = Teller::new();
    start(input, Limits::default(), teller, || listener.listen(look))
}

/// Stack of the thread that Lua runs on: the parser and pattern matcher recurse natively, and an overflow would abort.
const STACK: usize = 16 << 20;

/// The same within other limits.
///
/// # Errors
/// As [`compile`].
pub fn compile_within(input: &Input<'_>, limits: Limits) -> Result<Compiled, Diagnostics> {
    start(input, limits, Teller::silent(), || {})
}

/// Compiles on a thread of its own, and does something else meanwhile.
fn start(
    input: &Input<'_>,
    limits: Limits,
    teller: Teller,
    meanwhile: impl FnOnce(),
) -> Result<Compiled, Diagnostics> {
    std::thread::scope(|scope| {
        let builder = std::thread::Builder::new().name("compile".into()).stack_size(STACK);
        let thread = builder
            .spawn_scoped(scope, || engine::run(input, limits, teller))
            .map_err(|error| Diagnostic::error(format!("can't start a thread for the compile: {error}")))?;
        meanwhile();
        thread.join().unwrap_or_else(|_| Err(Diagnostic::error("the compile panicked").into()))
    })
}
