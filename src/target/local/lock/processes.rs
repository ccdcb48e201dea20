//! Processes that hold the lock of a machine without a kernel lock. Each has a file, which counts as long as the
//! process lives.
//!
//! Some are shells on a machine without flock(1). A shell creates its file, then checks the kernel lock; a run takes
//! the kernel lock, then checks the files. So of two that start at the same time, at least one sees the other. The
//! others are commands of runs: if a run is killed, its command may live on, and no other run may start beside it.

use std::fs;
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;

use camino::{Utf8Path, Utf8PathBuf};

use super::super::errno::refused_io;
use super::super::host::boot_id;
use crate::model::error::Failure;

/// Prefix of their names: `lock.PID.START.BOOT`.
const PREFIX: &str = "lock.";

/// Longest command that is recorded, in bytes.
const WORDS: usize = 200;

/// A running command of a run. Its file is removed when this is dropped.
#[derive(Debug)]
pub(in crate::target::local) struct MarkedCommand(Utf8PathBuf);

impl MarkedCommand {
    /// Creates the file for a command, with its words. `None` if that fails; then only the run holds the lock.
    pub(in crate::target::local) fn new(directory: &Utf8Path, pid: u32, words: &str) -> Option<Self> {
        let name = format!("{PREFIX}{pid}.{}.{}", started(pid)?, boot_id());
        let path = directory.join(name);
        let words: String = words.chars().take(WORDS).collect();
        let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path).ok()?;
        let mark = Self(path);
        io::Write::write_all(&mut file, words.as_bytes()).ok()?;
        Some(mark)
    }
}

impl Drop for MarkedCommand {
    fn drop(&mut self) {
        // If it stays, it names a process that has ended.
        let _ = fs::remove_file(&self.0);
    }
}

/// A process that holds the lock.
pub(super) struct HoldingProcess {
    /// Process id.
    pub(super) pid: u32,
    /// Its command line, if it is a command of a run.
    pub(super) words: Option<String>,
}

/// A process that holds the lock, if there is one.
///
/// # Errors
/// The directory can't be read.
pub(super) fn holding(directory: &Utf8Path) -> Result<Option<HoldingProcess>, Failure> {
    let alive = names(directory)?.into_iter().find(|name| is_alive(name));
    Ok(alive.and_then(|name| {
        let words = fs::read_to_string(directory.join(&name)).ok().filter(|words| !words.is_empty());
        Some(HoldingProcess { pid: parts(&name)?.0, words })
    }))
}

/// Removes the files of dead processes. Their names are unique, so this never hits a living one.
pub(super) fn tidy(directory: &Utf8Path) {
    for name in names(directory).unwrap_or_default().iter().filter(|name| !is_alive(name)) {
        // If it stays, it is checked again.
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

/// Process id, start time, and boot id.
fn parts(name: &str) -> Option<(u32, u64, &str)> {
    let mut words = name.strip_prefix(PREFIX)?.splitn(3, '.');
    Some((words.next()?.parse().ok()?, words.next()?.parse().ok()?, words.next()?))
}

fn is_alive(name: &str) -> bool {
    parts(name).is_some_and(|(pid, start, boot)| started(pid) == Some(start) && boot == boot_id())
}

/// Start time of a process, in clock ticks since boot. `None` if it is dead or a zombie.
fn started(pid: u32) -> Option<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // After the program name, which may contain anything.
    let mut words = stat[stat.rfind(')')? + 1..].split_ascii_whitespace();
    if matches!(words.next()?, "Z" | "X") {
        return None;
    }
    words.nth(18)?.parse().ok()
}
