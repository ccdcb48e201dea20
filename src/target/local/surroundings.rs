//! The context of steps.

use camino::Utf8PathBuf;

use super::accounts::Accounts;
use super::backup::state_directory;
use super::drafts::DraftRecord;
use crate::model::blob::Blobs;
use crate::model::step::Restart;
use crate::target::interrupt::Interrupt;

/// The context of steps: everything that they need beside their arguments.
#[derive(Debug, Default)]
pub(super) struct Surroundings {
    pub(super) accounts: Accounts,
    /// How the user wants the run to end.
    pub(super) interrupt: Interrupt,
    pub(super) blobs: Blobs,
    pub(super) state: Option<Utf8PathBuf>,
    /// Where running commands are marked, once the lock is held.
    pub(super) marks: Option<Utf8PathBuf>,
    /// Where drafts are recorded, once the lock is held.
    pub(super) drafts: DraftRecord,
    /// The restart that this run has requested.
    pub(super) restart: Option<Restart>,
}

impl Surroundings {
    /// The directory of lock, journal, history and backups.
    pub(super) fn state(&self) -> Utf8PathBuf {
        self.state.clone().unwrap_or_else(|| state_directory(&self.accounts))
    }
}
