//! Where the run lays what has happened, and the writer takes it away: neither waits for the other but for good reason.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::buffer::{Gathered, GatheredBatch};
use super::run_notes::EndedTarget;
use crate::model::event::{Event, Outcome};
use crate::model::exit::Exit;

/// Bytes of JSON for which the writer is woken: it deflates them meanwhile.
const MUCH: usize = 128 * 1024;

/// Bytes of JSON with which the run waits for the writer.
const MOST: usize = 4 * 1024 * 1024;

/// What happened is on disk after this time at the latest, so that a killed run tells what it was at.
const PAUSE: Duration = Duration::from_millis(500);

/// What has happened, on its way to the file.
#[derive(Debug)]
pub(super) struct EventQueue {
    state: Mutex<QueueState>,
    /// There is something for the writer to do at once.
    filled: Condvar,
    /// Something was taken away or stored.
    cleared: Condvar,
}

#[derive(Debug)]
struct QueueState {
    gathered: Gathered,
    /// Whether the run waits until all this is stored.
    urgent: bool,
    /// Whether nothing more will come.
    closed: bool,
    /// Whether the file tells of the run.
    begun: bool,
    /// Whether nobody takes anything away any more.
    left: bool,
    /// When all that lay here was last taken away to be stored.
    stored_at: Instant,
}

/// The writer's side of the queue: once it is gone, nobody waits for it.
pub(super) struct Leaving<'a>(pub(super) &'a EventQueue);

impl Drop for Leaving<'_> {
    fn drop(&mut self) {
        self.0.lock().left = true;
        self.0.cleared.notify_all();
    }
}

impl EventQueue {
    /// One for a run that the file tells of, or does not yet.
    pub(super) fn new(gathered: Gathered, begun: bool) -> Self {
        let state = QueueState {
            gathered,
            urgent: false,
            closed: false,
            begun,
            left: false,
            stored_at: Instant::now(),
        };
        Self { state: Mutex::new(state), filled: Condvar::new(), cleared: Condvar::new() }
    }

    pub(super) fn event(&self, target: &str, event: &Event) {
        let mut state = self.lock();
        if state.left {
            return;
        }
        state.gathered.event(target, event);
        if !state.begun && is_more_than_a_look(event) {
            state.urgent = true;
            self.filled.notify_one();
            drop(self.cleared.wait_while(state, |state| !state.begun && !state.left));
        } else if state.gathered.size >= MUCH {
            self.filled.notify_one();
            drop(self.cleared.wait_while(state, |state| state.gathered.size >= MOST && !state.left));
        }
    }

    pub(super) fn target_ended(&self, target: &str, ended: &EndedTarget) {
        self.lock().gathered.target_ended(target, ended);
    }

    /// The run has come to its end: nothing more will come.
    pub(super) fn end(&self, exit: Exit, at: &str) {
        let mut state = self.lock();
        state.gathered.end(exit, at);
        state.closed = true;
        self.filled.notify_one();
    }

    /// Nothing more will come.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.filled.notify_one();
    }

    /// Waits until there is something to do, and takes all that lies here.
    pub(super) fn take(&self) -> GatheredBatch {
        let state = self.lock();
        let pause = PAUSE.saturating_sub(state.stored_at.elapsed());
        let idle = |state: &mut QueueState| !state.closed && !state.urgent && state.gathered.size < MUCH;
        let (mut state, pause) =
            self.filled.wait_timeout_while(state, pause, idle).unwrap_or_else(PoisonError::into_inner);
        let due = pause.timed_out() || state.urgent || state.closed;
        let batch = GatheredBatch { closed: state.closed, ..state.gathered.hand_over(due) };
        state.urgent = false;
        if due {
            state.stored_at = Instant::now();
        }
        self.cleared.notify_all();
        batch
    }

    /// So many bytes of the run are stored.
    pub(super) fn stored(&self, bytes: u64) {
        let mut state = self.lock();
        state.begun = true;
        state.gathered.stored = bytes;
        self.cleared.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, QueueState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether an event tells more than that a run looks at what is there: then the file tells of the run before it goes on.
fn is_more_than_a_look(event: &Event) -> bool {
    !matches!(
        event,
        Event::RunStarted { .. }
            | Event::Note { .. }
            | Event::Warning { .. }
            | Event::Message { .. }
            | Event::ActionStarted { .. }
            | Event::ActionFinished {
                outcome: Outcome::UpToDate | Outcome::Skipped { .. } | Outcome::NotRun { .. },
                ..
            }
            | Event::Traffic { .. }
            | Event::RunFinished { .. }
    )
}
