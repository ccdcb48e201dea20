//! Floor 1: a machine that is controlled through POSIX sh, for systems that our own program can't run on.
//!
//! One shell reads requests from standard input and prints answers. It does the same as [`super::local`], as far as a
//! shell can. The limits:
//! - A shell can't open a path without following symlinks. So it compares what it has opened with what is there, and
//!   works on the descriptor, or in the directory that it has entered. If others can write to that directory, drafts are
//!   made in a private directory in it (`walk.sh`, `files.sh`). If a file is replaced by a pipe in between, it blocks.
//! - Without `lsattr` it can't tell that a file is append-only; with busybox's shell, nor that it is immutable. The
//!   step then fails, and a plan says that it is not known.
//! - Without `getfacl` and `setfacl` it can't read or change access control lists. If GNU `ls` shows that there is one, a
//!   step that would have to change it fails; otherwise the list is not noticed.
//! - Without GNU `cp` it can't copy security labels and user attributes to a file that replaces another one.
//! - Without `curl` on the machine it can't fetch pages, and without `ip` it can't list networks.
//! - It can't tell a signal from an exit status of 128 plus its number. These count as signals, unless `returns` has them.
//! - Without `flock` (part of util-linux and most builds of busybox) it can't take the kernel lock. It uses a file that
//!   names its process instead; other shells and the program itself check for it.
//! - Downloads need `curl`, or `wget` if there are no secrets in headers or URL. Archives need `tar`, `awk`, `unzip` (or
//!   `python3`) and the program of the compression.
//!
//! Once a command is run or the lock is taken, the session makes a private directory in `/tmp`, for the pipes of output
//! and keep-alives; see [`pulse`].

use std::io::{Read, Write};
use std::time::Duration;

use camino::Utf8PathBuf;

use super::local::accounts::Accounts;
use crate::model::blob::Blobs;
use crate::model::error::Failure;
use crate::model::package_manager::InstalledPackages;
use crate::model::query::{Answer, Query};
use crate::model::step::{Command, Restart, Step};
use crate::target::interrupt::Interrupt;
use crate::target::quote::quote;
use crate::target::{Progress, RunTarget, Target};
use pulse::{PERIOD, Pulse};
use shell_state::ShellState;
use wire::ShellWire;

mod apply;
mod ask;
mod checks;
mod command;
mod content;
mod download;
mod fetch;
mod files;
mod lists;
mod machine;
mod packages;
mod page;
mod pulse;
mod question;
mod refusal;
mod services;
mod shell_state;
mod state;
mod step;
mod unpack;
mod wire;

/// A machine behind a shell.
pub struct Shell {
    wire: ShellWire,
    blobs: Blobs,
    seen: ShellState,
    process: u32,
    interrupt: Interrupt,
    /// Set from the time that we hold the lock.
    pulse: Option<Pulse>,
}

impl Shell {
    /// Starts a session with a shell that reads from `writer` and prints to `reader`. Output of the login is skipped.
    ///
    /// # Errors
    /// No shell answers, or the machine lacks a program that queries need.
    pub fn over(
        name: impl Into<String>,
        reader: impl Read + Send + 'static,
        writer: impl Write + Send + 'static,
    ) -> Result<Self, Failure> {
        let (wire, hello) =
            ShellWire::begin(name.into(), Box::new(reader), Box::new(writer), &services::functions())?;
        let seen = ShellState {
            root: hello.user == 0,
            user: hello.user,
            accounts: Accounts::default(),
            accounts_stamp: String::new(),
            packages_of: "",
            packages: InstalledPackages::default(),
            packages_stamp: String::new(),
            journal: None,
            boot: hello.boot,
            period: PERIOD,
            run: String::new(),
            restart: None,
        };
        Ok(Self {
            wire,
            blobs: Blobs::new(),
            seen,
            process: hello.process,
            interrupt: Interrupt::default(),
            pulse: None,
        })
    }

    /// Sets the interrupt of the run.
    pub fn work_under(&mut self, interrupt: Interrupt) {
        self.interrupt = interrupt;
    }

    /// The kernel's id of the current boot. Empty if it is unknown.
    #[must_use]
    pub fn boot(&self) -> &str {
        &self.seen.boot
    }

    /// Whether the connection broke.
    #[must_use]
    pub fn is_lost(&self) -> bool {
        self.wire.is_broken()
    }

    /// Sends a keep-alive at this interval while it holds the lock. Default: 15 s. The shell releases the lock after
    /// six intervals (of at least one second) without one.
    pub fn beat_every(&mut self, period: Duration) {
        self.seen.period = period;
    }

    /// Keeps lock, journal, history and backups in this directory of the machine. Default: `/var/lib/chefrs` for root,
    /// the user's state directory for others.
    ///
    /// # Errors
    /// The connection broke.
    pub fn keep_state_in(&mut self, directory: &Utf8PathBuf) -> Result<(), Failure> {
        self.wire.ask(&format!("state={}", quote(directory.as_str()))).map(|_| ())
    }
}

impl RunTarget for Shell {
    fn provide(&mut self, blobs: Blobs) {
        self.blobs = blobs;
    }

    fn restart(&self) -> Option<&Restart> {
        self.seen.restart.as_ref()
    }

    /// The connection may break before the command has ended.
    fn go_down(&mut self) -> Result<(), Failure> {
        let Some(restart) = self.seen.restart.clone() else { return Ok(()) };
        // A machine that goes down ends the command with SIGHUP or SIGTERM, which is no failure.
        let command = Command { returns: vec![0, 129, 143], ..restart.command };
        match self.apply(&Step::Run(command), &mut |_| {}) {
            Err(_) if self.is_lost() => Ok(()),
            done => done,
        }
    }
}

impl Target for Shell {
    fn name(&self) -> &str {
        self.wire.name()
    }

    fn process(&self) -> u32 {
        self.process
    }

    fn has_ended(&self) -> bool {
        self.interrupt.is_halted()
    }

    fn ask(&mut self, queries: &[Query]) -> Result<Vec<Answer>, Failure> {
        ask::all(queries, &mut self.wire, &mut self.seen)
    }

    fn apply(&mut self, step: &Step, progress: &mut dyn FnMut(Progress)) -> Result<(), Failure> {
        apply::apply(step, &mut self.wire, &self.blobs, &mut self.seen, progress)?;
        if matches!(step, Step::Lock(_)) && self.pulse.is_none() {
            self.pulse = Some(self.wire.pulse(self.seen.period)?);
        }
        Ok(())
    }
}

impl Drop for Shell {
    fn drop(&mut self) {
        if self.pulse.take().is_some() && !self.is_lost() {
            state::give_back(&mut self.wire);
        }
    }
}
