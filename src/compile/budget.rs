//! The time that a compile may take, and its end once that is used up.

use std::cell::Cell;
use std::time::{Duration, Instant};

use crate::model::error::Diagnostic;

use super::input::Limits;

/// What is left of the time of one compile.
pub(super) struct Budget {
    limits: Limits,
    began: Instant,
    /// What the thread had used before.
    used: Duration,
    ticks: Cell<u32>,
    stopped: Cell<bool>,
}

impl Budget {
    /// The whole of it, from now on.
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            limits,
            began: Instant::now(),
            used: processor_time(),
            ticks: Cell::new(0),
            stopped: Cell::new(false),
        }
    }

    /// Called between instructions: what is to be said once time is up.
    pub(super) fn tick(&self) -> Option<Diagnostic> {
        let ticks = self.ticks.get().wrapping_add(1);
        self.ticks.set(ticks);
        if !ticks.is_multiple_of(128) {
            return None;
        }
        let spent = self.overspent()?;
        self.stop();
        Some(
            Diagnostic::error(format!("the compile takes longer than {spent}"))
                .hint("look for a loop without end, or a pattern that tries everything"),
        )
    }

    /// The time that is used up, if one is.
    fn overspent(&self) -> Option<String> {
        let Limits { time, wall, .. } = self.limits;
        if processor_time().saturating_sub(self.used) >= time {
            return Some(format!("{} seconds of processor time", time.as_secs_f64()));
        }
        (self.began.elapsed() >= wall).then(|| format!("{} seconds", wall.as_secs_f64()))
    }

    /// Stops everything, and keeps stopping it.
    pub(super) fn stop(&self) {
        self.stopped.set(true);
    }

    /// Whether the budgets are used up.
    pub(super) fn is_stopped(&self) -> bool {
        self.stopped.get()
    }
}

/// What this thread has used of the processor.
fn processor_time() -> Duration {
    let used = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    // The clock counts from the thread's start, so it is never negative.
    used.try_into().unwrap_or_default()
}
