//! A run while it is written down, as the run sees it: notes that are handed to a thread, so that it never waits.

use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::writer::Writer;
use super::{Begun, Ended, History};
use crate::model::error::Failure;
use crate::model::event::Event;
use crate::model::exit::Exit;

/// Notes that may wait before the run waits for them.
const WAITING: usize = 256;

/// What happened is on disk after this time at the latest, so that a killed run tells what it was at.
const PAUSE: Duration = Duration::from_millis(500);

/// A run under way. Dropped without [`Recording::end`], it counts as cut off.
///
/// After the first failure nothing more is recorded; it is told at the end.
#[derive(Debug)]
pub struct Recording {
    notes: SyncSender<Note>,
    written: JoinHandle<Result<(), Failure>>,
}

/// What is to be written down.
#[derive(Debug)]
enum Note {
    Event(String, Event),
    TargetEnded(String, Ended),
    End(Exit, String),
}

impl Recording {
    pub(super) fn begin(history: History, begun: &Begun<'_>) -> Result<Self, Failure> {
        let writer = Writer::begin(history, begun)?;
        let (notes, receiver) = mpsc::sync_channel(WAITING);
        let written = thread::Builder::new()
            .name("history".into())
            .spawn(move || write(writer, &receiver))
            .map_err(|error| Failure::new(format!("can't start a thread: {error}")))?;
        Ok(Self { notes, written })
    }

    /// Something happened on a target.
    pub fn event(&self, target: &str, event: &Event) {
        self.note(Note::Event(target.to_owned(), event.clone()));
    }

    /// Nothing more will happen on a target.
    pub fn target_ended(&self, target: &str, ended: &Ended) {
        self.note(Note::TargetEnded(target.to_owned(), ended.clone()));
    }

    /// The run has come to its end, at a time that reads as [`Begun::begun`] does.
    ///
    /// # Errors
    /// Something of the run could not be written, at whatever time.
    pub fn end(self, exit: Exit, ended: &str) -> Result<(), Failure> {
        self.note(Note::End(exit, ended.to_owned()));
        drop(self.notes);
        self.written.join().unwrap_or_else(|_| Err(Failure::new("its writer came to a sudden end")))
    }

    fn note(&self, note: Note) {
        // The writer listens until we end; if it came to a sudden end of its own, that is told by ours.
        let _ = self.notes.send(note);
    }
}

/// Takes notes until none can come any more, whether they can be written or not: the run must never wait for us.
fn write(mut writer: Writer, notes: &Receiver<Note>) -> Result<(), Failure> {
    let mut written = Ok(());
    loop {
        let next = match notes.recv_timeout(PAUSE) {
            Ok(note) => Some(note),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => break,
        };
        if written.is_ok() {
            written = match next {
                Some(Note::Event(target, event)) => writer.event(&target, event, PAUSE),
                Some(Note::TargetEnded(target, ended)) => writer.target_ended(&target, &ended),
                Some(Note::End(exit, at)) => writer.end(exit, &at),
                None => writer.flush(),
            };
        }
    }
    written.and_then(|()| writer.flush())
}
