//! Floor 6: the control side of a remote run: reaches a target, makes an agent run there, hands it the collection.
//!
//! Nothing in here can touch this machine: there is no local target in it, only a channel and bytes to send. Whether
//! somebody has interrupted twice is all that is asked of `local`.

use std::time::Duration;

use serde_json::{Map, Value};

use crate::converge::{Options, Summary};
use crate::hold;
use crate::model::address::Address;
use crate::model::blob::Blobs;
use crate::model::collection::Collection;
use crate::model::error::Failure;
use crate::model::event::Event;
use crate::model::journal::Caller;
use crate::target::channel::SshOptions;
use crate::target::probe::Become;

mod again;
mod conversation;
mod greet;
mod needed;
mod password;
mod reach;
mod refused;
mod seen;
pub mod under_way;
mod upload;
mod wire;

pub use greet::crate_version;
pub use password::Password;

use reach::{Reached, reach};

/// Where an agent is to run, and as whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    /// Its name in reports.
    pub name: String,
    /// Where.
    pub address: Address,
    /// How `ssh` is to be called.
    pub ssh: SshOptions,
    /// As whom.
    pub r#become: Become,
    /// For sudo, where it asks.
    pub password: Option<Password>,
}

/// What an agent is to do.
#[derive(Debug)]
pub struct Order<'a> {
    /// The rows.
    pub collection: &'a Collection,
    /// Bytes that it names by digest.
    pub blobs: &'a Blobs,
    /// Run or plan, and what to do when something goes wrong.
    pub options: &'a Options,
    /// How long to wait there for another run to give the target free.
    pub lock_timeout: Duration,
    /// How long to try to reach a target again that was lost in the middle of a run.
    pub reconnect: Duration,
    /// How long to wait for a machine that restarts to be back.
    pub restart: Duration,
    /// Who wants it.
    pub caller: &'a Caller,
}

/// A target with an agent that has introduced itself.
#[derive(Debug)]
pub struct Session {
    destination: Destination,
    reached: Reached,
}

impl Session {
    /// Reaches the target and starts the agent there; sends it first where it is missing.
    ///
    /// # Errors
    /// The target can't be reached, lets nobody in, or can't run the agent.
    pub fn open(destination: &Destination) -> Result<Self, Failure> {
        let reached = reach(destination)?;
        Ok(Self { destination: destination.clone(), reached })
    }

    /// What the machine says of itself.
    #[must_use]
    pub fn facts(&self) -> &Map<String, Value> {
        &self.reached.hello.facts
    }

    /// Says goodbye to an agent that has nothing to do.
    pub fn close(self) {
        self.reached.close();
    }

    /// Converges (or plans) a collection there. Everything that happens comes out as events, under the destination's name.
    ///
    /// # Errors
    /// Another run holds the target; the target was lost, or is not what it says: the events tell how far it came.
    pub fn converge(
        self,
        order: &Order<'_>,
        sink: &mut dyn FnMut(Event),
        say: &mut dyn FnMut(&str),
    ) -> Result<Summary, hold::Refused> {
        conversation::converge(&self.destination, self.reached, order, sink, say)
    }
}
