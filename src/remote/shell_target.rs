//! A target that is controlled through its own shell.

use std::fmt;

use serde_json::{Map, Value};

use super::interrupts::when_halted;
use super::wire::Output;
use crate::facts;
use crate::model::error::Failure;
use crate::model::query::{Answer, Query};
use crate::model::step::Step;
use crate::target::channel::Channel;
use crate::target::interrupt::Interrupt;
use crate::target::shell::Shell;
use crate::target::{Progress, Target as _};

/// A target that is controlled through its own shell.
pub(super) struct ShellConnection {
    pub(super) channel: Channel,
    pub(super) shell: Shell,
    pub(super) output: Output,
    facts: Map<String, Value>,
    /// `a shell: …`, with the reason.
    pub(super) via: String,
}

impl fmt::Debug for ShellConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ShellConnection")
            .field("channel", &self.channel)
            .field("via", &self.via)
            .finish_non_exhaustive()
    }
}

impl ShellConnection {
    /// Gathers the facts of the machine.
    ///
    /// # Errors
    /// The connection broke.
    pub(super) fn begin(
        channel: Channel,
        mut shell: Shell,
        output: Output,
        via: String,
    ) -> Result<Self, Failure> {
        match facts::gather(&mut shell) {
            Ok(facts) => Ok(Self { channel, shell, output, facts, via }),
            Err(failure) => {
                drop((shell, output));
                Err(with_stderr(failure, channel))
            }
        }
    }

    /// The facts of the machine.
    pub(super) fn facts_mut(&mut self) -> &mut Map<String, Value> {
        &mut self.facts
    }

    pub(super) fn shell(&self) -> &Shell {
        &self.shell
    }

    /// Asks a batch of queries. A command among them ends if the run is halted.
    ///
    /// # Errors
    /// The connection broke.
    pub(super) fn ask(&mut self, interrupt: &Interrupt, queries: &[Query]) -> Result<Vec<Answer>, Failure> {
        when_halted(interrupt, self.end(), || self.shell.ask(queries))
    }

    /// Applies a step. Its command ends if the run is halted.
    ///
    /// # Errors
    /// It failed, or the connection broke.
    pub(super) fn apply(
        &mut self,
        interrupt: &Interrupt,
        step: &Step,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<(), Failure> {
        when_halted(interrupt, self.end(), || self.shell.apply(step, progress))
    }

    /// A function that makes the shell end the running command.
    pub(super) fn end(&self) -> impl FnOnce() + Send + use<> {
        let output = self.output.clone();
        move || {
            // A line of its own, which an idle shell ignores. If the target is gone, the reader reports that.
            let _ = output.with(|out| out.write_all(b":\n"));
        }
    }

    /// Ends the shell.
    pub(super) fn close(self) {
        let Self { channel, shell, output, .. } = self;
        drop((shell, output));
        channel.close();
    }
}

/// Adds the messages of `ssh`.
pub(super) fn with_stderr(mut failure: Failure, channel: Channel) -> Failure {
    failure.details.extend(channel.last_words());
    failure
}
