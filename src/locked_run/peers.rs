//! A run on one of several targets: no target is changed before all of them were examined.

use std::fmt;

use super::identity::RunIdentity;
use crate::converge::{self, Options, Summary};
use crate::model::collection::Collection;
use crate::model::error::Failure;
use crate::model::event::Event;
use crate::target::Target;

/// The other targets, seen from one of them.
pub trait Peers: fmt::Debug {
    /// This target gives signs of life, and will be examined.
    fn met(&self);

    /// This target was examined, and its run is refused.
    fn refused(&self);

    /// This target was examined, and its run may begin. Waits for the others.
    ///
    /// # Errors
    /// It must not begin, because of another target or an interrupt.
    fn wait(&self) -> Result<(), Failure>;
}

/// Examines a target before it is locked, like a plan. If the run is refused, its events and summary are returned;
/// otherwise waits for the other targets.
///
/// # Errors
/// The target was lost, or its run must not begin.
pub fn look_first(
    target: &mut dyn Target,
    collection: &Collection,
    terms: (&Options, &RunIdentity),
    peers: &dyn Peers,
    sink: &mut dyn FnMut(Event),
) -> Result<Option<Summary>, Failure> {
    let (options, run_identity) = terms;
    let refused = converge::preflight(collection, target, options)?;
    if refused.is_empty() {
        return peers.wait().map(|()| None);
    }
    peers.refused();
    let options = Options { run: run_identity.run.clone(), ..options.clone() };
    converge::refuse(collection, target, &options, refused, sink).map(Some)
}
