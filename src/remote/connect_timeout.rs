//! The timeout of a connection, up to the hello of the agent. A login shell that hangs is given up.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use crate::target::channel::KillHandle;

/// For steps that may take any time.
const FOREVER: Duration = Duration::from_secs(86_400 * 365);

/// The slowest connection that the agent is sent over, in bytes per second.
const SLOWEST: u64 = 16 << 10;

/// The timeout of a connection. Some steps stop or restart it.
pub(super) struct ConnectTimeout<'a> {
    patience: Duration,
    sender: mpsc::Sender<Duration>,
    in_sudo: AtomicBool,
    heard: &'a dyn Fn(),
}

/// The timeout is over.
pub(super) struct TimeoutOver {
    /// sudo was started and had not finished.
    pub(super) in_sudo: bool,
}

impl ConnectTimeout<'_> {
    /// The target has said something, or has taken what was sent: it is slow, not silent.
    pub(super) fn heard(&self) {
        (self.heard)();
    }

    /// Stops the timeout while something is being sent. The network has its own limits.
    pub(super) fn stop(&self) {
        self.set(FOREVER);
    }

    /// Restarts the timeout after `bytes` were handed to the network, with time to transfer them.
    pub(super) fn restart(&self, bytes: u64) {
        self.heard();
        self.set(self.patience.saturating_add(Duration::from_secs(bytes / SLOWEST)));
    }

    /// Records that sudo was started.
    pub(super) fn calls_sudo(&self) {
        self.in_sudo.store(true, Ordering::Relaxed);
    }

    /// Records that sudo has finished, or was not needed.
    pub(super) fn left_sudo(&self) {
        self.in_sudo.store(false, Ordering::Relaxed);
    }

    fn set(&self, time: Duration) {
        // The receiver lives as long as `self`.
        let _ = self.sender.send(time.min(FOREVER));
    }
}

/// Does the work with a timeout. If the time is over, it cuts the connection and returns [`TimeoutOver`]. Calls `heard` at each
/// sign of life of the target.
pub(super) fn within<T>(
    patience: Duration,
    kill_handle: &KillHandle,
    heard: &dyn Fn(),
    work: impl FnOnce(&ConnectTimeout<'_>) -> T,
) -> (T, Option<TimeoutOver>) {
    let late = AtomicBool::new(false);
    let (done, in_sudo) = thread::scope(|scope| {
        let (sender, receiver) = mpsc::channel();
        let late = &late;
        scope.spawn(move || {
            let mut time = patience.min(FOREVER);
            loop {
                match receiver.recv_timeout(time) {
                    Ok(again) => time = again,
                    Err(RecvTimeoutError::Disconnected) => return,
                    Err(RecvTimeoutError::Timeout) => {
                        late.store(true, Ordering::Relaxed);
                        kill_handle.kill();
                        return;
                    }
                }
            }
        });
        let timeout = ConnectTimeout { patience, sender, in_sudo: AtomicBool::new(false), heard };
        (work(&timeout), timeout.in_sudo.into_inner())
    });
    (done, late.load(Ordering::Relaxed).then_some(TimeoutOver { in_sudo }))
}
