//! The lock: one run at a time. It is a kernel lock on a file that names its holder. A crash releases it and leaves the
//! name.

use std::fs::File;
use std::io::{Read as _, Seek as _, Write as _};

use camino::Utf8Path;
use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;

use super::errno::{refused, refused_io};
use super::state;
use crate::model::error::{Failure, FailureKind};
use crate::model::journal::{Holder, LeftCommand, Lock};
use crate::model::kept;

mod processes;

pub(super) use processes::MarkedCommand;

const NAME: &str = kept::LOCK.name;

/// Longest holder line, in bytes. Anything longer is not ours.
const LONGEST: u64 = 4096;

/// The lock while this run holds it. Dropping it empties the file and releases the lock.
#[derive(Debug)]
pub(super) struct HeldLock {
    file: File,
    run: String,
}

/// Takes the lock.
///
/// # Errors
/// Another run holds it, or the state directory is not usable.
pub(super) fn take(directory: &Utf8Path, holder: &Holder) -> Result<HeldLock, Failure> {
    let path = directory.join(NAME);
    let file = state::open(directory, NAME)?;
    let held_by_another =
        || Failure::new(format!("`{path}` is held by another run")).of_kind(FailureKind::Locked);
    match flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => {}
        Err(Errno::WOULDBLOCK) => return Err(held_by_another()),
        Err(errno) => return Err(refused("lock", &path, errno)),
    }
    let process = processes::holding(directory).inspect_err(|_| release(&file))?;
    if process.is_some() {
        release(&file);
        return Err(held_by_another());
    }
    processes::tidy(directory);
    let mut held = HeldLock { file, run: holder.run.clone() };
    held.say(holder).map_err(|error| refused_io("write", &path, &error))?;
    Ok(held)
}

/// Looks at the lock. Writes nothing.
///
/// # Errors
/// The file exists and can't be read.
pub(super) fn look(directory: &Utf8Path) -> Result<Lock, Failure> {
    let path = directory.join(NAME);
    let Some(mut file) = state::look(directory, NAME)? else { return Ok(Lock::default()) };
    let (held, process) = match flock(&file, FlockOperation::NonBlockingLockShared) {
        Ok(()) => {
            let process = processes::holding(directory);
            release(&file);
            let process = process?;
            (process.is_some(), process)
        }
        Err(Errno::WOULDBLOCK) => (true, None),
        Err(errno) => return Err(refused("look at", &path, errno)),
    };
    let mut text = String::new();
    // An incomplete line is being written right now, so the holder is not known yet.
    let read = (&mut file).take(LONGEST).read_to_string(&mut text);
    let holder = read.ok().and_then(|_| serde_json::from_slice(text.trim().as_bytes()).ok());
    let left = process.and_then(|process| Some(LeftCommand { pid: process.pid, words: process.words? }));
    Ok(Lock { held, holder, left })
}

/// Releases the kernel lock at once. It belongs to the open file, and each process that is being started has a copy of
/// that until its program is loaded: after closing alone, the next run could still be told that another one holds it.
fn release(file: &File) {
    // If this fails, closing the file releases it.
    let _ = flock(file, FlockOperation::Unlock);
}

impl HeldLock {
    /// Id of the run that holds it.
    pub(super) fn run(&self) -> &str {
        &self.run
    }

    fn say(&mut self, holder: &Holder) -> std::io::Result<()> {
        let mut line = serde_json::to_string(holder)?;
        line.push('\n');
        self.file.set_len(0)?;
        self.file.rewind()?;
        self.file.write_all(line.as_bytes())
    }
}

impl Drop for HeldLock {
    fn drop(&mut self) {
        // If this fails, the file wrongly says that a run was interrupted, which does no harm.
        let _ = self.file.set_len(0);
        release(&self.file);
    }
}
