//! Which runs are in progress: each holds a lock on one byte of a file, which the kernel releases when the process
//! dies.

use std::fs::File;

use camino::Utf8Path;
use nix::errno::Errno;
use nix::fcntl::{FcntlArg, fcntl};
use nix::libc::{self, flock};

use crate::model::error::Failure;
use crate::model::kept;
use crate::target::local::state;

/// The file is empty: bytes beyond its end can be locked.
const NAME: &str = kept::ALIVE.name;

/// Byte for creating the history's file. The numbers of runs are larger.
const MAKER: i64 = 0;

/// A lock. Dropping it releases it.
#[derive(Debug)]
pub(super) struct Held(#[expect(dead_code, reason = "the lock is the open file")] File);

/// Marks a run as in progress.
pub(super) fn mark(directory: &Utf8Path, run: i64) -> Result<Held, Failure> {
    // The number is unique, so this never waits.
    lock(directory, run)
}

/// Waits for the right to create the history's file.
pub(super) fn turn(directory: &Utf8Path) -> Result<Held, Failure> {
    lock(directory, MAKER)
}

/// Whether a run is in progress. False if that can't be found out.
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
        // The constants are small; their type in C is another.
        l_type: i16::try_from(kind).unwrap_or_default(),
        l_whence: i16::try_from(libc::SEEK_SET).unwrap_or_default(),
        l_start: number,
        l_len: 1,
        l_pid: 0,
    }
}
