//! What to say of a run whose end is not seen here.

use crate::model::address::Address;
use crate::model::error::{Failure, FailureKind};

use super::wire::SILENCE;

/// The target was lost, and not reached again; the run goes on.
pub(super) fn given_up(lost: Failure, target: &str, run: &str) -> Failure {
    lost.hint(format!("the run goes on there to its end: `chefrs status -t {target}` tells how it ended"))
        .hint(format!("`chefrs attach -t {target} {run}` shows all of it, from its start to its end"))
        .hint("or run again: that waits for it, and finishes what it leaves")
}

/// Somebody or something has ended its process.
pub(super) fn died(address: &Address) -> Failure {
    Failure::new(format!("the run on `{address}` was ended in the middle, from outside"))
        .of_kind(FailureKind::Killed)
        .hint("run again: what is as declared is left alone, and what was left owed is paid")
}

/// Nobody there has given a sign of life for so long.
pub(super) fn silent(address: &Address) -> Failure {
    let seconds = SILENCE.as_secs();
    Failure::new(format!("the agent on `{address}` has been silent for {seconds} seconds"))
        .of_kind(FailureKind::Lost)
        .hint("is its process stopped there (`ps` shows the state T), or does the machine hang?")
}

/// The process of the run lives, and does nothing.
pub(super) fn stopped(address: &Address, pid: u32) -> Failure {
    Failure::new(format!("the run on `{address}` is stopped: somebody has stopped its process, {pid}"))
        .of_kind(FailureKind::Lost)
        .hint(format!("`kill -CONT {pid}` there lets it go on"))
}

/// The machine restarts, and only whoever has the collection can go on.
pub(super) fn restarts(address: &Address) -> Failure {
    Failure::new(format!("`{address}` restarts, and the run goes on with whoever began it"))
        .of_kind(FailureKind::Lost)
        .hint("if nobody waits for that any more, run again")
}
