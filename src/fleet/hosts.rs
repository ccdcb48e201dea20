//! The hosts of a run, and how to go through them.

use std::time::Instant;

use super::limits::FleetLimits;
use super::under_way::Board;
use crate::model::event::Mode;
use crate::scope::MissingWords;
use crate::target::interrupt::Interrupt;

/// Hosts, and how to go through them.
#[derive(Debug)]
pub struct Fleet<'a> {
    /// Their names, in the order in which they are started.
    pub names: &'a [&'a str],
    pub mode: Mode,
    /// The run list of all of them. Empty if each has its own.
    pub run_list: &'a [String],
    /// Limits for parallel hosts and failures.
    pub limits: FleetLimits,
    /// The hosts in progress.
    pub board: &'a Board,
    /// Stops further hosts from being started.
    pub interrupt: &'a Interrupt,
    /// When the work started.
    pub started: Instant,
    /// What the scope of the run names on no target.
    pub missing_words: Option<&'a MissingWords>,
    /// Id of the run in the history, if it is recorded.
    pub run: Option<&'a str>,
}
