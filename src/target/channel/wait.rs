//! The end of a process: waited for, and brought about where it does not come by itself.

use std::os::fd::AsFd as _;
use std::process::{Child, ExitStatus};
use std::thread;
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use rustix::process::{Pid, PidfdFlags};

/// How long the process is given to end by itself once nothing more is expected of it.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// The same where it is asked why: what it ends with is the reason, and a busy machine takes its time to say it.
pub(super) const TELLING: Duration = Duration::from_secs(20);

/// How often the process is looked at where the kernel can't tell of its end.
const TICK: Duration = Duration::from_millis(5);

/// Waits for a process, and ends it if it does not end by itself in time; nothing if it had to be ended.
pub(super) fn end(child: &mut Child, patience: Duration) -> Option<ExitStatus> {
    let status = ended_within(child, patience);
    if status.is_none() {
        // One that can't be ended is gone already.
        let _ = child.kill();
        #[expect(clippy::disallowed_methods, reason = "it was killed: its end comes")]
        let _ = child.wait();
    }
    status
}

/// Waits for a process that is to end within a time; nothing if it has not.
pub(super) fn ended_within(child: &mut Child, patience: Duration) -> Option<ExitStatus> {
    let deadline = Instant::now() + patience;
    let pidfd = pid(child).and_then(|pid| rustix::process::pidfd_open(pid, PidfdFlags::empty()).ok());
    loop {
        if let Ok(Some(status)) = child.try_wait() {
            return Some(status);
        }
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return None;
        }
        match &pidfd {
            Some(pidfd) => {
                let timeout = PollTimeout::try_from(left).unwrap_or(PollTimeout::MAX);
                // Whatever comes of it, the next look tells.
                let _ = poll(&mut [PollFd::new(pidfd.as_fd(), PollFlags::POLLIN)], timeout);
            }
            None => thread::sleep(left.min(TICK)),
        }
    }
}

/// Its number.
pub(super) fn pid(child: &Child) -> Option<Pid> {
    i32::try_from(child.id()).ok().and_then(Pid::from_raw)
}
