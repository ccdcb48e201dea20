//! Messages between the two processes. They contain plain data, and both sides check the lengths.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::compile::Attribute;
use crate::cookbook::away::{FileAnswer, FileQuestion};
use crate::cookbook::outline::Outline;
use crate::model::asked_probe::AskedProbe;
use crate::model::collection::Row;
use crate::model::error::{Diagnostic, Location};
use crate::model::node::AttributeSource;
use crate::model::probe::Probe;
use crate::model::task_card::TaskCard;
use crate::model::type_card::TypeCard;
use crate::model::unit_test::{TestEvent, TestOrder};

/// The kind of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum CompileKind {
    Compile,
    /// Compile, and send each declaration as soon as it is complete.
    CompileAhead,
    /// List what the cookbooks declare.
    Describe,
    /// List the probes of the cookbooks in the run list.
    Probes,
    /// Find errors that don't depend on facts.
    Foretell,
    /// Run tests of cookbooks.
    Test,
}

/// The first message: the input of the compile, without the files.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct CompileOrder<'a> {
    pub(super) kind: CompileKind,
    pub(super) project: Outline,
    pub(super) run_list: Cow<'a, [String]>,
    pub(super) facts: Cow<'a, Map<String, Value>>,
    pub(super) attributes: Cow<'a, [AttributeSource]>,
    /// Most declared resources.
    pub(super) resources: usize,
    /// The first file requests of the compile, already answered. Each request takes two switches between processes.
    pub(super) files: Vec<(FileQuestion, FileAnswer)>,
    /// The tests to run.
    pub(super) tests: Option<Cow<'a, TestOrder>>,
}

/// A complete declaration.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Ahead<'a> {
    pub(super) declaration: usize,
    pub(super) action: Cow<'a, str>,
    pub(super) r#type: Cow<'a, str>,
    pub(super) properties: Cow<'a, Map<String, Value>>,
}

/// A message of the compile.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum FromCompile<'a> {
    /// Requests something about the project's files, and waits for the answer.
    Ask(FileQuestion),
    /// A declaration is complete.
    Ahead(Ahead<'a>),
    /// Rows of the collection, in order. Properties that were sent with a declaration are left out.
    Rows(Cow<'a, [Row]>),
    /// The rest of the result. The last message.
    Done(Rest),
    /// The errors. The last message.
    Failed(Vec<Diagnostic>),
    /// A step in running tests.
    Tested(TestEvent),
    /// No more tests are run in this process. The last message.
    TestsEnded,
}

/// The result of a compile without the rows.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Rest {
    pub(super) schema: u32,
    pub(super) run_list: Vec<String>,
    /// The probes that recipes could read.
    pub(super) asked: Vec<AskedProbe>,
    /// The row index of each declaration.
    pub(super) rows: Vec<usize>,
    /// Digests of the blobs that the collection uses.
    pub(super) blobs: Vec<String>,
    pub(super) warnings: Vec<Diagnostic>,
    pub(super) attributes: Vec<Attribute>,
    pub(super) types: Vec<TypeCard>,
    pub(super) tasks: Vec<TaskCard>,
    pub(super) probes: Vec<Probe>,
    pub(super) messages: Vec<(Location, String)>,
}
