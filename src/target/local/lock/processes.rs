//! Processes that hold the lock of a machine beside the kernel: a file names each, and counts for as long as it lives.
//!
//! One is a shell on a machine without flock(1). It makes its file first and looks at the kernel's lock then; whoever has
//! the kernel's lock looks at the files then. So of two that come at once, one sees the other at least. The others are the
//! commands of runs: where a run is killed, its command may live on, and no other run may begin beside it.

use std::fs;
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;

use camino::{Utf8Path, Utf8PathBuf};

use super::super::errno::refused_io;
use super::super::host::boot_id;
use crate::model::error::Failure;

/// Begins their names: `lock.PID.START.BOOT`.
const PREFIX: &str = "lock.";

/// The most that is said of a command: bytes.
const WORDS: usize = 200;

/// A command of a run, for as long as it is watched: its file goes with this.
#[derive(Debug)]
pub(in crate::target::local) struct MarkedCommand(Utf8PathBuf);

impl MarkedCommand {
    /// Makes the file for a command that was started; what it runs is said in it. Without a file the lock is held by the
    /// run alone.
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
        // One that stays behind names a process that has ended.
        let _ = fs::remove_file(&self.0);
    }
}

/// A process that holds the lock.
pub(super) struct HoldingProcess {
    pub(super) pid: u32,
    /// What it runs, where it is a command.
    pub(super) words: Option<String>,
}

/// One of those that hold the lock, if any does.
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
