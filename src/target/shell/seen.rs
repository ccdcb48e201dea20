//! What a session knows of its machine, and that it has changed meanwhile.

use std::time::Duration;

use crate::model::journal::Journal;
use crate::model::query::{Answer, Init};
use crate::model::step::Restart;
use crate::target::local::accounts::Accounts;
use crate::target::local::packages::Dpkg;

/// What was told once and is asked again only when it has changed.
pub(super) struct ShellState {
    pub(super) root: bool,
    pub(super) user: u32,
    pub(super) init: Init,
    pub(super) accounts: Accounts,
    pub(super) accounts_stamp: String,
    pub(super) dpkg: Dpkg,
    pub(super) dpkg_stamp: String,
    /// The journal, once this session has written to it.
    pub(super) journal: Option<Journal>,
    pub(super) boot: String,
    /// Between two signs of life.
    pub(super) period: Duration,
    /// The run that holds the lock.
    pub(super) run: String,
    /// What this run has asked for.
    pub(super) restart: Option<Restart>,
}

/// What a part of the answer was not: the machine changed while it was being looked at.
pub(super) struct Raced;

/// The answers of one part, by their places in the batch.
pub(super) type Found = Result<Vec<(usize, Answer)>, Raced>;
