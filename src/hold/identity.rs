//! Who runs, and when: ids of runs, and the only clock that a run looks at.

use std::hash::BuildHasher as _;

use jiff::Timestamp;

use crate::model::error::Failure;
use crate::model::journal::Holder;
use crate::model::query::{Answer, Query};
use crate::target::Target;

/// A new run: its id, and when it began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beginning {
    /// `20261123T125501Z-3fa9c2d1`: sorts by time, and two begun in one second still differ.
    pub run: String,
    /// RFC 3339 in UTC, whole seconds.
    pub since: String,
}

impl Beginning {
    /// One that begins now.
    #[must_use]
    pub fn now() -> Self {
        let now = Timestamp::now();
        Self { run: run_id(now), since: words(now) }
    }
}

/// Who runs it: this process, on the target.
///
/// # Errors
/// The target can't be reached.
pub(super) fn holder(target: &mut dyn Target, beginning: &Beginning) -> Result<Holder, Failure> {
    let answers = target.ask(&[Query::Host])?;
    let Some(Answer::Host(host)) = answers.first() else {
        return Err(Failure::new("the target does not say who runs there"));
    };
    Ok(Holder {
        run: beginning.run.clone(),
        user: host.user.clone(),
        host: host.uname[1].clone(),
        pid: target.process(),
        since: beginning.since.clone(),
    })
}

/// The time of day, RFC 3339 in UTC, whole seconds.
#[must_use]
pub fn now() -> String {
    words(Timestamp::now())
}

fn words(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn run_id(time: Timestamp) -> String {
    let random = std::hash::RandomState::new().hash_one(std::process::id());
    format!("{}-{:08x}", time.strftime("%Y%m%dT%H%M%SZ"), random & 0xffff_ffff)
}
