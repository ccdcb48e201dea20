//! Takes the lock of a target. If another run holds it, waits and reports which one.

use std::thread;
use std::time::{Duration, Instant};

use crate::model::error::{Failure, FailureKind};
use crate::model::journal::{Holder, Lock};
use crate::model::query::{Answer, Query};
use crate::model::step::Step;
use crate::target::Target;
use crate::target::interrupt::Interrupt;

/// Time between two attempts.
const PAUSE: Duration = Duration::from_millis(100);

/// Takes the target's lock for a run.
///
/// # Errors
/// Another run holds it for longer than `patience`, or it can't be taken at all.
pub(super) fn take(
    target: &mut dyn Target,
    holder: &Holder,
    patience: Duration,
    interrupt: &Interrupt,
    waiting: &mut dyn FnMut(String),
) -> Result<(), Failure> {
    let begin = Instant::now();
    let mut told: Option<Holder> = None;
    let mut free = 0;
    loop {
        let Err(failure) = target.apply(&Step::Lock(holder.clone()), &mut |_| {}) else { return Ok(()) };
        // If the holder can't be read, the first failure is more useful.
        let Ok(lock) = look(target) else { return Err(failure) };
        // It was released between the attempt and the look. If that repeats, the reason is something else.
        free = if lock.held { 0 } else { free + 1 };
        if free > 3 {
            return Err(failure);
        }
        if lock.held && begin.elapsed() >= patience {
            return Err(locked(&lock, patience));
        }
        if let Some(other) = lock.holder.filter(|other| lock.held && told.as_ref() != Some(other)) {
            waiting(format!("waiting for the {other}"));
            told = Some(other);
        }
        if interrupt.is_wanted() {
            return Err(interrupted());
        }
        thread::sleep(PAUSE.min(patience));
    }
}

/// The failure of a run that was interrupted while it waited.
#[must_use]
pub fn interrupted() -> Failure {
    Failure::new("the run was interrupted before it started").of_kind(FailureKind::Interrupted)
}

fn look(target: &mut dyn Target) -> Result<Lock, Failure> {
    match target.ask(&[Query::Lock])?.into_iter().next() {
        Some(Answer::Lock(lock)) => Ok(lock),
        Some(Answer::Failed(failure)) => Err(failure),
        _ => Err(Failure::new("the target does not say who holds its lock")),
    }
}

fn locked(lock: &Lock, patience: Duration) -> Failure {
    let who = lock.holder.as_ref().map_or_else(|| "another run".to_owned(), |holder| format!("the {holder}"));
    let mut failure = Failure::new(format!("the target is locked by {who}")).of_kind(FailureKind::Locked);
    if let Some(left) = &lock.left {
        failure.details.push(format!("that run was killed, and a command of it still runs: {left}"));
        failure = failure.hint(format!("wait for its end, or end it there: `kill {}`", left.pid));
    }
    match patience.as_secs() {
        0 => failure.hint("`--lock-timeout SECONDS` waits for it"),
        _ => failure.hint(
            "wait for its end, or give `--lock-timeout` more seconds; a lock is released when its run dies",
        ),
    }
}
