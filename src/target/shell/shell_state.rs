//! What a session knows of its machine.

use std::time::Duration;

use crate::model::journal::Journal;
use crate::model::package_manager::InstalledPackages;
use crate::model::query::Answer;
use crate::model::step::Restart;
use crate::target::local::accounts::Accounts;

/// Cached answers. They are asked again only if they have changed.
pub(super) struct ShellState {
    pub(super) root: bool,
    pub(super) user: u32,
    pub(super) accounts: Accounts,
    pub(super) accounts_stamp: String,
    /// The package manager that told of the packages.
    pub(super) packages_of: &'static str,
    pub(super) packages: InstalledPackages,
    pub(super) packages_stamp: String,
    /// The journal, once this session has written to it.
    pub(super) journal: Option<Journal>,
    pub(super) boot: String,
    /// Interval of keep-alives.
    pub(super) period: Duration,
    /// The run that holds the lock.
    pub(super) run: String,
    /// The restart that this run has requested.
    pub(super) restart: Option<Restart>,
}

/// A part of the answer is invalid because files changed while they were queried.
pub(super) struct Raced;

/// The answers of one part, with their indexes in the batch.
pub(super) type Found = Result<Vec<(usize, Answer)>, Raced>;
