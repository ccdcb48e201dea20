//! What steps need beside their arguments.

use camino::Utf8PathBuf;

use super::accounts::Accounts;
use super::backup::state_directory;
use super::drafts::DraftRecord;
use crate::model::blob::Blobs;
use crate::model::step::Restart;
use crate::target::interrupt::Interrupt;

/// What steps need beside their arguments.
#[derive(Debug, Default)]
pub(super) struct Surroundings {
    pub(super) accounts: Accounts,
    /// How somebody wants the run to end that they work for.
    pub(super) interrupt: Interrupt,
    pub(super) blobs: Blobs,
    pub(super) state: Option<Utf8PathBuf>,
    /// Where a step's commands are marked while they run, once the lock is held.
    pub(super) marks: Option<Utf8PathBuf>,
    /// Where drafts are written down, once the lock is held.
    pub(super) drafts: DraftRecord,
    /// What this run has asked for.
    pub(super) restart: Option<Restart>,
}

impl Surroundings {
    /// Where lock, journal, history and backups are.
    pub(super) fn state(&self) -> Utf8PathBuf {
        self.state.clone().unwrap_or_else(|| state_directory(&self.accounts))
    }
}
