//! Keep-alives: a shell that holds the lock must know that the control side is alive.
//!
//! If the network drops all packets, a shell that waits for the next request notices nothing, and would hold the lock
//! for hours. So it gives up after a time of silence while it waits; while it works, it does not.

use std::io::{self, Write};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::model::error::Failure;

/// Interval of keep-alives.
pub(super) const PERIOD: Duration = Duration::from_secs(15);

/// Number of silent intervals after which the shell gives up. This is longer than the keep-alive limit of `ssh`, so the
/// control side notices first.
pub(super) const MAX_MISSED: u32 = 6;

/// Sent while no request is in progress.
const KEEP_ALIVE: &str = "beat\n";

/// The writer to the shell, shared with the thread that sends keep-alives.
#[derive(Clone)]
pub(super) struct ShellWriter(Arc<Mutex<SharedWriter>>);

struct SharedWriter {
    writer: Box<dyn Write + Send>,
    /// Whether a request is in progress. A line in the middle of it would become part of it.
    asked: bool,
}

impl ShellWriter {
    pub(super) fn new(writer: Box<dyn Write + Send>) -> Self {
        Self(Arc::new(Mutex::new(SharedWriter { writer, asked: true })))
    }

    /// Writes and flushes.
    ///
    /// # Errors
    /// The connection broke.
    pub(super) fn write(&self, text: &str) -> io::Result<()> {
        self.held().write(text)
    }

    /// Stops keep-alives during a request.
    pub(super) fn begin_request(&self) {
        self.held().asked = true;
    }

    /// Allows keep-alives again.
    pub(super) fn end_request(&self) {
        self.held().asked = false;
    }

    /// Sends a keep-alive, unless a request is in progress.
    fn keep_alive(&self) -> io::Result<()> {
        let mut held = self.held();
        if held.asked { Ok(()) } else { held.write(KEEP_ALIVE) }
    }

    /// After a panic during a write, the connection is broken anyway.
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

/// Sends keep-alives until it is dropped.
pub(super) struct Pulse {
    over: Option<mpsc::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Pulse {
    /// Starts the thread.
    ///
    /// # Errors
    /// It can't be started.
    pub(super) fn begin(writer: ShellWriter, period: Duration) -> Result<Self, Failure> {
        let (over, is_over) = mpsc::channel();
        let beat = move || {
            while matches!(is_over.recv_timeout(period), Err(RecvTimeoutError::Timeout)) {
                if writer.keep_alive().is_err() {
                    // The next request will report it.
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
            // Wait for the thread, so that its writer is dropped and the connection closes.
            let _ = thread.join();
        }
    }
}
