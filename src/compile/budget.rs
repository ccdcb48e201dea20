//! The time limits of a compile, and how it is stopped. The reason is stored here, because error texts could be forged
//! by recipes.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::model::error::Diagnostic;

use super::allowance::Allowance;
use super::fault::out_of_memory;
use super::input::Limits;

/// Interval between two checks of the clocks.
pub(super) const MOMENT: Duration = Duration::from_millis(5);

/// Signals that the clocks must be checked. The waiting thread sets it regularly, so that checking costs no more than
/// reading a flag, however often it is done.
#[derive(Debug, Clone, Default)]
pub(super) struct Due(Arc<AtomicBool>);

impl Due {
    /// Requests a check.
    pub(super) fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn take(&self) -> bool {
        self.0.load(Ordering::Relaxed) && self.0.swap(false, Ordering::Relaxed)
    }
}

/// The remaining time and memory of a compile.
pub(super) struct Budget {
    limits: Limits,
    due: Due,
    began: Instant,
    /// Processor time of the thread before the compile.
    used: Duration,
    stopped: Cell<bool>,
}

impl Budget {
    /// Starts a budget with the full limits.
    pub(super) fn new(limits: Limits, due: Due) -> Self {
        Self { limits, due, began: Instant::now(), used: processor_time(), stopped: Cell::new(false) }
    }

    /// Checks the limits. Called between Lua instructions, and between pieces of work outside of Lua. Returns the error
    /// when a limit is exceeded; from then on everything is stopped.
    pub(super) fn tick(&self, allowance: &Allowance) -> Option<Diagnostic> {
        if self.is_stopped() {
            return None;
        }
        let ended = if allowance.is_spent() {
            out_of_memory()
        } else {
            let spent = self.overspent()?;
            Diagnostic::error(format!("the compile takes longer than {spent}"))
                .hint("look for an endless loop, or a pattern that takes exponential time")
        };
        self.stop();
        Some(ended)
    }

    /// The time limit that is exceeded, if any. The clocks are only read when a check is due.
    fn overspent(&self) -> Option<String> {
        if !self.due.take() {
            return None;
        }
        let Limits { time, wall, .. } = self.limits;
        if processor_time().saturating_sub(self.used) >= time {
            return Some(format!("{} seconds of processor time", time.as_secs_f64()));
        }
        (self.began.elapsed() >= wall).then(|| format!("{} seconds", wall.as_secs_f64()))
    }

    /// Stops the compile for good.
    pub(super) fn stop(&self) {
        self.stopped.set(true);
    }

    /// Whether the compile was stopped.
    pub(super) fn is_stopped(&self) -> bool {
        self.stopped.get()
    }
}

/// Processor time of this thread.
fn processor_time() -> Duration {
    let used = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    // The clock starts with the thread, so it is never negative.
    used.try_into().unwrap_or_default()
}
