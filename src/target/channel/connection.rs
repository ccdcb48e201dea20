//! A session of `ssh` on a thread of its own, from the moment when it is wanted.

use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use super::call::{Call, SessionEnd, Streams};
use super::complaints::Complaints;
use super::control::Control;
use super::session::Calling;
use crate::model::error::Failure;

/// How long a session that we end may take for that.
const LEAVING: Duration = Duration::from_secs(2);

/// Stack of the thread that a session has.
const STACK: usize = 256 << 10;

/// A session, from the moment when it is wanted.
#[derive(Debug)]
pub(super) struct Connection {
    over: Receiver<SessionEnd>,
    end: Option<SessionEnd>,
    control: Arc<Control>,
}

impl Connection {
    /// Wants a session. Whether it comes about shows at its streams.
    ///
    /// # Errors
    /// There is no thread for it.
    pub(super) fn open(call: Call, streams: Streams, said: &Complaints) -> Result<Self, Failure> {
        let control = Arc::<Control>::default();
        let (tell, over) = mpsc::channel();
        let (said, handle) = (said.clone(), Arc::clone(&control));
        let work = move || {
            let calling = Calling { call: &call, said: &said, control: &handle, unknown: Vec::new() };
            let end = calling.session(streams);
            // Nobody asks any more where the channel is gone.
            let _ = tell.send(end);
        };
        thread::Builder::new()
            .name("ssh".into())
            .stack_size(STACK)
            .spawn(work)
            .map_err(|error| Failure::new(format!("no thread can be started for the connection: {error}")))?;
        Ok(Self { over, end: None, control })
    }

    /// What ends it from another thread.
    pub(super) fn control(&self) -> Arc<Control> {
        Arc::clone(&self.control)
    }

    /// Waits for the end, and brings it about where it does not come by itself.
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
    /// A run that is given up leaves no process behind.
    fn drop(&mut self) {
        self.end(Duration::ZERO);
    }
}
