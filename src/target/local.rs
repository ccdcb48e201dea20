//! Floor 1: this machine.

use std::collections::BTreeMap;

use camino::Utf8PathBuf;

use crate::model::blob::Blobs;
use crate::model::error::Failure;
use crate::model::journal::Record;
use crate::model::query::{Answer, Query};
use crate::model::step::{Restart, Step};
use crate::target::interrupt::{Bond, Interrupt};
use crate::target::{Progress, RunTarget, Target};

pub mod access;
pub mod accounts;
mod answer;
mod attributes;
mod backup;
pub mod detached;
mod digest;
mod directory;
pub mod document;
pub mod document_tree;
mod downloads;
mod draft;
mod drafts;
mod environment;
pub(super) mod errno;
pub(super) mod fetch;
mod files;
mod history;
mod host;
pub(super) mod http;
mod journal;
mod lock;
pub mod names;
mod offers;
mod open;
pub(super) mod output;
pub mod own_file;
pub mod package_lock;
mod packages;
mod path;
pub(super) mod process;
mod remove;
mod restart;
pub mod runs;
pub(super) mod scripts;
mod service;
mod sparse;
mod spawn;
mod stat;
pub(crate) mod state;
mod surroundings;
mod sweep;
mod unpack;
mod walk;
pub(crate) mod web;
pub(super) mod write;

pub use host::boot_id;
use surroundings::Surroundings;

/// The machine that chefrs runs on.
#[derive(Debug, Default)]
pub struct Local {
    with: Surroundings,
    packages: packages::Database,
    ledger: journal::Ledger,
    lock: Option<lock::HeldLock>,
    placed: BTreeMap<String, Utf8PathBuf>,
}

impl Local {
    /// This machine, without blobs.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// This machine, for a run that can be interrupted.
    #[must_use]
    pub fn under(interrupt: Interrupt) -> Self {
        let mut local = Self::default();
        local.with.interrupt = interrupt;
        local
    }

    /// Keeps lock, journal, history and backups in `directory`. Default: `/var/lib/chefrs` for root, the user's state
    /// directory for others.
    pub fn keep_state_in(&mut self, directory: Utf8PathBuf) {
        self.with.state = Some(directory);
    }

    /// The directory of the output of runs.
    #[must_use]
    pub fn runs(&self) -> runs::Runs {
        runs::Runs::within(&self.with.state())
    }

    /// Files with the content of provided blobs, by digest.
    #[must_use]
    pub fn placed(self) -> BTreeMap<String, Utf8PathBuf> {
        self.placed
    }

    /// The directory of lock, journal, history and backups.
    pub fn state_directory(&mut self) -> Utf8PathBuf {
        self.with.accounts.refresh();
        self.with.state()
    }
}

impl RunTarget for Local {
    fn provide(&mut self, blobs: Blobs) {
        self.with.blobs = blobs;
    }

    fn restart(&self) -> Option<&Restart> {
        self.with.restart.as_ref()
    }

    fn go_down(&mut self) -> Result<(), Failure> {
        let Some(restart) = self.with.restart.clone() else { return Ok(()) };
        self.apply(&Step::Run(restart.command), &mut |_| {})
    }
}

impl Target for Local {
    fn name(&self) -> &'static str {
        "local"
    }

    fn has_ended(&self) -> bool {
        self.with.interrupt.is_halted()
    }

    fn ask(&mut self, queries: &[Query]) -> Result<Vec<Answer>, Failure> {
        self.with.accounts.refresh();
        self.with.marks = None;
        let answers = answer::all(queries, &self.with, &mut self.packages);
        for (query, answer) in queries.iter().zip(&answers) {
            if let (Query::Digest(path), Answer::Digest(Some(digest))) = (query, answer)
                && self.with.blobs.contains_key(digest)
            {
                self.placed.insert(digest.clone(), path.clone());
            }
        }
        Ok(answers)
    }

    fn apply(&mut self, step: &Step, progress: &mut dyn FnMut(Progress)) -> Result<(), Failure> {
        self.with.accounts.refresh();
        self.with.marks = self.lock.is_some().then(|| self.with.state());
        self.with.drafts.begin_step();
        let accounts = &self.with.accounts;
        match step {
            Step::WriteFile(step) => write::write_file(step, &self.with, progress),
            Step::SetAttributes { path, attributes } => {
                attributes::set_attributes(path, attributes, accounts)
            }
            Step::MakeDirectory { path, attributes, parents } => {
                directory::make_directory(path, attributes, *parents, &self.with)
            }
            Step::Symlink { path, to, attributes } => directory::symlink(path, to, attributes, &self.with),
            Step::Hardlink { path, to } => directory::hardlink(path, to, &self.with),
            Step::Remove { path, recursive, backup } => remove::remove(path, *recursive, *backup, &self.with),
            Step::Touch { path } => write::touch(path, &self.with),
            Step::Run(command) => {
                let mut bond = Bond::Ends;
                if let Some(manager) = package_lock::wanted_by(command) {
                    package_lock::wait_for_lock(manager, command, &self.with.interrupt, progress)?;
                    bond = Bond::Finishes;
                }
                process::run_bound(bond, command, &self.with, process::STEP_TIMEOUT, progress)
                    .accept(command)
                    .map_err(|failure| process::diagnose(failure, command, &self.with))
                    .map_err(|failure| process::undo(failure, command, &self.with))
            }
            Step::Packages { manager, command, packages } => {
                package_lock::run(manager, command, packages, &self.with, progress)
            }
            Step::Fetch(step) => fetch::fetch(step, &self.with, progress),
            Step::Unpack(step) => unpack::unpack(step, &self.with, progress),
            Step::Lock(holder) => {
                if self.lock.is_none() {
                    let state = self.with.state();
                    self.lock = Some(lock::take(&state, holder)?);
                    self.with.drafts = sweep::sweep(&state, accounts)?;
                }
                Ok(())
            }
            Step::Restart(restart) => {
                let state = self.with.state();
                match restart {
                    Some(restart) => {
                        let run = self.lock.as_ref().map_or("", |held| held.run());
                        restart::ask(&state, restart, run)?;
                    }
                    None => restart::take_back(&state)?,
                }
                self.with.restart = restart.as_deref().cloned();
                Ok(())
            }
            Step::Record(Record::Settled) => restart::settle(&self.with.state()),
            Step::Record(Record::Owed(debts)) => self.ledger.owe(&self.with.state(), debts),
            Step::Record(Record::Struck(debts)) => self.ledger.strike(&self.with.state(), debts),
            Step::Record(Record::Run(run)) => history::add(&self.with.state(), run),
        }
    }
}
