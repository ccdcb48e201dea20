//! Options for runs on several targets.

use std::num::NonZeroUsize;

use clap::Args;

use crate::fleet::{Batch, FleetLimits};

/// How to go through several machines.
#[derive(Debug, Args)]
pub(super) struct Breadth {
    /// Number of targets to work on at a time. Default: 64.
    #[arg(long, value_name = "N")]
    forks: Option<NonZeroUsize>,
    /// Work on N targets, or P % of them, and then on the next ones.
    #[arg(long, value_name = "N|P%")]
    batch: Option<Batch>,
    /// Start no further target once N have failed. Those under way go on.
    #[arg(long, value_name = "N")]
    max_failures: Option<NonZeroUsize>,
}

impl Breadth {
    pub(super) fn limits(&self) -> FleetLimits {
        FleetLimits { forks: self.forks, batch: self.batch, max_failures: self.max_failures }
    }
}
