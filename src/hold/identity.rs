//! Who runs, and when: ids of runs, and the only clock that a run looks at.

use std::hash::BuildHasher as _;

use jiff::Timestamp;

use crate::model::error::Failure;
use crate::model::journal::{Caller, Holder};
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

/// Who would run something on a target if it were begun there.
///
/// # Errors
/// The target can't be reached.
pub fn caller(target: &mut dyn Target) -> Result<Caller, Failure> {
    let answers = target.ask(&[Query::Host])?;
    let Some(Answer::Host(host)) = answers.first() else {
        return Err(Failure::new("the target does not say who runs there"));
    };
    Ok(Caller { user: host.user.clone(), host: host.uname[1].clone() })
}

/// The run, held from now on by a process of the target.
pub(super) fn holder(beginning: &Beginning, caller: Caller, pid: u32) -> Holder {
    let Beginning { run, since } = beginning.clone();
    let Caller { user, host } = caller;
    Holder { run, user, host, pid, since }
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
