//! A run while it is written down, as the run sees it: what happens is laid on a desk, and a thread clears it.

use std::sync::Arc;
use std::thread::{self, JoinHandle};

use camino::Utf8Path;

use super::bounds::Bounds;
use super::desk::{Desk, Leaving};
use super::gathered::Gathered;
use super::store::History;
use super::told::{Begun, EndedTarget};
use super::writer::{NewRun, Writer};
use crate::model::error::Failure;
use crate::model::event::Event;
use crate::model::exit::Exit;

/// A run under way. Dropped without [`Recording::end`], it counts as cut off.
///
/// After the first failure nothing more is recorded; it is told at the end.
#[derive(Debug)]
pub struct Recording {
    desk: Closing,
    written: JoinHandle<Result<(), Failure>>,
}

/// The run's side of the desk: once it is gone, nothing more comes.
#[derive(Debug)]
struct Closing(Arc<Desk>);

impl Drop for Closing {
    fn drop(&mut self) {
        self.0.close();
    }
}

impl Recording {
    /// The run is in the file when this returns.
    pub(super) fn begin(history: History, begun: &Begun<'_>) -> Result<Self, Failure> {
        let gathered = Gathered::new(begun.targets, history.bounds.bytes_of_run);
        let mut writer = Writer::new(history, NewRun::of(begun)?);
        writer.store()?;
        Self::start(Desk::new(gathered, true), move || Ok(writer))
    }

    /// The file is opened by the thread.
    pub(super) fn soon(directory: &Utf8Path, begun: &Begun<'_>) -> Result<Self, Failure> {
        let gathered = Gathered::new(begun.targets, Bounds::default().bytes_of_run);
        let (directory, start) = (directory.to_owned(), NewRun::of(begun)?);
        Self::start(Desk::new(gathered, false), move || Ok(Writer::new(History::open(&directory)?, start)))
    }

    fn start(
        desk: Desk,
        open: impl FnOnce() -> Result<Writer, Failure> + Send + 'static,
    ) -> Result<Self, Failure> {
        let desk = Arc::new(desk);
        let own = Arc::clone(&desk);
        let written = thread::Builder::new()
            .name("history".into())
            .spawn(move || write(open, &own))
            .map_err(|error| Failure::new(format!("can't start a thread: {error}")))?;
        Ok(Self { desk: Closing(desk), written })
    }

    /// Something happened on a target. Where it is more than that nothing has to be done, the run is in the file when this
    /// returns.
    pub fn event(&self, target: &str, event: &Event) {
        self.desk.0.event(target, event);
    }

    /// Nothing more will happen on a target.
    pub fn target_ended(&self, target: &str, ended: &EndedTarget) {
        self.desk.0.target_ended(target, ended);
    }

    /// The run has come to its end, at a time that reads as [`Begun::begun`] does.
    ///
    /// # Errors
    /// Something of the run could not be written, at whatever time.
    pub fn end(self, exit: Exit, ended: &str) -> Result<(), Failure> {
        let Self { desk, written } = self;
        desk.0.end(exit, ended);
        drop(desk);
        written.join().unwrap_or_else(|_| Err(Failure::new("its writer came to a sudden end")))
    }
}

/// Clears the desk until nothing more can come.
fn write(open: impl FnOnce() -> Result<Writer, Failure>, desk: &Desk) -> Result<(), Failure> {
    // However this ends, the run must not wait for it.
    let _leaving = Leaving(desk);
    let mut writer = open()?;
    loop {
        let batch = desk.take();
        let (due, closed) = (batch.due, batch.closed);
        writer.take(batch)?;
        if due || closed || writer.is_full() {
            writer.store()?;
            desk.stored(writer.bytes());
        }
        if closed {
            return Ok(());
        }
    }
}
