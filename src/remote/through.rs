//! A run through the target's own shell: the engine works on this side, and every look and step goes over the wire.

use std::fmt;
use std::time::Duration;

use serde_json::{Map, Value};

use crate::converge::{self, Summary};
use crate::facts;
use crate::hold::{Beginning, Hold, Refused};
use crate::model::engine::Engine;
use crate::model::error::Failure;
use crate::model::event::{Event, Mode};
use crate::model::step::{Command, Restart, Step};
use crate::target::channel::Channel;
use crate::target::shell::Shell;
use crate::target::{Progress, Target as _};

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
        say: &mut dyn FnMut(&str),
    ) -> Result<Summary, Refused> {
        // What was begun through a shell goes on through one, even where a restart lets the agent run.
        let destination = Destination { engine: Engine::Shell, ..destination.clone() };
        let mut beginning = Beginning::now();
        let mut changed = false;
        loop {
            let (boot, via) = (self.shell.boot().to_owned(), self.via.clone());
            let done = when_halted(self.end(), || self.part(order, &beginning, sink, say));
            let Self { channel, shell, output, .. } = self;
            drop((shell, output));
            let summary = match done {
                Err(Refused::Target(failure)) => {
                    return Err(Refused::Target(with_complaints(failure, channel)));
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
            self = *again::restarted(&destination, order, &down, wanted, say)?;
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
        say: &mut dyn FnMut(&str),
    ) -> Result<(Summary, Option<Restart>), Refused> {
        let Self { shell, output, via, .. } = self;
        let mut options = order.options.clone();
        let hold = match options.mode {
            Mode::Plan => None,
            Mode::Run => {
                let (caller, patience) = (order.caller.clone(), order.lock_timeout);
                let hold = Hold::take(shell, beginning, caller, patience, &options.interrupted, say)?;
                hold.run().clone_into(&mut options.run);
                Some(hold)
            }
        };
        shell.provide(order.blobs.clone());
        let mut sink = |mut event: Event| {
            match &mut event {
                Event::RunStarted { via: told, .. } => *told = Some(via.clone()),
                Event::RunFinished { .. } => sink(output.traffic().event()),
                _ => {}
            }
            sink(event);
        };
        let summary = converge::converge(order.collection, shell, &options, &mut sink)?;
        if let Some(hold) = &hold {
            let run_list = &order.collection.run_list;
            let exit = summary.exit(options.mode);
            let restart = summary.restart.as_deref();
            if let Err(failure) = hold.record(shell, run_list, summary.counts, exit, restart) {
                say(&format!("the history does not tell of this run: {failure}"));
            }
        }
        let restart = shell.restart().filter(|_| summary.restart.is_some()).cloned();
        if let Some(restart) = &restart {
            go_down(shell, restart)?;
        }
        Ok((summary, restart))
    }
}

/// Restarts the machine. One that goes down takes the connection with it, however far the command has come.
fn go_down(shell: &mut Shell, restart: &Restart) -> Result<(), Failure> {
    // Nor is it a failure to be asked to end by a machine that goes down: hangup and termination.
    let command = Command { returns: vec![0, 129, 143], ..restart.command.clone() };
    match shell.apply(&Step::Run(command), &mut |_| {}) {
        Err(_) if shell.is_lost() => Ok(()),
        done => done,
    }
}

/// What `ssh` said of it, too.
pub(super) fn with_complaints(mut failure: Failure, channel: Channel) -> Failure {
    failure.details.extend(channel.last_words());
    failure
}
