//! A run on one of several targets: none is touched before all of them have been looked at.

use std::fmt;

use super::identity::Beginning;
use crate::converge::{self, Options, Summary};
use crate::model::collection::Collection;
use crate::model::error::Failure;
use crate::model::event::Event;
use crate::target::Target;

/// The other targets, as one of them knows them.
pub trait Peers: fmt::Debug {
    /// This target has introduced itself, and will be looked at.
    fn met(&self);

    /// This target has been looked at, and its run is refused.
    fn refused(&self);

    /// This target has been looked at, and its run may begin: waits until the others have been, too.
    ///
    /// # Errors
    /// It is not to begin, because of another target or of an interrupt.
    fn wait(&self) -> Result<(), Failure>;
}

/// Looks at a target that nobody holds yet, as a plan does. Where the run is refused its events come out, and what came
/// of it is given back; else the others are waited for, and the run may begin.
///
/// # Errors
/// The target was lost, or its run is not to begin.
pub fn look_first(
    target: &mut dyn Target,
    collection: &Collection,
    terms: (&Options, &Beginning),
    peers: &dyn Peers,
    sink: &mut dyn FnMut(Event),
) -> Result<Option<Summary>, Failure> {
    let (options, beginning) = terms;
    let refused = converge::preflight(collection, target, options)?;
    if refused.is_empty() {
        return peers.wait().map(|()| None);
    }
    peers.refused();
    let options = Options { run: beginning.run.clone(), ..options.clone() };
    converge::refuse(collection, target, &options, refused, sink).map(Some)
}
