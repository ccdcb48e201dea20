//! Waits for writes to a file, so that its reader need not poll.

use std::os::fd::{AsFd as _, OwnedFd};
use std::thread;
use std::time::Duration;

use camino::Utf8Path;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use rustix::fs::inotify::{CreateFlags, WatchFlags, add_watch, init};

/// After the first write, wait this long for others that follow at once.
const INSTANT: Duration = Duration::from_millis(1);

/// Watches a file. Empty if the kernel has no inotify instance left.
#[derive(Debug)]
pub struct FileWatch(Option<OwnedFd>);

impl FileWatch {
    /// Watches for writes, and for the end of the writer.
    pub(super) fn on(path: &Utf8Path) -> Self {
        let watch = init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK).and_then(|watch| {
            add_watch(&watch, path.as_std_path(), WatchFlags::MODIFY | WatchFlags::CLOSE_WRITE)?;
            Ok(watch)
        });
        Self(watch.ok())
    }

    /// Waits for a write, at most `longest`. Returns at once if one has happened since the last call. Without inotify
    /// it waits for `shortest`.
    pub fn wait(&self, shortest: Duration, longest: Duration) {
        let Some(watch) = &self.0 else { return thread::sleep(shortest) };
        let timeout = PollTimeout::try_from(longest).unwrap_or(PollTimeout::MAX);
        match poll(&mut [PollFd::new(watch.as_fd(), PollFlags::POLLIN)], timeout) {
            Ok(0) => {}
            Ok(_) => {
                thread::sleep(INSTANT);
                // The events themselves are not needed; they are read to reset the descriptor.
                let mut told = [0; 4096];
                while rustix::io::read(watch, &mut told).is_ok_and(|n| n > 0) {}
            }
            Err(_) => thread::sleep(shortest),
        }
    }
}
