//! Requests to a session: converge a collection, or follow a run.

use std::time::Duration;

use crate::converge::Options;
use crate::hold::Terms;
use crate::model::blob::Blobs;
use crate::model::collection::Collection;

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
