//! Limits: hosts in parallel, hosts in a batch, and failures.

use std::fmt;
use std::num::NonZeroUsize;
use std::ops::Range;
use std::str::FromStr;

use crate::model::english::one_line;

/// Default for hosts in parallel.
const FORKS: usize = 64;

/// Limits of a run on several hosts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FleetLimits {
    /// Hosts in parallel. Default: 64, or the number of hosts if that is smaller.
    pub forks: Option<NonZeroUsize>,
    /// Size of a batch. The next batch starts when the one before has ended. Default: all hosts.
    pub batch: Option<Batch>,
    /// Number of failed hosts after which no further host is started.
    pub max_failures: Option<NonZeroUsize>,
}

impl FleetLimits {
    /// Number of parallel hosts for this many hosts.
    #[must_use]
    pub fn forks(&self, hosts: usize) -> usize {
        self.forks.map_or(FORKS, NonZeroUsize::get).min(hosts)
    }

    /// The batches, as ranges of indexes.
    #[must_use]
    pub fn batches(&self, hosts: usize) -> Vec<Range<usize>> {
        let size = match self.batch {
            None => hosts,
            Some(Batch::Hosts(size)) => size.get(),
            Some(Batch::Percent(percent)) => (hosts * usize::from(percent)).div_ceil(100),
        };
        let begins = (0..hosts).step_by(size.max(1));
        begins.map(|begin| begin..begin.saturating_add(size).min(hosts)).collect()
    }
}

/// The size of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Batch {
    /// Number of hosts.
    Hosts(NonZeroUsize),
    /// Percentage of all hosts, 1 to 100, rounded up.
    Percent(u8),
}

/// Parses `3` or `10%`.
impl FromStr for Batch {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong =
            || format!("`{}` is neither a number of targets nor a percentage of them", one_line(text));
        match text.strip_suffix('%') {
            Some(percent) => {
                let percent = digits(percent).and_then(|digits| digits.parse().ok());
                percent.filter(|percent| (1..=100).contains(percent)).map(Self::Percent).ok_or_else(wrong)
            }
            None => digits(text).and_then(|digits| digits.parse().ok()).map(Self::Hosts).ok_or_else(wrong),
        }
    }
}

/// `parse` would also accept a sign.
fn digits(text: &str) -> Option<&str> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then_some(text)
}

impl fmt::Display for Batch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hosts(size) => size.fmt(f),
            Self::Percent(percent) => write!(f, "{percent}%"),
        }
    }
}
