//! Descriptions of a run, from its start and its end.

use camino::Utf8Path;

use crate::model::ending::Ending;
use crate::model::error::Failure;
use crate::model::event::Mode;
use crate::model::locked_cookbooks::LockedCookbooks;

/// A run at its start.
#[derive(Debug, Clone)]
pub struct Begun<'a> {
    /// Id of the run. Sorts by start time.
    pub run: &'a str,
    /// Start time, RFC 3339 in UTC, whole seconds.
    pub begun: &'a str,
    /// Always `Run` in the file: plans are not recorded.
    pub mode: Mode,
    /// The user who started it.
    pub user: &'a str,
    pub project: &'a Utf8Path,
    /// The run list of all targets. Empty if each has its own.
    pub run_list: &'a [String],
    /// The cookbooks from elsewhere, if there are any.
    pub lock: Option<&'a LockedCookbooks>,
    /// The targets, without duplicates.
    pub targets: &'a [BegunTarget<'a>],
}

/// A target at the start of a run.
#[derive(Debug, Clone, Copy)]
pub struct BegunTarget<'a> {
    pub name: &'a str,
    /// Whether it is a node of the project's inventory. Otherwise its name is an address.
    pub is_node: bool,
}

/// The end of a run on one target.
#[derive(Debug, Clone)]
pub struct EndedTarget {
    pub outcome: Ending,
    /// Why it did not finish: not reached, locked, not compiled. Failed resources are in the events.
    pub failure: Option<Failure>,
}
