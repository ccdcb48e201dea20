//! Interrupts: the first one ends the run after the resource at hand, the second ends that one's commands too.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::model::exit::Exit;
use crate::target::local::halt;

/// What commands and the run are given to come to an end of their own.
const PATIENCE: Duration = Duration::from_secs(5);

const FIRST: &str = "\ninterrupted: the resource at hand is finished, then the run ends; \
                     once more stops its command, too\n";
const SECOND: &str = "\ninterrupted again: the command at hand is stopped\n";
const THIRD: &str =
    "\nended at once: what was going on is in no report; `chefrs plan` shows what is left to do\n";

/// Listens from now on; the flag is set by the first signal.
pub(super) fn interrupted() -> io::Result<Arc<AtomicBool>> {
    let flag = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&flag);
    let mut signals = Signals::new([SIGINT, SIGTERM])?;
    thread::Builder::new().name("signals".into()).spawn(move || {
        let mut count = 0;
        for _ in signals.forever() {
            count += 1;
            seen.store(true, Ordering::Relaxed);
            match count {
                1 => say(FIRST),
                2 => {
                    say(SECOND);
                    halt::halt();
                    // Without a thread the third signal is still there.
                    let _ = thread::Builder::new().name("end".into()).spawn(end);
                }
                _ => leave(),
            }
        }
    })?;
    Ok(flag)
}

/// Sees to it that the run ends, whatever it hangs on.
fn end() {
    thread::sleep(PATIENCE);
    halt::kill();
    thread::sleep(PATIENCE);
    leave();
}

fn say(words: &str) {
    // Nothing can be said to a closed stream, and the signal counts all the same.
    let _ = io::stderr().write_all(words.as_bytes());
}

#[expect(clippy::exit, reason = "the run does not end by itself, or somebody does not want to wait for it")]
fn leave() -> ! {
    halt::kill();
    say(THIRD);
    std::process::exit(i32::from(Exit::Interrupted as u8))
}
