//! What to say of a run whose end is not seen here.

use crate::model::address::Address;
use crate::model::error::{Failure, FailureKind};

/// The target was lost, and not reached again; the run goes on.
pub(super) fn given_up(lost: Failure, target: &str, run: &str) -> Failure {
    lost.hint(format!("the run goes on there to its end: `chefrs status -t {target}` tells how it ended"))
        .hint(format!("`chefrs attach -t {target} {run}` tells all of it, from its begin to its end"))
        .hint("or run again: that waits for it, and finishes what it leaves")
}

/// Somebody or something has ended its process.
pub(super) fn died(address: &Address) -> Failure {
    Failure::new(format!("the run on `{address}` was ended in the middle, from outside"))
        .of_kind(FailureKind::Killed)
        .hint("run again: what is as declared is left alone, and what was left owed is paid")
}

/// The machine restarts, and only whoever has the collection can go on.
pub(super) fn restarts(address: &Address) -> Failure {
    Failure::new(format!("`{address}` restarts, and the run goes on with whoever began it"))
        .of_kind(FailureKind::Lost)
        .hint("if nobody waits for that any more, run again")
}
