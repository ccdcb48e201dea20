//! The file of a run in progress: complete lines, reserved disk space, and a lock while the run is alive.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::thread;
use std::time::Duration;

use camino::Utf8Path;
use rustix::fs::{FallocateFlags, FlockOperation, fallocate, flock};
use rustix::io::Errno;

use crate::model::error::{Failure, FailureKind};
use crate::target::local::errno::{refused, refused_io};

/// Disk space that is reserved in advance, in bytes.
pub(super) const AHEAD: u64 = 256 << 10;

/// Pauses between attempts to take the lock. A process that only checks whether a run is alive holds it for a moment.
const ATTEMPTS: [Duration; 4] = [Duration::from_millis(5); 4];

/// The file of a run in progress, positioned at its end.
#[derive(Debug)]
pub struct RunFile {
    file: File,
    /// Length up to the last newline.
    length: u64,
    /// Length up to which disk space is reserved.
    room: u64,
}

impl RunFile {
    /// Locks the file of a run, and goes to its end.
    ///
    /// # Errors
    /// The run is in progress, or the file can't be written.
    pub(super) fn of(mut file: File, path: &Utf8Path) -> Result<Self, Failure> {
        lock(&file, path)?;
        // Drops an incomplete line that was being written when the machine went down.
        let length = whole(&mut file).map_err(|error| refused_io("write", path, &error))?;
        Ok(Self { file, length, room: length })
    }

    /// A file that the parent process has opened and locked.
    ///
    /// # Errors
    /// It is no file.
    pub fn inherited(mut file: File) -> io::Result<Self> {
        let length = file.seek(SeekFrom::End(0))?;
        Ok(Self { file, length, room: length })
    }

    /// Reserves disk space for more bytes. [`RunFile::trim`] releases it.
    ///
    /// # Errors
    /// The disk is full.
    pub fn reserve(&mut self, bytes: u64) -> io::Result<()> {
        if self.length + bytes <= self.room {
            return Ok(());
        }
        match fallocate(&self.file, FallocateFlags::KEEP_SIZE, self.length, bytes.max(AHEAD)) {
            Ok(()) => self.room = self.length + bytes.max(AHEAD),
            // The file system does not support it, so a full disk is noticed only when writing.
            Err(Errno::OPNOTSUPP | Errno::NOSYS) => self.room = u64::MAX,
            Err(errno) => return Err(errno.into()),
        }
        Ok(())
    }

    /// Releases the reserved space that was not needed.
    pub fn trim(&mut self) {
        // If that fails, at most 256 KiB stay reserved until the file is removed.
        let _ = self.file.set_len(self.length);
        self.room = self.length;
    }

    /// Turns it into the standard output of another process, which is the run from then on.
    pub(in crate::target::local) fn into_file(self) -> File {
        self.file
    }

    /// Length in bytes.
    #[must_use]
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Appends a line, completely or not at all. `line` has no newline.
    ///
    /// # Errors
    /// It can't be written.
    pub fn add(&mut self, line: &str) -> io::Result<()> {
        let line = format!("{line}\n");
        let written = self.file.write_all(line.as_bytes());
        if written.is_err() {
            // An incomplete line would spoil the next one.
            self.trim();
            self.file.seek(SeekFrom::Start(self.length))?;
        } else {
            self.length += line.len() as u64;
        }
        written
    }

    /// Syncs the file to disk.
    ///
    /// # Errors
    /// The disk reported an error.
    pub fn keep(&self) -> io::Result<()> {
        self.file.sync_data()
    }
}

fn lock(file: &File, path: &Utf8Path) -> Result<(), Failure> {
    let mut pauses = ATTEMPTS.into_iter();
    loop {
        match flock(file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => return Ok(()),
            Err(Errno::WOULDBLOCK) => match pauses.next() {
                Some(pause) => thread::sleep(pause),
                None => return Err(Failure::new("the run is under way already").of_kind(FailureKind::Locked)),
            },
            Err(errno) => return Err(refused("lock", path, errno)),
        }
    }
}

/// Cuts the file after its last newline, and goes there.
fn whole(file: &mut File) -> io::Result<u64> {
    let mut bytes = Vec::new();
    file.rewind()?;
    file.read_to_end(&mut bytes)?;
    let end = memchr::memrchr(b'\n', &bytes).map_or(0, |at| at as u64 + 1);
    file.set_len(end)?;
    file.seek(SeekFrom::Start(end))
}
