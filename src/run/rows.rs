//! Rows that no recipe declares, converged by the same engine: for commands that make a single change.

use std::time::Duration;

use camino::Utf8PathBuf;

use crate::converge::{EarlyAnswers, Options, Summary};
use crate::locked_run::{self, LockedRun, RunIdentity, RunWork, Terms};
use crate::model::blob::Blobs;
use crate::model::collection::Collection;
use crate::model::error::Failure;
use crate::model::event::Event;
use crate::remote::{Destination, Patience, RemoteOrder, Session};
use crate::target::local::Local;

/// Rows for one target.
#[derive(Debug)]
pub struct RowsRequest<'a> {
    /// How to connect to the target. `None`: this machine.
    pub destination: Option<&'a Destination>,
    pub collection: &'a Collection,
    /// The blobs that the rows refer to.
    pub blobs: &'a Blobs,
    pub options: Options,
    /// How long to wait for the lock.
    pub lock_timeout: Duration,
    /// How long to wait for a remote target that was lost.
    pub patience: Patience,
    /// State directory of this machine, if not the default.
    pub state: Option<Utf8PathBuf>,
}

/// Converges the rows.
///
/// # Errors
/// The target can't be reached, was lost, or is held by another run. What fails in a row is in the events.
pub fn converge_rows(request: RowsRequest<'_>, sink: &mut dyn FnMut(Event)) -> Result<Summary, Failure> {
    let RowsRequest { destination, collection, blobs, options, lock_timeout, patience, state } = request;
    let mut here = Local::under(options.interrupt.clone());
    if let Some(state) = state {
        here.keep_state_in(state);
    }
    let caller = locked_run::caller(&mut here)?;
    let run_identity = RunIdentity::now();
    let interrupt = options.interrupt.clone();
    let terms = Terms { options, run_identity: &run_identity, caller: &caller, lock_timeout, peers: None };
    if let Some(destination) = destination {
        // From here on this machine is not touched.
        let session = Session::open(destination, &interrupt)?;
        return session.converge(&RemoteOrder { terms, collection, blobs, patience }, sink);
    }
    let locked = LockedRun::begin(&mut here, terms, sink)?;
    let work = RunWork { collection, blobs: blobs.clone(), early_answers: EarlyAnswers::default() };
    locked.converge(&mut here, work, sink, &mut |_, _, _| Ok(()))
}
