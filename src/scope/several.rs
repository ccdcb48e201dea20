//! Words that name nothing on any of several targets. On one of them alone, nothing need be named.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use super::missing::Missing;
use crate::model::error::Diagnostic;

/// What was missing on the targets so far.
#[derive(Debug, Default)]
pub struct MissingWords(Mutex<CompiledTargets>);

#[derive(Debug, Default)]
struct CompiledTargets {
    targets: usize,
    /// By word: on how many targets it is missing, and the finding of the first one.
    missing: BTreeMap<usize, (usize, Diagnostic)>,
}

impl MissingWords {
    /// Adds a target whose recipes were compiled.
    pub fn add(&self, missing: Vec<Missing>) {
        let mut compiled = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        compiled.targets += 1;
        for Missing { index, finding } in missing {
            compiled.missing.entry(index).or_insert((0, finding)).0 += 1;
        }
    }

    /// The words that are missing on all targets.
    #[must_use]
    pub fn everywhere(&self) -> Vec<Diagnostic> {
        let compiled = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let words = compiled.missing.values().filter(|(targets, _)| *targets == compiled.targets);
        words.map(|(_, finding)| finding.clone()).collect()
    }
}
