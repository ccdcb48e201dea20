//! A resource for which a run is refused.

use crate::model::error::Failure;
use crate::model::event::ResourceRef;

/// A resource that can't be converged on this machine, whatever comes before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedResource {
    pub resource: ResourceRef,
    pub failure: Failure,
}
