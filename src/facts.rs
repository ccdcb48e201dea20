//! Floor 4: facts: what the machine says of itself, named as Ohai names it.

use serde_json::{Map, Value};

use crate::model::error::Failure;
use crate::target::Target;

/// Gathers the facts of a target in one batch of queries.
///
/// # Errors
/// The target can't be reached.
pub fn gather(_target: &mut dyn Target) -> Result<Map<String, Value>, Failure> {
    unimplemented!()
}
