//! Signs of life: a shell that holds the lock hears now and then that somebody is still at the other end.
//!
//! A network that swallows everything tells a machine nothing that waits for the next request, and its shell would hold
//! the lock for hours. So it gives up by itself when it has waited in silence for too long; while it works it does not.

use std::io::{self, Write};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::model::error::Failure;

/// Time between two signs.
pub(super) const PERIOD: Duration = Duration::from_secs(15);

/// Periods of silence that a shell bears: longer than a connection lives without an answer to its keep-alives, so
/// whoever sits here knows first.
pub(super) const BORNE: u32 = 6;

/// What is sent while nothing is asked.
const SIGN: &str = "beat\n";

/// The way to the shell, shared with whoever gives signs of life.
#[derive(Clone)]
pub(super) struct Pen(Arc<Mutex<SharedWriter>>);

struct SharedWriter {
    writer: Box<dyn Write + Send>,
    /// Whether a request is under way: a line in its midst would become part of it.
    asked: bool,
}

impl Pen {
    pub(super) fn new(writer: Box<dyn Write + Send>) -> Self {
        Self(Arc::new(Mutex::new(SharedWriter { writer, asked: true })))
    }

    /// Writes all of it, and sends it off.
    ///
    /// # Errors
    /// The connection broke off.
    pub(super) fn write(&self, text: &str) -> io::Result<()> {
        self.held().write(text)
    }

    /// From now on nobody else writes.
    pub(super) fn begin_request(&self) {
        self.held().asked = true;
    }

    /// The request is answered.
    pub(super) fn end_request(&self) {
        self.held().asked = false;
    }

    /// Gives a sign of life, where nothing is asked.
    fn sign(&self) -> io::Result<()> {
        let mut held = self.held();
        if held.asked { Ok(()) } else { held.write(SIGN) }
    }

    /// A panic between two writes spoils nothing that is not broken already.
    fn held(&self) -> MutexGuard<'_, SharedWriter> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SharedWriter {
    fn write(&mut self, text: &str) -> io::Result<()> {
        self.writer.write_all(text.as_bytes())?;
        self.writer.flush()
    }
}

/// Signs of life, until it is dropped.
pub(super) struct Pulse {
    over: Option<mpsc::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Pulse {
    /// Begins.
    ///
    /// # Errors
    /// No thread can be started.
    pub(super) fn begin(pen: Pen, period: Duration) -> Result<Self, Failure> {
        let (over, is_over) = mpsc::channel();
        let beat = move || {
            while matches!(is_over.recv_timeout(period), Err(RecvTimeoutError::Timeout)) {
                if pen.sign().is_err() {
                    // Whoever asks next is told.
                    return;
                }
            }
        };
        let thread = thread::Builder::new().name("pulse".into()).spawn(beat);
        let thread = thread.map_err(|error| Failure::new(format!("can't start a thread: {error}")))?;
        Ok(Self { over: Some(over), thread: Some(thread) })
    }
}

impl Drop for Pulse {
    fn drop(&mut self) {
        self.over = None;
        if let Some(thread) = self.thread.take() {
            // The way to the shell is closed once nobody holds it any more.
            let _ = thread.join();
        }
    }
}
