//! A fresh connection to a target, with an agent at its end that has introduced itself.

use crate::model::error::Failure;
use crate::model::message::Hello;
use crate::target::channel::{self, Channel};
use crate::target::outgoing::Executable;
use crate::target::probe;

use super::greet::greet;
use super::refused::{Reason, Refused, why};
use super::wire::{Input, Output, Wire};
use super::{Destination, password};

/// A target that answers.
#[derive(Debug)]
pub(super) struct Reached {
    /// The process that leads there.
    pub(super) channel: Channel,
    /// What the agent says.
    pub(super) input: Input,
    /// What it is told.
    pub(super) output: Output,
    /// How it introduced itself.
    pub(super) hello: Box<Hello>,
}

impl Reached {
    /// Says goodbye.
    pub(super) fn close(self) {
        let Self { channel, input, output, .. } = self;
        drop((input, output));
        channel.close();
    }
}

/// Connects and starts the agent; sends it first where it is missing.
///
/// # Errors
/// The target can't be reached, lets nobody in, or can't run the agent.
pub(super) fn reach(destination: &Destination) -> Result<Reached, Failure> {
    let address = &destination.address;
    let nonce = channel::nonce()?;
    let script = probe::script(&nonce, destination.r#become);
    let mut channel = Channel::open(address, &destination.ssh, &script, &probe::question(&nonce))?;
    let Wire { mut input, mut output } = Wire::over(&mut channel)?;
    // The connection is being made meanwhile, so this costs no time.
    let executable = Executable::own()?;
    let greeted = password::enter(destination, &channel, &mut input, &output, &nonce)
        .and_then(|()| greet(&mut input, &mut output, &nonce, executable));
    match greeted {
        Ok(hello) => Ok(Reached { channel, input, output, hello }),
        Err(Refused::Broken(broken, reached)) => Err(why(broken, address, channel, reached)),
        Err(Refused::Died) => Err(Failure::new(format!("`{address}` speaks of a run before it says hello"))),
        Err(Refused::Locked(failure)) => Err(Reason::There(failure).of(address)),
        Err(Refused::Said(failure)) => {
            let mut failure = failure.of(address);
            failure.output.extend(channel.complaints());
            Err(failure)
        }
    }
}
