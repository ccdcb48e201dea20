//! What the history is told of a run as it begins and as it ends.

use camino::Utf8Path;

use crate::model::ending::Ending;
use crate::model::error::Failure;
use crate::model::event::Mode;

/// A run, as it begins.
#[derive(Debug, Clone)]
pub struct Begun<'a> {
    /// Its id, of the shape that a target's runs have: sorts by the time it began.
    pub run: &'a str,
    /// When, RFC 3339 in UTC, whole seconds.
    pub begun: &'a str,
    /// What is done; a plan writes nothing, so it is never kept.
    pub mode: Mode,
    /// User that started it.
    pub user: &'a str,
    pub project: &'a Utf8Path,
    /// What was asked for.
    pub run_list: &'a [String],
    /// The targets, each once.
    pub targets: &'a [BegunTarget<'a>],
}

/// A target, as a run begins.
#[derive(Debug, Clone, Copy)]
pub struct BegunTarget<'a> {
    pub name: &'a str,
    /// Whether it is a node of the project's inventory; else its name is an address.
    pub is_node: bool,
}

/// What became of a run on one target.
#[derive(Debug, Clone)]
pub struct EndedTarget {
    pub outcome: Ending,
    /// Why it came to no end of its own: not reached, locked, does not compile. Resources that failed are in the events.
    pub failure: Option<Failure>,
}
