//! Reads the output of a run while it is being written.

use std::fs::File;
use std::io::Read as _;

use camino::Utf8PathBuf;
use rustix::fs::{FlockOperation, flock};

use super::file_watch::FileWatch;
use crate::model::error::Failure;
use crate::target::local::errno::refused_io;

/// What a follower has read.
#[derive(Debug, PartialEq, Eq)]
pub enum Next {
    /// The next complete line.
    Line(String),
    /// Nothing new; the run is alive.
    Silence,
    /// The run has ended, and everything was read.
    End,
}

/// Reads the output of a run while it is being written.
#[derive(Debug)]
pub struct Follower {
    file: File,
    path: Utf8PathBuf,
    /// Bytes that were read from the file. Those before `at` were returned already.
    read: Vec<u8>,
    at: usize,
}

impl Follower {
    pub(super) fn of(file: File, path: Utf8PathBuf) -> Self {
        Self { file, path, read: Vec::new(), at: 0 }
    }

    /// A watch on the file, to wait for more.
    #[must_use]
    pub fn watch(&self) -> FileWatch {
        FileWatch::on(&self.path)
    }

    /// Reads the next line. Does not wait.
    ///
    /// # Errors
    /// The file can't be read.
    pub fn read_next(&mut self) -> Result<Next, Failure> {
        if let Some(line) = self.line() {
            return Ok(Next::Line(line));
        }
        // Checked before reading: a dead process writes no more, so everything is in the file.
        let dead = self.is_dead();
        if !self.fill()? {
            return Ok(if dead { Next::End } else { Next::Silence });
        }
        Ok(self.line().map_or(Next::Silence, Next::Line))
    }

    fn line(&mut self) -> Option<String> {
        let rest = &self.read[self.at..];
        let end = memchr::memchr(b'\n', rest)?;
        let line = String::from_utf8_lossy(&rest[..end]).into_owned();
        self.at += end + 1;
        Some(line)
    }

    /// Reads more bytes. Returns whether there were any.
    fn fill(&mut self) -> Result<bool, Failure> {
        self.read.drain(..std::mem::take(&mut self.at));
        let mut buffer = vec![0; 64 << 10];
        let n = self.file.read(&mut buffer).map_err(|error| refused_io("read", &self.path, &error))?;
        self.read.extend_from_slice(&buffer[..n]);
        Ok(n > 0)
    }

    fn is_dead(&self) -> bool {
        let free = flock(&self.file, FlockOperation::NonBlockingLockShared).is_ok();
        if free {
            // A run that continues after a restart may take the lock at this moment. It tries again.
            let _ = flock(&self.file, FlockOperation::Unlock);
        }
        free
    }
}
