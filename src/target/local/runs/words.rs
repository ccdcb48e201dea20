//! The file of a run that is under way: whole lines, room for them on the disk, a lock while it lives.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::thread;
use std::time::Duration;

use camino::Utf8Path;
use rustix::fs::{FallocateFlags, FlockOperation, fallocate, flock};
use rustix::io::Errno;

use crate::model::error::{Failure, FailureKind};
use crate::target::local::errno::{refused, refused_io};

/// Room on the disk that is taken ahead of what is said, in bytes.
pub(super) const AHEAD: u64 = 256 << 10;

/// Pauses before the lock is tried again: whoever only looks whether a run lives holds it for an instant.
const ATTEMPTS: [Duration; 4] = [Duration::from_millis(5); 4];

/// The file of a run that is under way, open at its end.
#[derive(Debug)]
pub struct Words {
    file: File,
    /// Its length, up to the last newline.
    length: u64,
    /// Up to where the disk is known to have room.
    room: u64,
}

impl Words {
    /// Locks the file of a run, and stands at its end.
    ///
    /// # Errors
    /// The run is under way, or the file can't be written.
    pub(super) fn of(mut file: File, path: &Utf8Path) -> Result<Self, Failure> {
        lock(&file, path)?;
        // Half a line is what was being written when the machine went down.
        let length = whole(&mut file).map_err(|error| refused_io("write", path, &error))?;
        Ok(Self { file, length, room: length })
    }

    /// What was opened and locked by whoever has started us.
    ///
    /// # Errors
    /// It is no file.
    pub fn inherited(mut file: File) -> io::Result<Self> {
        let length = file.seek(SeekFrom::End(0))?;
        Ok(Self { file, length, room: length })
    }

    /// Takes room for so many further bytes, which is given back by [`Words::trim`].
    ///
    /// # Errors
    /// The disk has none.
    pub fn reserve(&mut self, bytes: u64) -> io::Result<()> {
        if self.length + bytes <= self.room {
            return Ok(());
        }
        match fallocate(&self.file, FallocateFlags::KEEP_SIZE, self.length, bytes.max(AHEAD)) {
            Ok(()) => self.room = self.length + bytes.max(AHEAD),
            // A file system that can't take room ahead will tell when it is written to.
            Err(Errno::OPNOTSUPP | Errno::NOSYS) => self.room = u64::MAX,
            Err(errno) => return Err(errno.into()),
        }
        Ok(())
    }

    /// Gives back the room that was not needed.
    pub fn trim(&mut self) {
        // What stays taken is a quarter of a mebibyte at most, and goes with the file.
        let _ = self.file.set_len(self.length);
        self.room = self.length;
    }

    /// For the standard output of another process, which is the run from then on.
    pub(in crate::target::local) fn into_file(self) -> File {
        self.file
    }

    /// Bytes so far.
    #[must_use]
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Adds a line, given without its newline, whole or not at all.
    ///
    /// # Errors
    /// It can't be written.
    pub fn add(&mut self, line: &str) -> io::Result<()> {
        let line = format!("{line}\n");
        let written = self.file.write_all(line.as_bytes());
        if written.is_err() {
            // Half a line would spoil the next.
            self.trim();
            self.file.seek(SeekFrom::Start(self.length))?;
        } else {
            self.length += line.len() as u64;
        }
        written
    }

    /// Sees to it that all of it survives the machine's end.
    ///
    /// # Errors
    /// The disk does not take it.
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

/// Cuts the file after its last newline, and stands there.
fn whole(file: &mut File) -> io::Result<u64> {
    let mut bytes = Vec::new();
    file.rewind()?;
    file.read_to_end(&mut bytes)?;
    let end = memchr::memrchr(b'\n', &bytes).map_or(0, |at| at as u64 + 1);
    file.set_len(end)?;
    file.seek(SeekFrom::Start(end))
}
