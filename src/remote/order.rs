//! What is asked of a session: to converge, or to tell of a run.

use std::time::Duration;

use crate::converge::Options;
use crate::hold::Terms;
use crate::model::blob::Blobs;
use crate::model::collection::Collection;

/// How long to wait for a target that has gone in the middle of a run.
#[derive(Debug, Clone, Copy, Default)]
pub struct Patience {
    /// For one that is to be reached again, where the run goes on meanwhile; zero does not try.
    pub reconnect: Duration,
    /// For one that restarts to be back.
    pub restart: Duration,
}

/// What an agent is to do.
#[derive(Debug)]
pub struct RemoteOrder<'a> {
    /// Run or plan, its id, who wants it, and how long to wait there for another run.
    pub terms: Terms<'a>,
    pub collection: &'a Collection,
    /// Bytes that it names by digest.
    pub blobs: &'a Blobs,
    /// How long to wait for a target that has gone.
    pub patience: Patience,
}

/// How to hear of a run that was begun over another connection.
#[derive(Debug)]
pub struct Watch<'a> {
    pub run: &'a str,
    /// Whether somebody wants it to end.
    pub options: &'a Options,
    /// How long to try to reach the target again where it is lost.
    pub reconnect: Duration,
}
