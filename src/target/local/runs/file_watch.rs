//! Rings when somebody has written to a file, so that whoever reads it need not look again and again.

use std::os::fd::{AsFd as _, OwnedFd};
use std::thread;
use std::time::Duration;

use camino::Utf8Path;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use rustix::fs::inotify::{CreateFlags, WatchFlags, add_watch, init};

/// Mostly more follows what rings: it is waited for, and taken together with it.
const INSTANT: Duration = Duration::from_millis(1);

/// A bell on a file; one that never rings where the kernel has none to give.
#[derive(Debug)]
pub struct Bell(Option<OwnedFd>);

impl Bell {
    /// Rings for what is written from now on, and for whoever has stopped writing.
    pub(super) fn on(path: &Utf8Path) -> Self {
        let bell = init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK).and_then(|bell| {
            add_watch(&bell, path.as_std_path(), WatchFlags::MODIFY | WatchFlags::CLOSE_WRITE)?;
            Ok(bell)
        });
        Self(bell.ok())
    }

    /// Waits for it, no longer than so long; at once if it has rung since the last time. Without one, the shortest of
    /// the time is waited.
    pub fn wait(&self, shortest: Duration, longest: Duration) {
        let Some(bell) = &self.0 else { return thread::sleep(shortest) };
        let timeout = PollTimeout::try_from(longest).unwrap_or(PollTimeout::MAX);
        match poll(&mut [PollFd::new(bell.as_fd(), PollFlags::POLLIN)], timeout) {
            Ok(0) => {}
            Ok(_) => {
                thread::sleep(INSTANT);
                // What it tells is that it rang; all that it has to tell is taken, so that it can ring again.
                let mut told = [0; 4096];
                while rustix::io::read(bell, &mut told).is_ok_and(|n| n > 0) {}
            }
            Err(_) => thread::sleep(shortest),
        }
    }
}
