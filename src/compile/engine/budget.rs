//! The time that a compile may take, and its end once that is used up.

use std::time::Duration;

use mlua::Lua;

use super::Engine;
use crate::compile::fault::recorded;
use crate::compile::input::Limits;
use crate::compile::place;
use crate::model::error::Diagnostic;

impl Engine {
    /// Called by every state between instructions: stops everything once time is up, and keeps stopping it.
    pub(in crate::compile) fn tick(&self, lua: &Lua) -> mlua::Result<()> {
        if self.stopped.get() {
            return Err(recorded("stopped"));
        }
        let ticks = self.ticks.get().wrapping_add(1);
        self.ticks.set(ticks);
        if !ticks.is_multiple_of(128) {
            return Ok(());
        }
        let Some(spent) = self.overspent() else { return Ok(()) };
        self.stopped.set(true);
        let diagnostic = Diagnostic::error(format!("the compile takes longer than {spent}"))
            .hint("look for a loop without end, or a pattern that tries everything");
        let location = place::here(lua);
        if let Ok(mut session) = self.session.try_borrow_mut() {
            session.record(match location {
                Some(location) => diagnostic.at(location),
                None => diagnostic,
            });
        }
        Err(recorded("stopped"))
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
    pub(in crate::compile) fn stop(&self) {
        self.stopped.set(true);
    }

    /// Whether the budgets are used up.
    pub(in crate::compile) fn is_stopped(&self) -> bool {
        self.stopped.get()
    }
}

/// What this thread has used of the processor.
pub(super) fn processor_time() -> Duration {
    let used = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    // The clock counts from the thread's start, so it is never negative.
    used.try_into().unwrap_or_default()
}
