//! Who runs, and when: ids of runs, and the only clock that a run looks at.

use std::hash::BuildHasher as _;

use jiff::Timestamp;

use crate::model::error::Failure;
use crate::model::journal::Holder;
use crate::model::query::{Answer, Query};
use crate::target::Target;

/// A new run, begun now by this process.
///
/// # Errors
/// The target can't be reached.
pub(super) fn holder(target: &mut dyn Target) -> Result<Holder, Failure> {
    let answers = target.ask(&[Query::Host])?;
    let Some(Answer::Host(host)) = answers.first() else {
        return Err(Failure::new("the target does not say who runs there"));
    };
    let now = Timestamp::now();
    Ok(Holder {
        run: run_id(now),
        user: host.user.clone(),
        host: host.uname[1].clone(),
        pid: target.process(),
        since: words(now),
    })
}

/// The time of day, RFC 3339 in UTC, whole seconds.
pub(super) fn now() -> String {
    words(Timestamp::now())
}

fn words(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// `20261123T125501Z-3fa9c2d1`: sorts by time, and two begun in one second still differ.
fn run_id(time: Timestamp) -> String {
    let random = std::hash::RandomState::new().hash_one(std::process::id());
    format!("{}-{:08x}", time.strftime("%Y%m%dT%H%M%SZ"), random & 0xffff_ffff)
}
