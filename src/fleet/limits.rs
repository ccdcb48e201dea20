//! How many hosts at once, how many one after the other, and when enough have failed.

use std::fmt;
use std::num::NonZeroUsize;
use std::ops::Range;
use std::str::FromStr;

use crate::model::english::one_line;

/// Most hosts at once, unless said otherwise.
const FORKS: usize = 64;

/// Choices for a run on several hosts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FleetLimits {
    /// Hosts at once; the smaller of the number of hosts and 64 unless said.
    pub forks: Option<NonZeroUsize>,
    /// How many hosts are one batch; all unless said. The next batch begins when all of the one before have ended.
    pub batch: Option<Batch>,
    /// Once so many hosts have failed no further one is begun.
    pub max_failures: Option<NonZeroUsize>,
}

impl FleetLimits {
    /// How many of so many hosts are worked on at once.
    #[must_use]
    pub fn forks(&self, hosts: usize) -> usize {
        self.forks.map_or(FORKS, NonZeroUsize::get).min(hosts)
    }

    /// The batches of so many hosts, by their places in the order of the hosts.
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
    Hosts(NonZeroUsize),
    /// So much of all hosts, from 1 to 100; rounded up.
    Percent(u8),
}

/// `3` or `10%`.
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

/// A sign is no part of a number of hosts.
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
