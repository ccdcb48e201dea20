//! What is left of a compiled collection, and the secrets for it: all of them are there before anything is changed.

use crate::compile::Compiled;
use crate::locked_run::Peers;
use crate::model::error::Diagnostics;
use crate::model::secrets::Secrets;
use crate::scope::{MissingWords, RunScope};
use crate::secrets::{AskingNode, SecretSources};

/// Marks what the run leaves out.
///
/// # Errors
/// The scope names something that is not there, if this is the only target. For several, that is noted in
/// `missing_words`.
pub(super) fn narrowed(
    scope: &RunScope,
    missing_words: Option<&MissingWords>,
    compiled: Compiled,
) -> Result<Compiled, Diagnostics> {
    let (collection, missing) = scope.apply(compiled.collection);
    match missing_words {
        Some(words) => words.add(missing),
        None if missing.is_empty() => {}
        None => return Err(Diagnostics(missing.into_iter().map(|missing| missing.finding).collect())),
    }
    Ok(Compiled { collection, ..compiled })
}

/// The secrets for a collection.
///
/// # Errors
/// All that are missing or can't be opened. The other targets know that by then.
pub(super) fn secrets(
    sources: &SecretSources<'_>,
    asking: &AskingNode,
    compiled: &Compiled,
    peers: Option<&dyn Peers>,
) -> Result<Secrets, Diagnostics> {
    let found = sources.of_collection(asking, &compiled.collection);
    if let (Err(_), Some(peers)) = (&found, peers) {
        peers.refused();
    }
    found
}
