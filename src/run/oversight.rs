//! Oversight of the runs on all targets: what was compiled for each is seen before anything is done with it, and may be
//! refused. A saved plan uses it.

use std::fmt;

use serde_json::{Map, Value};

use crate::compile::Compiled;
use crate::locked_run::Peers;
use crate::model::collection::Collection;
use crate::model::error::Failure;
use crate::model::foreseen::Foreseen;
use crate::model::secrets::Secrets;

/// Sees what was compiled for each target.
pub trait Oversight: fmt::Debug + Sync {
    /// Sees the collection for a target. Returns what a saved plan foresaw there, if no other changes may be made.
    ///
    /// # Errors
    /// The work on this target must not go on.
    fn compiled(&self, sealed: &SealedCollection<'_>) -> Result<Option<Foreseen>, Failure>;
}

/// A collection that is complete, and the machine that it is for.
#[derive(Debug)]
pub struct SealedCollection<'a> {
    /// Name of the target.
    pub target: &'a str,
    /// The id of the machine. Empty if it has none.
    pub machine_id: &'a str,
    pub hostname: &'a str,
    pub collection: &'a Collection,
    /// The secrets that the collection uses.
    pub secrets: &'a Secrets,
}

/// Shows a collection to the oversight, and notes in it what a saved plan foresaw.
///
/// # Errors
/// The work must not go on. The other targets know that by then.
pub(super) fn oversee(
    oversight: Option<&dyn Oversight>,
    (target, facts): (&str, &Map<String, Value>),
    (compiled, secrets): (&mut Compiled, &Secrets),
    peers: Option<&dyn Peers>,
) -> Result<(), Failure> {
    let Some(oversight) = oversight else { return Ok(()) };
    let fact = |name: &str| facts.get(name).and_then(Value::as_str).unwrap_or_default();
    let sealed = SealedCollection {
        target,
        machine_id: fact("machine_id"),
        hostname: fact("hostname"),
        collection: &compiled.collection,
        secrets,
    };
    let foreseen = oversight.compiled(&sealed).inspect_err(|_| {
        if let Some(peers) = peers {
            peers.refused();
        }
    })?;
    compiled.collection.foreseen = foreseen;
    Ok(())
}
