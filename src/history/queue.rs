//! The queue between the run and the writing thread.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::buffer::{EventBatch, EventBuffer};
use super::run_notes::EndedTarget;
use crate::model::event::{Event, Outcome};
use crate::model::exit::Exit;

/// Bytes of JSON from which the writer is woken, to compress them.
const MUCH: usize = 128 * 1024;

/// Bytes of JSON from which the run waits for the writer.
const MOST: usize = 4 * 1024 * 1024;

/// Events are stored after this time at the latest, so that a killed run shows what it was doing.
const PAUSE: Duration = Duration::from_millis(500);

#[derive(Debug)]
pub(super) struct EventQueue {
    state: Mutex<QueueState>,
    /// Signals work for the writer.
    filled: Condvar,
    /// Signals that events were taken or stored.
    cleared: Condvar,
}

#[derive(Debug)]
struct QueueState {
    buffer: EventBuffer,
    /// Whether the run waits until everything is stored.
    urgent: bool,
    /// Whether nothing more will come.
    closed: bool,
    /// Whether the run is in the file.
    begun: bool,
    /// Whether the writer has ended.
    left: bool,
    /// When everything in the queue was last taken.
    stored_at: Instant,
}

/// The writer's side of the queue. When it is dropped, nobody waits for the writer any more.
pub(super) struct Leaving<'a>(pub(super) &'a EventQueue);

impl Drop for Leaving<'_> {
    fn drop(&mut self) {
        self.0.lock().left = true;
        self.0.cleared.notify_all();
    }
}

impl EventQueue {
    /// `begun`: the run is in the file already.
    pub(super) fn new(buffer: EventBuffer, begun: bool) -> Self {
        let state = QueueState {
            buffer,
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
        state.buffer.event(target, event);
        if !state.begun && is_more_than_a_look(event) {
            state.urgent = true;
            self.filled.notify_one();
            drop(self.cleared.wait_while(state, |state| !state.begun && !state.left));
        } else if state.buffer.size >= MUCH {
            self.filled.notify_one();
            drop(self.cleared.wait_while(state, |state| state.buffer.size >= MOST && !state.left));
        }
    }

    pub(super) fn target_ended(&self, target: &str, ended: &EndedTarget) {
        self.lock().buffer.target_ended(target, ended);
    }

    /// Ends the queue with the exit code of the run.
    pub(super) fn end(&self, exit: Exit, at: &str) {
        let mut state = self.lock();
        state.buffer.end(exit, at);
        state.closed = true;
        self.filled.notify_one();
    }

    /// Ends the queue.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.filled.notify_one();
    }

    /// Waits for work, and takes everything in the queue.
    pub(super) fn take(&self) -> EventBatch {
        let state = self.lock();
        let pause = PAUSE.saturating_sub(state.stored_at.elapsed());
        let idle = |state: &mut QueueState| !state.closed && !state.urgent && state.buffer.size < MUCH;
        let (mut state, pause) =
            self.filled.wait_timeout_while(state, pause, idle).unwrap_or_else(PoisonError::into_inner);
        let due = pause.timed_out() || state.urgent || state.closed;
        let batch = EventBatch { closed: state.closed, ..state.buffer.hand_over(due) };
        state.urgent = false;
        if due {
            state.stored_at = Instant::now();
        }
        self.cleared.notify_all();
        batch
    }

    /// Sets the number of stored bytes.
    pub(super) fn stored(&self, bytes: u64) {
        let mut state = self.lock();
        state.begun = true;
        state.buffer.stored = bytes;
        self.cleared.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, QueueState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether an event may mean a change. Then the run is stored before it continues.
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
