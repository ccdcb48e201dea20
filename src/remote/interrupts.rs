//! Passes interrupts on to the target.

use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use crate::model::message::ToAgent;
use crate::target::interrupt::Interrupt;

use super::wire::Output;

/// Interval of checks for an interrupt.
const GLANCE: Duration = Duration::from_millis(50);

/// Passes interrupts on until `over` is closed. The first lets the current resource finish, the second ends its
/// command.
pub(super) fn pass_on(over: &Receiver<()>, interrupt: &Interrupt, output: &Output) {
    let mut told = [false; 2];
    while matches!(over.recv_timeout(GLANCE), Err(RecvTimeoutError::Timeout)) {
        let wanted = [interrupt.is_wanted(), interrupt.is_halted()];
        let words = [ToAgent::Interrupt, ToAgent::Halt];
        for ((told, wanted), word) in told.iter_mut().zip(wanted).zip(words) {
            if wanted && !*told {
                // If the target is gone, the reader reports that, and the next connection sends the interrupt again.
                let _ = output.send(&word);
                *told = true;
            }
        }
    }
}

/// Does the work, and calls `end` once if the run is halted meanwhile.
pub(super) fn when_halted<T>(
    interrupt: &Interrupt,
    end: impl FnOnce() + Send,
    work: impl FnOnce() -> T,
) -> T {
    thread::scope(|scope| {
        // Dropped at the end of the closure, which stops the thread at once.
        let (_over, over) = mpsc::channel::<()>();
        scope.spawn(move || {
            while matches!(over.recv_timeout(GLANCE), Err(RecvTimeoutError::Timeout)) {
                if interrupt.is_halted() {
                    return end();
                }
            }
        });
        work()
    })
}
