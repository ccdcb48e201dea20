//! A target that answers through its own shell: every look and step goes over the wire.

use std::fmt;

use serde_json::{Map, Value};

use super::interrupts::when_halted;
use super::wire::Output;
use crate::facts;
use crate::model::error::Failure;
use crate::model::step::Step;
use crate::target::channel::Channel;
use crate::target::interrupt::Interrupt;
use crate::target::shell::Shell;
use crate::target::{Progress, Target as _};

/// A target that answers through its shell.
pub(super) struct Through {
    pub(super) channel: Channel,
    pub(super) shell: Shell,
    pub(super) output: Output,
    facts: Map<String, Value>,
    /// `a shell: …`, with the reason.
    pub(super) via: String,
}

impl fmt::Debug for Through {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Through")
            .field("channel", &self.channel)
            .field("via", &self.via)
            .finish_non_exhaustive()
    }
}

impl Through {
    /// Asks the machine what it is.
    ///
    /// # Errors
    /// The connection broke off.
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
                Err(with_complaints(failure, channel))
            }
        }
    }

    /// What the machine says of itself.
    pub(super) fn facts(&self) -> &Map<String, Value> {
        &self.facts
    }

    /// What speaks to it.
    pub(super) fn shell(&self) -> &Shell {
        &self.shell
    }

    /// The same, to ask and to apply.
    pub(super) fn shell_mut(&mut self) -> &mut Shell {
        &mut self.shell
    }

    /// Does one step; a command in it ends when somebody wants that.
    ///
    /// # Errors
    /// It could not be done; the connection broke off.
    pub(super) fn apply(
        &mut self,
        interrupt: &Interrupt,
        step: &Step,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<(), Failure> {
        when_halted(interrupt, self.end(), || self.shell.apply(step, progress))
    }

    /// What tells the shell to end the command at hand.
    pub(super) fn end(&self) -> impl FnOnce() + Send + use<> {
        let output = self.output.clone();
        move || {
            // A line of its own, which a shell that runs no command takes for nothing. Whoever reads tells of a target
            // that is gone.
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

/// What `ssh` said of it, too.
pub(super) fn with_complaints(mut failure: Failure, channel: Channel) -> Failure {
    failure.details.extend(channel.last_words());
    failure
}
