//! How to go through several targets.

use std::num::NonZeroUsize;

use clap::Args;

use crate::fleet::{Batch, FleetLimits};

/// How to go through several machines.
#[derive(Debug, Args)]
pub(super) struct Breadth {
    /// Targets to work on at once; the smaller of their number and 64 unless said.
    #[arg(long, value_name = "N")]
    forks: Option<NonZeroUsize>,
    /// Works on so many targets, or so many percent of them, before the next as many are begun.
    #[arg(long, value_name = "N|P%")]
    batch: Option<Batch>,
    /// Begins no further target once so many have failed; those under way go on to their end.
    #[arg(long, value_name = "N")]
    max_failures: Option<NonZeroUsize>,
}

impl Breadth {
    pub(super) fn limits(&self) -> FleetLimits {
        FleetLimits { forks: self.forks, batch: self.batch, max_failures: self.max_failures }
    }
}
