//! Which runs are still under way: each holds a lock on one byte of a file, and the kernel lets go of it when it dies.

use std::fs::File;

use camino::Utf8Path;
use nix::errno::Errno;
use nix::fcntl::{FcntlArg, fcntl};
use nix::libc::{self, flock};

use crate::model::error::Failure;
use crate::model::kept;
use crate::target::local::state;

/// Name of the file in the state directory. It is empty: bytes that are not there can be locked.
const NAME: &str = kept::ALIVE.name;

/// The byte of whoever makes the history's file; the runs' numbers begin above.
const MAKER: i64 = 0;

/// A lock, until it is dropped.
#[derive(Debug)]
pub(super) struct Held(#[expect(dead_code, reason = "the lock is the open file")] File);

/// Marks a run as under way.
pub(super) fn mark(directory: &Utf8Path, run: i64) -> Result<Held, Failure> {
    // Nobody else has its number, so nobody is waited for.
    lock(directory, run)
}

/// Waits for the turn to make the history's file.
pub(super) fn turn(directory: &Utf8Path) -> Result<Held, Failure> {
    lock(directory, MAKER)
}

/// Whether a run is under way; where that can't be told, it is not.
pub(super) fn is_marked(directory: &Utf8Path, run: i64) -> bool {
    let Ok(Some(file)) = state::look(directory, NAME) else { return false };
    let mut found = byte(run, libc::F_RDLCK);
    let looked = fcntl(&file, FcntlArg::F_OFD_GETLK(&mut found));
    looked.is_ok() && i32::from(found.l_type) != libc::F_UNLCK
}

fn lock(directory: &Utf8Path, number: i64) -> Result<Held, Failure> {
    let file = state::open(directory, NAME)?;
    let wanted = byte(number, libc::F_WRLCK);
    loop {
        match fcntl(&file, FcntlArg::F_OFD_SETLKW(&wanted)) {
            Ok(_) => return Ok(Held(file)),
            Err(Errno::EINTR) => {}
            Err(errno) => {
                let path = directory.join(NAME);
                return Err(Failure::new(format!("can't lock `{path}`: {}", errno.desc())));
            }
        }
    }
}

fn byte(number: i64, kind: i32) -> flock {
    flock {
        // The kernel's constants are small; their type in C is another.
        l_type: i16::try_from(kind).unwrap_or_default(),
        l_whence: i16::try_from(libc::SEEK_SET).unwrap_or_default(),
        l_start: number,
        l_len: 1,
        l_pid: 0,
    }
}
