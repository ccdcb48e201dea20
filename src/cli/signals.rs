//! Interrupts: the first one ends the run after the resource at hand, the second ends that one's commands too.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::model::english::{list, one_line};
use crate::model::exit::Exit;
use crate::remote::under_way;
use crate::target::local::halt;

/// What commands and the run are given to come to an end of their own.
const PATIENCE: Duration = Duration::from_secs(5);

const FIRST: &str = "\ninterrupted: the resource at hand is finished, then the run ends; \
                     once more stops its command, too\n";
const SECOND: &str = "\ninterrupted again: the command at hand is stopped\n";
const SECOND_THERE: &str = "\ninterrupted again: the command at hand is stopped there, unless it is a package manager; \
                            once more leaves the run alone\n";
const FINISHING: &str = "\ninterrupted again: the package manager is left to finish, because stopping it would break \
                         its database; once more ends it all the same\n";
const THIRD: &str =
    "\nended at once: what was going on is in no report; `chefrs plan` shows what is left to do\n";

/// Listens from now on; the flag is set by the first signal. A terminal that is closed counts as one, unless the
/// program was started to outlive it (`nohup`).
pub(super) fn interrupted() -> io::Result<Arc<AtomicBool>> {
    if is_ignored(SIGHUP) { listen(&[SIGINT, SIGTERM]) } else { listen(&[SIGINT, SIGTERM, SIGHUP]) }
}

/// The same for a run that must outlive the connection over which it was begun.
pub(super) fn interrupted_but_by_hangup() -> io::Result<Arc<AtomicBool>> {
    // Taken and dropped rather than ignored: what commands start would inherit that.
    signal_hook::flag::register(SIGHUP, Arc::default())?;
    listen(&[SIGINT, SIGTERM])
}

fn listen(signals: &[i32]) -> io::Result<Arc<AtomicBool>> {
    let flag = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&flag);
    let mut signals = Signals::new(signals)?;
    thread::Builder::new().name("signals".into()).spawn(move || {
        let mut count = 0;
        for _ in signals.forever() {
            count += 1;
            seen.store(true, Ordering::Relaxed);
            match count {
                1 => say(FIRST),
                2 => {
                    halt::halt();
                    say(second());
                    // Without a thread the third signal is still there.
                    let _ = thread::Builder::new().name("end".into()).spawn(end);
                }
                _ => leave(),
            }
        }
    })?;
    Ok(flag)
}

fn second() -> &'static str {
    if halt::is_finishing() {
        FINISHING
    } else if under_way::is_empty() {
        SECOND
    } else {
        SECOND_THERE
    }
}

/// Sees to it that the run ends, whatever it hangs on. One on another machine is waited for: it ends by itself.
fn end() {
    thread::sleep(PATIENCE);
    halt::kill();
    loop {
        thread::sleep(PATIENCE);
        if !halt::is_finishing() && under_way::is_empty() {
            leave();
        }
    }
}

/// Whether the program was started with a signal ignored; where there is no /proc to tell, it was not.
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).unwrap_or_default();
    let mask = u64::from_str_radix(mask.trim(), 16).unwrap_or(0);
    mask >> (signal - 1) & 1 == 1
}

fn say(words: &str) {
    // Nothing can be said to a closed stream, and the signal counts all the same.
    let _ = io::stderr().write_all(words.as_bytes());
}

/// What goes on without us.
fn third() -> String {
    let there = under_way::list();
    if there.is_empty() {
        return THIRD.to_owned();
    }
    let runs: Vec<String> = there
        .iter()
        .map(|(target, run)| format!("the run {} on {}", one_line(run), one_line(target)))
        .collect();
    let mut lines =
        vec![String::new(), format!("left at once: {} ends without being watched", list(&runs, "and"))];
    for (target, _) in &there {
        lines.push(format!("hint: `chefrs status -t {}` tells whether it has ended", one_line(target)));
    }
    lines.push(String::new());
    lines.join("\n")
}

#[expect(clippy::exit, reason = "the run does not end by itself, or somebody does not want to wait for it")]
fn leave() -> ! {
    halt::kill_all();
    say(&third());
    std::process::exit(i32::from(Exit::Interrupted as u8))
}
