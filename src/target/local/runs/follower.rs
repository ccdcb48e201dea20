//! Reading what a run says while it says it.

use std::fs::File;
use std::io::Read as _;

use camino::Utf8PathBuf;
use rustix::fs::{FlockOperation, flock};

use super::file_watch::Bell;
use crate::model::error::Failure;
use crate::target::local::errno::refused_io;

/// What a follower met.
#[derive(Debug, PartialEq, Eq)]
pub enum Next {
    /// The next line, whole.
    Line(String),
    /// The run lives, and has said no more yet.
    Silence,
    /// The run has ended, one way or another; there is nothing more.
    End,
}

/// Reads the words of a run while they are written.
#[derive(Debug)]
pub struct Follower {
    file: File,
    path: Utf8PathBuf,
    /// What was read from the file and not handed out yet begins at `at`.
    read: Vec<u8>,
    at: usize,
}

impl Follower {
    pub(super) fn of(file: File, path: Utf8PathBuf) -> Self {
        Self { file, path, read: Vec::new(), at: 0 }
    }

    /// Rings when it is worth to hear again.
    #[must_use]
    pub fn bell(&self) -> Bell {
        Bell::on(&self.path)
    }

    /// What comes next; waits for nothing.
    ///
    /// # Errors
    /// The file can't be read.
    pub fn hear(&mut self) -> Result<Next, Failure> {
        if let Some(line) = self.line() {
            return Ok(Next::Line(line));
        }
        // Whoever is dead has written all that it will, so that is looked at first.
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

    /// Reads on; whether there was anything.
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
            // A run that goes on after a restart takes it at the same moment, and tries again if it was too late.
            let _ = flock(&self.file, FlockOperation::Unlock);
        }
        free
    }
}
