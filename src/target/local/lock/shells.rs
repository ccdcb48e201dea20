//! Shells that hold the lock of a machine without flock(1): a file names each, and counts for as long as it lives.
//!
//! Such a shell makes its file first and looks at the kernel's lock then; whoever has the kernel's lock looks at the
//! files then. So of two that come at once, one sees the other at least.

use std::io;

use camino::Utf8Path;

use super::super::errno::refused_io;
use super::super::host::boot_id;
use crate::model::error::Failure;

/// Begins their names: `lock.PID.START.BOOT`.
const PREFIX: &str = "lock.";

/// Whether one of them holds the lock.
///
/// # Errors
/// The directory can't be read.
pub(super) fn hold(directory: &Utf8Path) -> Result<bool, Failure> {
    Ok(names(directory)?.iter().any(|name| is_alive(name)))
}

/// Removes what dead ones have left. Nobody else ever has such a name, so this takes away nothing that counts.
pub(super) fn tidy(directory: &Utf8Path) {
    for name in names(directory).unwrap_or_default().iter().filter(|name| !is_alive(name)) {
        // One that stays is looked at again.
        let _ = std::fs::remove_file(directory.join(name));
    }
}

fn names(directory: &Utf8Path) -> Result<Vec<String>, Failure> {
    let read = || -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in directory.read_dir_utf8()? {
            let name = entry?.file_name().to_owned();
            if parts(&name).is_some() {
                names.push(name);
            }
        }
        Ok(names)
    };
    read().map_err(|error| refused_io("list", directory, &error))
}

/// Number of the process, its start, and when the machine was started.
fn parts(name: &str) -> Option<(u32, u64, &str)> {
    let mut words = name.strip_prefix(PREFIX)?.splitn(3, '.');
    Some((words.next()?.parse().ok()?, words.next()?.parse().ok()?, words.next()?))
}

fn is_alive(name: &str) -> bool {
    parts(name).is_some_and(|(pid, start, boot)| started(pid) == Some(start) && boot == boot_id())
}

/// When a process was started, in the kernel's own count; what has ended and is still listed was not.
fn started(pid: u32) -> Option<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name before it may hold anything.
    let mut words = stat[stat.rfind(')')? + 1..].split_ascii_whitespace();
    if matches!(words.next()?, "Z" | "X") {
        return None;
    }
    words.nth(18)?.parse().ok()
}
