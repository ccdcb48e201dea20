//! Waiting for something that another process does: as long as any machine may need, and not for ever.

use std::thread;
use std::time::{Duration, Instant};

/// Until it is so; a minute is too long for whatever is waited for here.
pub fn until(what: &str, is_so: impl Fn() -> bool) {
    let begin = Instant::now();
    while !is_so() {
        assert!(begin.elapsed() < Duration::from_secs(60), "never came: {what}");
        thread::sleep(Duration::from_millis(20));
    }
}
