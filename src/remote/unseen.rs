//! Failures of a run whose end was not seen here.

use crate::model::address::Address;
use crate::model::error::{Failure, FailureKind};

use super::wire::SILENCE;

/// The target was lost and not reached again. The run continues there.
pub(super) fn given_up(lost: Failure, target: &str, run: &str) -> Failure {
    lost.hint(format!("the run continues there: `chefrs status -t {target}` shows how it ended"))
        .hint(format!("`chefrs attach -t {target} {run}` shows all of it, from its start to its end"))
        .hint("or run again: that waits for it, and finishes what it leaves")
}

/// The process of the run was killed.
pub(super) fn died(address: &Address) -> Failure {
    Failure::new(format!("the run on `{address}` was killed"))
        .of_kind(FailureKind::Killed)
        .hint("run again: finished work is skipped, and owed notifications are delivered")
}

/// No keep-alives have come.
pub(super) fn silent(address: &Address) -> Failure {
    let seconds = SILENCE.as_secs();
    Failure::new(format!("the agent on `{address}` has been silent for {seconds} seconds"))
        .of_kind(FailureKind::Lost)
        .hint("is its process stopped there (`ps` shows the state T), or does the machine hang?")
}

/// The process of the run is stopped by a signal.
pub(super) fn stopped(address: &Address, pid: u32) -> Failure {
    Failure::new(format!("the run on `{address}` is stopped: a signal has stopped its process, {pid}"))
        .of_kind(FailureKind::Lost)
        .hint(format!("`kill -CONT {pid}` there continues it"))
}

/// The machine restarts, and only the side with the collection can continue the run.
pub(super) fn restarts(address: &Address) -> Failure {
    Failure::new(format!("`{address}` restarts, and the run continues with the client that started it"))
        .of_kind(FailureKind::Lost)
        .hint("if that client is gone, run again")
}
