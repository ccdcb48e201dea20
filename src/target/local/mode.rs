//! chmod for descriptors opened with `O_PATH`.

use std::os::fd::{AsFd, AsRawFd as _};

use rustix::fs::Mode;
use rustix::io::Errno;

/// Sets the mode of an open file. fchmod(2) refuses descriptors opened with `O_PATH`, so these go through
/// /proc.
///
/// # Errors
/// The kernel's.
pub(super) fn chmod(file: impl AsFd, mode: u32) -> rustix::io::Result<()> {
    match rustix::fs::fchmod(&file, Mode::from_raw_mode(mode)) {
        Err(Errno::BADF) => {}
        done => return done,
    }
    let name = format!("/proc/self/fd/{}", file.as_fd().as_raw_fd());
    rustix::fs::chmod(name, Mode::from_raw_mode(mode))
}
