//! What a compile may take, and its end once that is used up. What ended it is kept here, never read out of words.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::model::error::Diagnostic;

use super::allowance::Allowance;
use super::fault::out_of_memory;
use super::input::Limits;

/// How often the clocks are looked at.
pub(super) const MOMENT: Duration = Duration::from_millis(5);

/// Set by the thread that waits for a compile, each time the clocks are to be looked at: however much or little happens
/// between two looks, reading this is all that it costs.
#[derive(Debug, Clone, Default)]
pub(super) struct Due(Arc<AtomicBool>);

impl Due {
    /// The clocks are to be looked at.
    pub(super) fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn take(&self) -> bool {
        self.0.load(Ordering::Relaxed) && self.0.swap(false, Ordering::Relaxed)
    }
}

/// What is left of one compile's time and memory.
pub(super) struct Budget {
    limits: Limits,
    due: Due,
    began: Instant,
    /// What the thread had used before.
    used: Duration,
    stopped: Cell<bool>,
}

impl Budget {
    /// The whole of it, from now on.
    pub(super) fn new(limits: Limits, due: Due) -> Self {
        Self { limits, due, began: Instant::now(), used: processor_time(), stopped: Cell::new(false) }
    }

    /// Called between instructions, and between two pieces of work outside of Lua: what is to be said once time or memory
    /// is used up. From then on everything is stopped.
    pub(super) fn tick(&self, allowance: &Allowance) -> Option<Diagnostic> {
        if self.is_stopped() {
            return None;
        }
        let ended = if allowance.is_spent() {
            out_of_memory()
        } else {
            let spent = self.overspent()?;
            Diagnostic::error(format!("the compile takes longer than {spent}"))
                .hint("look for a loop without end, or a pattern that tries everything")
        };
        self.stop();
        Some(ended)
    }

    /// The time that is used up, if one is; looked at only when that is due.
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

    /// Stops everything, and keeps stopping it.
    pub(super) fn stop(&self) {
        self.stopped.set(true);
    }

    /// Whether everything is stopped.
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
