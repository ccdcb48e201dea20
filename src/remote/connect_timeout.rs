//! How long a target may keep us waiting before it has introduced itself: a login shell that hangs is left.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use crate::target::channel::Cord;

/// For what may take any time.
const FOREVER: Duration = Duration::from_secs(86_400 * 365);

/// The slowest line that an agent is sent over: bytes a second.
const SLOWEST: u64 = 16 << 10;

/// Runs until the patience is over.
pub(super) struct Clock {
    patience: Duration,
    wound: mpsc::Sender<Duration>,
    in_sudo: AtomicBool,
}

/// The patience is over.
pub(super) struct Late {
    /// Sudo had been called, and had not come back.
    pub(super) in_sudo: bool,
}

impl Clock {
    /// Something is being sent, and the network's own patience counts.
    pub(super) fn stop(&self) {
        self.wind(FOREVER);
    }

    /// So many bytes are on their way, and are to be answered.
    pub(super) fn restart(&self, bytes: u64) {
        self.wind(self.patience.saturating_add(Duration::from_secs(bytes / SLOWEST)));
    }

    /// The target calls sudo.
    pub(super) fn calls_sudo(&self) {
        self.in_sudo.store(true, Ordering::Relaxed);
    }

    /// Sudo has come back, or was not needed.
    pub(super) fn left_sudo(&self) {
        self.in_sudo.store(false, Ordering::Relaxed);
    }

    fn wind(&self, time: Duration) {
        // Whoever waits is there until we are dropped.
        let _ = self.wound.send(time.min(FOREVER));
    }
}

/// Does the work with a clock that pulls the cord when the patience is over; tells whether it was.
pub(super) fn within<T>(
    patience: Duration,
    cord: &Cord,
    work: impl FnOnce(&Clock) -> T,
) -> (T, Option<Late>) {
    let late = AtomicBool::new(false);
    let (done, in_sudo) = thread::scope(|scope| {
        let (wound, winding) = mpsc::channel();
        let late = &late;
        scope.spawn(move || {
            let mut time = patience.min(FOREVER);
            loop {
                match winding.recv_timeout(time) {
                    Ok(again) => time = again,
                    Err(RecvTimeoutError::Disconnected) => return,
                    Err(RecvTimeoutError::Timeout) => {
                        late.store(true, Ordering::Relaxed);
                        cord.pull();
                        return;
                    }
                }
            }
        });
        let clock = Clock { patience, wound, in_sudo: AtomicBool::new(false) };
        (work(&clock), clock.in_sudo.into_inner())
    });
    (done, late.load(Ordering::Relaxed).then_some(Late { in_sudo }))
}
