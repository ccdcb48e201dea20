//! Floor 1: this machine.

use crate::model::blob::Blobs;
use crate::model::error::Failure;
use crate::model::query::{Answer, Query};
use crate::model::step::Step;
use crate::target::{Progress, Target};

/// This machine.
#[derive(Debug, Default)]
pub struct Local {
    blobs: Blobs,
}

impl Local {
    /// This machine, without blobs.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Gives it the bytes that steps name by digest.
    pub fn provide(&mut self, blobs: Blobs) {
        self.blobs = blobs;
    }
}

impl Target for Local {
    fn name(&self) -> &str {
        "local"
    }
    fn ask(&mut self, _queries: &[Query]) -> Result<Vec<Answer>, Failure> {
        unimplemented!()
    }
    fn apply(&mut self, _step: &Step, _progress: &mut dyn FnMut(Progress)) -> Result<(), Failure> {
        unimplemented!()
    }
}
