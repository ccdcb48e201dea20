//! Requests to a session: where to connect, and what to converge or follow.

use std::time::Duration;

use super::password::Password;
use crate::converge::Options;
use crate::locked_run::Terms;
use crate::model::address::Address;
use crate::model::blob::Blobs;
use crate::model::collection::Collection;
use crate::model::engine::EngineChoice;
use crate::target::channel::SshOptions;
use crate::target::probe::Become;

/// A remote target and how to connect to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    /// Its name in reports.
    pub name: String,
    pub address: Address,
    /// How to call `ssh`.
    pub ssh: SshOptions,
    /// The user to work as.
    pub r#become: Become,
    /// The node that may have been meant, if the inventory has no node with the name.
    pub meant: Option<String>,
    /// The password for sudo, if it asks.
    pub password: Option<Password>,
    /// Agent or shell.
    pub engine: EngineChoice,
    /// Timeout of the connection, up to the hello of the agent. Time for sending the agent is not counted.
    pub patience: Duration,
}

/// How long to wait for a target that was lost during a run.
#[derive(Debug, Clone, Copy, Default)]
pub struct Patience {
    /// Time for reconnecting while the run continues there. Zero: do not reconnect.
    pub reconnect: Duration,
    /// Time for a machine that restarts.
    pub restart: Duration,
}

/// A collection to converge.
#[derive(Debug)]
pub struct RemoteOrder<'a> {
    /// Options, id and user of the run, and the lock timeout.
    pub terms: Terms<'a>,
    pub collection: &'a Collection,
    /// The blobs that it refers to.
    pub blobs: &'a Blobs,
    /// How long to wait for a target that was lost.
    pub patience: Patience,
}

/// A run to follow that was started over another connection.
#[derive(Debug)]
pub struct Watch<'a> {
    pub run: &'a str,
    /// Options with the interrupt.
    pub options: &'a Options,
    /// Time for reconnecting.
    pub reconnect: Duration,
}
