//! Ids, users and times of runs. This is the only clock that a run uses.

use std::hash::BuildHasher as _;

use jiff::Timestamp;

use crate::model::error::Failure;
use crate::model::journal::{Caller, Holder};
use crate::model::query::{Answer, Query};
use crate::target::Target;

/// Id and start time of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunIdentity {
    /// `20261123T125501Z-3fa9c2d1`. Sorts by time, and two runs of the same second differ.
    pub run: String,
    /// RFC 3339 in UTC, whole seconds.
    pub since: String,
}

impl RunIdentity {
    /// A run that starts now.
    #[must_use]
    pub fn now() -> Self {
        let now = Timestamp::now();
        Self { run: run_id(now), since: words(now) }
    }
}

/// The user and host that a process on a target has.
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

/// The holder of the lock: a run, with its process on the target.
pub(super) fn holder(run_identity: &RunIdentity, caller: Caller, pid: u32) -> Holder {
    let RunIdentity { run, since } = run_identity.clone();
    let Caller { user, host } = caller;
    Holder { run, user, host, pid, since }
}

/// The current time, RFC 3339 in UTC, whole seconds.
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
