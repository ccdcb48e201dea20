//! Local programs: their environment, waiting for their end, and missing ones.

use std::os::fd::AsFd as _;
use std::process::{Child, Command, ExitStatus};
use std::thread;
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use rustix::process::{Pid, PidfdFlags};

use crate::model::english::list;
use crate::model::error::{Failure, FailureKind};
use crate::model::variables::{SECRET, TOKEN};

/// `PATH` of `chroot` and of what runs in it.
pub(super) const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Time for a process to end by itself if nothing more is expected of it.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// The same if its last output is the reason of a failure. A busy machine may need that long to print it.
pub(super) const TELLING: Duration = Duration::from_secs(20);

/// Interval of checks if the kernel has no pidfd.
const TICK: Duration = Duration::from_millis(5);

/// Waits for a process, and kills it after `patience`. `None` if it was killed.
pub(super) fn end(child: &mut Child, patience: Duration) -> Option<ExitStatus> {
    let status = ended_within(child, patience);
    if status.is_none() {
        // It fails if the process has ended already.
        let _ = child.kill();
        #[expect(clippy::disallowed_methods, reason = "it was killed: its end comes")]
        let _ = child.wait();
    }
    status
}

/// Waits for a process. `None` if it did not end in time.
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
                // Whatever the result is, the process is checked next.
                let _ = poll(&mut [PollFd::new(pidfd.as_fd(), PollFlags::POLLIN)], timeout);
            }
            None => thread::sleep(left.min(TICK)),
        }
    }
}

pub(super) fn pid(child: &Child) -> Option<Pid> {
    i32::try_from(child.id()).ok().and_then(Pid::from_raw)
}

/// Removes the secrets from the environment of a program.
pub fn without_secrets(command: &mut Command) -> &mut Command {
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with(SECRET.name) || name.starts_with(TOKEN.name)) {
            command.env_remove(name);
        }
    }
    command
}

/// None of these programs is installed.
pub(super) fn missing(programs: &[&str], address: &str) -> Failure {
    let names: Vec<String> = programs.iter().map(|name| format!("`{name}`")).collect();
    Failure::new(format!("{} is not installed here", list(&names, "or")))
        .of_kind(FailureKind::Unreachable)
        .hint(format!("it is needed to reach `{address}`"))
}
