//! An `ssh` session on a thread of its own.

use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use super::call::{Call, SessionEnd, Streams};
use super::control::Control;
use super::session::Calling;
use super::stderr::Stderr;
use crate::model::error::Failure;

/// How long a session may take to end after we have cut it.
const LEAVING: Duration = Duration::from_secs(2);

/// Stack size of the thread.
const STACK: usize = 256 << 10;

/// A session, from its request on.
#[derive(Debug)]
pub(super) struct Connection {
    over: Receiver<SessionEnd>,
    end: Option<SessionEnd>,
    control: Arc<Control>,
}

impl Connection {
    /// Requests a session. Whether it works shows at its streams.
    ///
    /// # Errors
    /// The thread can't be started.
    pub(super) fn open(call: Call, streams: Streams, said: &Stderr) -> Result<Self, Failure> {
        let control = Arc::<Control>::default();
        let (tell, over) = mpsc::channel();
        let (said, handle) = (said.clone(), Arc::clone(&control));
        let work = move || {
            let calling = Calling { call: &call, said: &said, control: &handle, unknown: Vec::new() };
            let end = calling.session(streams);
            // Fails if the channel is gone, and nobody wants the result.
            let _ = tell.send(end);
        };
        thread::Builder::new()
            .name("ssh".into())
            .stack_size(STACK)
            .spawn(work)
            .map_err(|error| Failure::new(format!("no thread can be started for the connection: {error}")))?;
        Ok(Self { over, end: None, control })
    }

    /// For ending it from another thread.
    pub(super) fn control(&self) -> Arc<Control> {
        Arc::clone(&self.control)
    }

    /// Waits for the end. Cuts the session if it does not end in time.
    pub(super) fn end(&mut self, patience: Duration) -> SessionEnd {
        if self.end.is_none() {
            self.end = self.over.recv_timeout(patience).ok();
        }
        if self.end.is_none() {
            self.control.cut();
            let _ = self.over.recv_timeout(LEAVING);
        }
        self.end.get_or_insert(SessionEnd::Cut).clone()
    }
}

impl Drop for Connection {
    /// A run that is given up must leave no process.
    fn drop(&mut self) {
        self.end(Duration::ZERO);
    }
}
