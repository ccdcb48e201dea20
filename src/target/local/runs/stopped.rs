//! Detects a run whose process was stopped by a signal: it holds its locks and does nothing.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

/// The process of a run, if it belongs to us and is stopped.
pub(super) fn process_of(run: &str) -> Option<u32> {
    let own = rustix::process::geteuid().as_raw();
    let words: [&[u8]; 4] = [b"agent", b"--run", run.as_bytes(), b""];
    fs::read_dir("/proc").ok()?.flatten().find_map(|entry| {
        let pid: u32 = entry.file_name().to_str()?.parse().ok()?;
        let place = entry.path();
        let line = fs::read(place.join("cmdline")).ok()?;
        let is_its = line.split(|byte| *byte == 0).skip(1).eq(words);
        let is_ours = || entry.metadata().is_ok_and(|found| found.uid() == own);
        (is_its && is_ours() && is_stopped(&place)).then_some(pid)
    })
}

fn is_stopped(place: &Path) -> bool {
    let stat = fs::read_to_string(place.join("stat")).unwrap_or_default();
    // After the program name, which may contain anything.
    stat.rsplit_once(')').is_some_and(|(_, rest)| rest.trim_start().starts_with('T'))
}
