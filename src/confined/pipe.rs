//! A pipe to a process that may never read or write again: nothing is waited for beyond a moment that was set before.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::time::Instant;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

/// One end of a pipe.
#[derive(Debug)]
pub(super) struct Pipe {
    file: File,
    until: Instant,
}

impl Pipe {
    /// An end that waits for nothing yet.
    pub(super) fn new(end: impl Into<OwnedFd>) -> io::Result<Self> {
        let end = end.into();
        // A large message would else be waited for in the middle, where nobody looks at the time.
        rustix::io::ioctl_fionbio(&end, true)?;
        Ok(Self { file: File::from(end), until: Instant::now() })
    }

    /// Waits no longer than until this moment.
    pub(super) fn wait_until(&mut self, moment: Instant) {
        self.until = moment;
    }

    fn wait(&self, wanted: PollFlags) -> io::Result<()> {
        let left = self.until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        let timeout = PollTimeout::try_from(left).unwrap_or(PollTimeout::MAX);
        match poll(&mut [PollFd::new(self.file.as_fd(), wanted)], timeout) {
            // A signal is for somebody else, and what it was waited for is looked at again.
            Ok(_) | Err(nix::errno::Errno::EINTR) => Ok(()),
            Err(errno) => Err(errno.into()),
        }
    }
}

impl Read for Pipe {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.file.read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => self.wait(PollFlags::POLLIN)?,
                done => return done,
            }
        }
    }
}

impl Write for Pipe {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        loop {
            match self.file.write(buffer) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => self.wait(PollFlags::POLLOUT)?,
                done => return done,
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
