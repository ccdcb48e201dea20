//! Programs that specs write, and then run.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::patience::{EndInTime as _, give};

/// Puts a program at a path.
///
/// A process of its own writes it. What this one has open for writing, whatever another spec starts at the same moment
/// has open too until it is what it is to be, and a file that is open so can't be run (`ETXTBSY` in execve(2)).
pub fn executable(path: impl AsRef<Path>, text: &str) {
    let mut child = Command::new("/bin/sh")
        .args(["-c", "cat >\"$1\" && chmod 755 \"$1\"", "sh"])
        .arg(path.as_ref())
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    give(&mut child, text.as_bytes());
    assert!(child.wait_in_time().unwrap().success(), "{}", path.as_ref().display());
}
