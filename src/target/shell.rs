//! Floor 1: a machine spoken to in POSIX sh, where our own program can't run.
//!
//! One shell reads requests from its standard input and answers on its standard output. What it can do is what
//! [`super::local`] does, as far as a shell is able to. It is not able to
//! - open a name without following it: what it has opened it holds against what is there, and acts on the descriptor, or
//!   on the directory that it has entered; where others may put things into that, drafts are made in a directory of its
//!   own inside it (`walk.sh`, `files.sh`). A pipe that is put in a file's place between two looks is waited for;
//! - see without `lsattr` that a file may only grow, or with busybox's shell that it is immutable: then the step fails;
//! - see or change access control lists without `getfacl` and `setfacl`: where GNU's `ls` tells that there is one, a step
//!   that would have to fails, and where nothing tells it is not seen;
//! - copy security labels and users' attributes to a file that replaces another one without GNU's `cp`;
//! - ask for a page without `curl` on the machine, or list networks without `ip`;
//! - tell a signal from an exit status of 128 plus its number: those count as signals, unless `returns` names them;
//! - take the kernel's lock without `flock`, which util-linux and most busyboxes bring: a file that names its process
//!   takes the lock's place, which other shells and the program itself look at;
//! - download without `curl` (or `wget`, where neither headers nor passwords are to be kept from others' eyes), or unpack
//!   without `tar`, `awk`, `unzip` (or `python3`) and what decompresses.
//!
//! Its session makes a directory of its own in `/tmp`, once a command is run or the lock is taken, for the pipes that
//! output comes through and for the signs of life that it hears; see [`pulse`].

use std::io::{Read, Write};
use std::time::Duration;

use camino::Utf8PathBuf;

use super::local::accounts::Accounts;
use super::local::packages::Dpkg;
use crate::model::blob::Blobs;
use crate::model::error::Failure;
use crate::model::query::{Answer, Query};
use crate::model::step::{Command, Restart, Step};
use crate::target::interrupt::Interrupt;
use crate::target::quote::quote;
use crate::target::{Progress, RunTarget, Target};
use pulse::{PERIOD, Pulse};
use seen::ShellState;
use wire::ShellWire;

mod apply;
mod ask;
mod command;
mod content;
mod fetch;
mod files;
mod lists;
mod machine;
mod page;
mod pulse;
mod question;
mod refusal;
mod seen;
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
    /// From the time that the lock is ours.
    pulse: Option<Pulse>,
}

impl Shell {
    /// Begins a session with a shell that reads from `writer` and prints to `reader`. What a login prints before is
    /// skipped.
    ///
    /// # Errors
    /// No shell answers, or the machine lacks a program that questions are asked with.
    pub fn over(
        name: impl Into<String>,
        reader: impl Read + Send + 'static,
        writer: impl Write + Send + 'static,
    ) -> Result<Self, Failure> {
        let (wire, hello) = ShellWire::begin(name.into(), Box::new(reader), Box::new(writer))?;
        let seen = ShellState {
            root: hello.user == 0,
            user: hello.user,
            init: machine::init(&hello.init),
            accounts: Accounts::default(),
            accounts_stamp: String::new(),
            dpkg: Dpkg::default(),
            dpkg_stamp: String::new(),
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

    /// Works for a run that somebody may interrupt.
    pub fn work_under(&mut self, interrupt: Interrupt) {
        self.interrupt = interrupt;
    }

    /// What the machine's kernel calls the time since it was started; empty where it does not tell.
    #[must_use]
    pub fn boot(&self) -> &str {
        &self.seen.boot
    }

    /// Whether the connection has broken off.
    #[must_use]
    pub fn is_lost(&self) -> bool {
        self.wire.is_broken()
    }

    /// Gives a sign of life so often while it holds the lock, instead of every fifteen seconds; the shell gives the lock
    /// up once six of them, of a whole second at least, have not come.
    pub fn beat_every(&mut self, period: Duration) {
        self.seen.period = period;
    }

    /// Keeps lock, journal, history and backups on the machine in another directory than `/var/lib/chefrs` (root) or the user's state
    /// directory.
    ///
    /// # Errors
    /// The connection broke off.
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

    /// One that goes down takes the connection with it, however far the command has come.
    fn go_down(&mut self) -> Result<(), Failure> {
        let Some(restart) = self.seen.restart.clone() else { return Ok(()) };
        // Nor is it a failure to be asked to end by a machine that goes down: hangup and termination.
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
