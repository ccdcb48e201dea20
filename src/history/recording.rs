//! The recording of a run: events are put in a queue, and a thread empties it.

use std::sync::Arc;
use std::thread::{self, JoinHandle};

use camino::Utf8Path;

use super::bounds::Bounds;
use super::buffer::EventBuffer;
use super::queue::{EventQueue, Leaving};
use super::run_notes::{Begun, EndedTarget};
use super::store::History;
use super::writer::{NewRun, Writer};
use crate::model::error::Failure;
use crate::model::event::Event;
use crate::model::exit::Exit;

/// A run in progress. If it is dropped without [`Recording::end`], the run counts as cut off.
///
/// After the first failure nothing more is recorded. It is reported at the end.
#[derive(Debug)]
pub struct Recording {
    queue: Closing,
    written: JoinHandle<Result<(), Failure>>,
}

/// The run's side of the queue. When it is dropped, nothing more comes.
#[derive(Debug)]
struct Closing(Arc<EventQueue>);

impl Drop for Closing {
    fn drop(&mut self) {
        self.0.close();
    }
}

impl Recording {
    /// The run is in the file when this returns.
    pub(super) fn begin(history: History, begun: &Begun<'_>) -> Result<Self, Failure> {
        let buffer = EventBuffer::new(begun.targets, history.bounds.bytes_of_run);
        let mut writer = Writer::new(history, NewRun::of(begun)?);
        writer.store()?;
        Self::start(EventQueue::new(buffer, true), move || Ok(writer))
    }

    /// The thread opens the file.
    pub(super) fn soon(directory: &Utf8Path, begun: &Begun<'_>) -> Result<Self, Failure> {
        let buffer = EventBuffer::new(begun.targets, Bounds::default().bytes_of_run);
        let (directory, start) = (directory.to_owned(), NewRun::of(begun)?);
        Self::start(EventQueue::new(buffer, false), move || {
            Ok(Writer::new(History::open(&directory)?, start))
        })
    }

    fn start(
        queue: EventQueue,
        open: impl FnOnce() -> Result<Writer, Failure> + Send + 'static,
    ) -> Result<Self, Failure> {
        let queue = Arc::new(queue);
        let own = Arc::clone(&queue);
        let written = thread::Builder::new()
            .name("history".into())
            .spawn(move || write(open, &own))
            .map_err(|error| Failure::new(format!("can't start a thread: {error}")))?;
        Ok(Self { queue: Closing(queue), written })
    }

    /// Records an event of a target. If it may mean a change, the run is in the file when this returns.
    pub fn event(&self, target: &str, event: &Event) {
        self.queue.0.event(target, event);
    }

    /// Records the end of a target.
    pub fn target_ended(&self, target: &str, ended: &EndedTarget) {
        self.queue.0.target_ended(target, ended);
    }

    /// Ends the recording. `ended` has the format of [`Begun::begun`].
    ///
    /// # Errors
    /// The first failure of any write.
    pub fn end(self, exit: Exit, ended: &str) -> Result<(), Failure> {
        let Self { queue, written } = self;
        queue.0.end(exit, ended);
        drop(queue);
        written.join().unwrap_or_else(|_| Err(Failure::new("its writer panicked")))
    }
}

/// Empties the queue until its end.
fn write(open: impl FnOnce() -> Result<Writer, Failure>, queue: &EventQueue) -> Result<(), Failure> {
    // However this ends, the run must not wait for it.
    let _leaving = Leaving(queue);
    let mut writer = open()?;
    loop {
        let batch = queue.take();
        let (due, closed) = (batch.due, batch.closed);
        writer.take(batch)?;
        if due || closed || writer.is_full() {
            writer.store()?;
            queue.stored(writer.bytes());
        }
        if closed {
            return Ok(());
        }
    }
}
