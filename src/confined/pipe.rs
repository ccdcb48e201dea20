//! A pipe with a deadline, to a process that may stop reading or writing.

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
    /// Creates an end whose deadline has passed.
    pub(super) fn new(end: impl Into<OwnedFd>) -> io::Result<Self> {
        let end = end.into();
        // Otherwise a large message would block in the middle, where the deadline is not checked.
        rustix::io::ioctl_fionbio(&end, true)?;
        Ok(Self { file: File::from(end), until: Instant::now() })
    }

    /// Sets the deadline.
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
            // After a signal, the caller tries again.
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
