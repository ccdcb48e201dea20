//! Whoever interrupts here interrupts there.

use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use crate::model::message::ToAgent;
use crate::target::interrupt::Interrupt;

use super::wire::Output;

/// How often it is looked whether somebody wants the run to end.
const GLANCE: Duration = Duration::from_millis(50);

/// Passes interrupts on until `over`: the first lets the resource at hand finish, the second ends its command.
pub(super) fn pass_on(over: &Receiver<()>, interrupt: &Interrupt, output: &Output) {
    let mut told = [false; 2];
    while matches!(over.recv_timeout(GLANCE), Err(RecvTimeoutError::Timeout)) {
        let wanted = [interrupt.is_wanted(), interrupt.is_halted()];
        let words = [ToAgent::Interrupt, ToAgent::Halt];
        for ((told, wanted), word) in told.iter_mut().zip(wanted).zip(words) {
            if wanted && !*told {
                // A target that is gone is told of by whoever reads from it, and of this over the next connection.
                let _ = output.send(&word);
                *told = true;
            }
        }
    }
}

/// Does the work, and calls `end` once when somebody wants the command at hand to end meanwhile.
pub(super) fn when_halted<T>(
    interrupt: &Interrupt,
    end: impl FnOnce() + Send,
    work: impl FnOnce() -> T,
) -> T {
    thread::scope(|scope| {
        // Dropped at the end of the closure, which ends the watch at once.
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
