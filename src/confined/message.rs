//! What the two processes say to each other. All of it is data, and neither believes the other's lengths.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::compile::Attribute;
use crate::cookbook::away::FileQuestion;
use crate::cookbook::outline::Outline;
use crate::model::collection::Row;
use crate::model::error::{Diagnostic, Location};
use crate::model::node::AttributeSource;
use crate::model::type_card::TypeCard;

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Task {
    Compile,
    /// Compile, and tell of each declaration as soon as it is complete.
    CompileAhead,
    /// Tell what the cookbooks declare.
    Describe,
    /// Find what is wrong whatever the machine says of itself.
    Foretell,
}

/// The first message: all that a compile depends on but the files.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct CompileOrder<'a> {
    pub(super) task: Task,
    pub(super) project: Outline,
    pub(super) run_list: Cow<'a, [String]>,
    pub(super) facts: Cow<'a, Map<String, Value>>,
    pub(super) attributes: Cow<'a, [AttributeSource]>,
    /// Declared resources at most.
    pub(super) resources: usize,
}

/// A complete declaration.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Ahead<'a> {
    pub(super) declaration: usize,
    pub(super) action: Cow<'a, str>,
    pub(super) r#type: Cow<'a, str>,
    pub(super) properties: Cow<'a, Map<String, Value>>,
}

/// What the compile says.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum FromCompile<'a> {
    /// It wants something of the project's files, and waits for it.
    Ask(FileQuestion),
    /// A declaration is complete.
    Ahead(Ahead<'a>),
    /// Rows of the collection, in order. The properties of those that were told as declarations are left out.
    Rows(Cow<'a, [Row]>),
    /// The rest of what it made. The last message.
    Done(Rest),
    /// What is wrong. The last message.
    Failed(Vec<Diagnostic>),
}

/// What a compile makes beside the rows.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Rest {
    pub(super) schema: u32,
    pub(super) run_list: Vec<String>,
    /// The row of each declaration.
    pub(super) rows: Vec<usize>,
    /// Digests of the bytes that stand beside the collection.
    pub(super) blobs: Vec<String>,
    pub(super) warnings: Vec<Diagnostic>,
    pub(super) attributes: Vec<Attribute>,
    pub(super) types: Vec<TypeCard>,
    pub(super) messages: Vec<(Location, String)>,
}
