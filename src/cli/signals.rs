//! Interrupts: the first one ends the run after the resource at hand, the second at once.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::model::exit::Exit;

const FIRST: &str =
    "\ninterrupted: the resource at hand is finished, then the run ends; once more ends it at once\n";
const SECOND: &str = "\nended at once: a command that was started may still run, and what it does is in no report; \
                      `chefrs plan` shows what is left to do\n";

/// Listens from now on; the flag is set by the first signal.
pub(super) fn interrupted() -> io::Result<Arc<AtomicBool>> {
    let flag = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&flag);
    let mut signals = Signals::new([SIGINT, SIGTERM])?;
    thread::Builder::new().name("signals".into()).spawn(move || {
        for _ in signals.forever() {
            let again = seen.swap(true, Ordering::Relaxed);
            let word = if again { SECOND } else { FIRST };
            // Nothing can be said to a closed stream, and the signal counts all the same.
            let _ = io::stderr().write_all(word.as_bytes());
            if again {
                leave();
            }
        }
    })?;
    Ok(flag)
}

#[expect(clippy::exit, reason = "the second signal asks for exactly this: no step is waited for")]
fn leave() -> ! {
    std::process::exit(i32::from(Exit::Interrupted as u8))
}
