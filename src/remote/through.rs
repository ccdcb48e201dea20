//! A run through the target's own shell: the engine works on this side, and every look and step goes over the wire.

use std::fmt;
use std::time::Duration;

use serde_json::{Map, Value};

use crate::converge::{Foresight, Summary};
use crate::facts;
use crate::hold::{Beginning, Hold, Terms, Work};
use crate::model::engine::Engine;
use crate::model::error::Failure;
use crate::model::event::Event;
use crate::model::step::{Restart, Step};
use crate::target::channel::Channel;
use crate::target::shell::Shell;
use crate::target::{Progress, RunTarget as _, Target as _};

use super::asked::when_halted;
use super::reach::Met;
use super::wire::Output;
use super::{Destination, Order, again};

/// A target that answers through its shell.
pub(super) struct Through {
    channel: Channel,
    shell: Shell,
    output: Output,
    facts: Map<String, Value>,
    /// `a shell: …`, with the reason.
    via: String,
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
    pub(super) fn apply(&mut self, step: &Step, progress: &mut dyn FnMut(Progress)) -> Result<(), Failure> {
        when_halted(self.end(), || self.shell.apply(step, progress))
    }

    /// What tells the shell to end the command at hand.
    fn end(&self) -> impl FnOnce() + Send + use<> {
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

    /// Converges (or plans) the collection; where the machine restarts in the middle, waits for it and goes on.
    ///
    /// # Errors
    /// Another run holds the target; the connection broke off; the machine is not back after a restart.
    pub(super) fn converge(
        mut self,
        destination: &Destination,
        order: &Order<'_>,
        sink: &mut dyn FnMut(Event),
    ) -> Result<Summary, Failure> {
        // What was begun through a shell goes on through one, even where a restart lets the agent run.
        let destination = Destination { engine: Engine::Shell, ..destination.clone() };
        let mut beginning = order.terms.beginning.clone();
        let mut changed = false;
        loop {
            let (boot, via) = (self.shell.boot().to_owned(), self.via.clone());
            let done = when_halted(self.end(), || self.part(order, &beginning, sink));
            let Self { channel, shell, output, .. } = self;
            drop((shell, output));
            let summary = match done {
                Err(failure) if failure.kind.is_of_the_way() => {
                    return Err(with_complaints(failure, channel));
                }
                done => {
                    channel.close();
                    done?
                }
            };
            changed |= summary.0.changed;
            let (summary, Some(restart)) = summary else { return Ok(Summary { changed, ..summary.0 }) };
            let by = summary.restart.unwrap_or(restart.by);
            let delay = Duration::from_secs(u64::from(restart.delay) * 60);
            let down = again::Down { by: &by, delay, boot: &boot };
            let wanted = |met: Met| met.shell(&destination.address);
            self = *again::restarted(&destination, order, &down, wanted, sink)?;
            self.via = via;
            beginning = Beginning { run: beginning.run, ..Beginning::now() };
        }
    }

    /// The run up to its end, or up to a restart, which has been asked for then.
    fn part(
        &mut self,
        order: &Order<'_>,
        beginning: &Beginning,
        sink: &mut dyn FnMut(Event),
    ) -> Result<(Summary, Option<Restart>), Failure> {
        let Self { shell, output, via, .. } = self;
        let Terms { options, caller, lock_timeout, .. } = &order.terms;
        let terms = Terms { options: options.clone(), beginning, caller, lock_timeout: *lock_timeout };
        let mut sink = |mut event: Event| {
            match &mut event {
                Event::RunStarted { via: told, .. } => *told = Some(via.clone()),
                Event::RunFinished { .. } => sink(output.traffic().event()),
                _ => {}
            }
            sink(event);
        };
        let hold = Hold::begin(shell, terms, &mut sink)?;
        let (collection, blobs) = (order.collection, order.blobs.clone());
        let work = Work { collection, blobs, foresight: Foresight::default() };
        let summary = hold.converge(shell, work, &mut sink, &mut |_, _, _| Ok(()))?;
        let restart = shell.restart().filter(|_| summary.restart.is_some()).cloned();
        Ok((summary, restart))
    }
}

/// What `ssh` said of it, too.
pub(super) fn with_complaints(mut failure: Failure, channel: Channel) -> Failure {
    failure.details.extend(channel.last_words());
    failure
}
