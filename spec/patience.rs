//! Waiting for what must come: for a condition, never for a while, and with more patience than any machine needs. Every
//! wait of a spec has an end, which says what it waited for.

mod heard;
mod in_time;

use std::io::{ErrorKind, Write as _};
use std::path::Path;
use std::process::Child;
use std::thread;
use std::time::{Duration, Instant};

pub use heard::Heard;
pub use in_time::{CallInTime, EndInTime, Patient, joined, locked};

/// Whoever has waited so long waits for what never comes.
pub const PATIENCE: Duration = Duration::from_secs(300);

/// The same for what installs an operating system, or much on one.
pub const LONG: Duration = Duration::from_secs(900);

const GLANCE: Duration = Duration::from_millis(20);

/// Waits until something holds; `what` is said if it never does.
#[track_caller]
pub fn until(what: &str, holds: impl FnMut() -> bool) {
    assert!(within(PATIENCE, holds), "it never came: {what}");
}

/// Waits until something holds, for so long at most; whether it came to hold.
fn within(patience: Duration, mut holds: impl FnMut() -> bool) -> bool {
    let begin = Instant::now();
    // What takes no time is not waited for as long as what does.
    let mut glance = Duration::from_micros(200);
    while !holds() {
        if begin.elapsed() >= patience {
            return false;
        }
        thread::sleep(glance);
        glance = GLANCE.min(glance * 2);
    }
    true
}

/// Waits until something is at a path.
#[track_caller]
pub fn wait_for(path: &Path) {
    until(&path.display().to_string(), || path.exists());
}

/// How two looks at this machine differ, if they do. What it does meanwhile, as the networks of other specs come and go,
/// is told from a difference between them by a third look: then both look again.
pub fn undisturbed<T: PartialEq>(one: impl Fn() -> T, other: impl Fn() -> T) -> Option<(T, T)> {
    for _ in 0..100 {
        let (first, second) = (one(), other());
        if first == second {
            return None;
        }
        if one() == first && other() == second {
            return Some((first, second));
        }
    }
    panic!("the machine is never at rest");
}

/// Gives a program its standard input, and the end of it. One that fails before it reads is gone already, and says why by
/// how it ends.
#[track_caller]
pub fn give(child: &mut Child, input: &[u8]) {
    match child.stdin.take().unwrap().write_all(input) {
        Err(why) if why.kind() != ErrorKind::BrokenPipe => panic!("standard input is not taken: {why}"),
        _ => {}
    }
}

/// Whether a process runs; one that has only not been waited for has ended.
pub fn is_running(pid: &str) -> bool {
    let status = Path::new("/proc").join(pid.trim()).join("status");
    let status = std::fs::read_to_string(status).unwrap_or_default();
    !status.is_empty() && !status.contains("State:\tZ") && !status.contains("State:\tX")
}

/// The running processes in whose arguments these words stand.
pub fn processes_with(words: &str) -> Vec<String> {
    let pids = std::fs::read_dir("/proc").unwrap().flatten();
    let pids = pids.map(|entry| entry.file_name().to_string_lossy().into_owned());
    pids.filter(|pid| {
        let arguments = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        String::from_utf8_lossy(&arguments).contains(words) && is_running(pid)
    })
    .collect()
}
