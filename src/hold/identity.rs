//! Who runs, and when: ids of runs, and the only clock that a run looks at.

use std::hash::BuildHasher as _;

use jiff::Timestamp;

use crate::model::error::Failure;
use crate::model::journal::{Caller, Holder};
use crate::model::query::{Answer, Query};
use crate::target::Target;

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
pub(super) fn holder(run: String, caller: Caller, pid: u32) -> Holder {
    let Caller { user, host } = caller;
    Holder { run, user, host, pid, since: now() }
}

/// The time of day, RFC 3339 in UTC, whole seconds.
pub(super) fn now() -> String {
    Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// An id for a new run, `20261123T125501Z-3fa9c2d1`: sorts by time, and two begun in one second still differ.
#[must_use]
pub fn run_id() -> String {
    let random = std::hash::RandomState::new().hash_one(std::process::id());
    format!("{}-{:08x}", Timestamp::now().strftime("%Y%m%dT%H%M%SZ"), random & 0xffff_ffff)
}
