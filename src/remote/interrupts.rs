//! Whoever interrupts here interrupts there.

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use crate::converge::Options;
use crate::model::message::ToAgent;
use crate::target::local::halt;

use super::wire::Output;

/// How often it is looked whether somebody wants the run to end.
const GLANCE: Duration = Duration::from_millis(50);

/// Passes interrupts on until `over`: the first lets the resource at hand finish, the second ends its command.
pub(super) fn pass_on(over: &Receiver<()>, options: &Options, output: &Output) {
    let mut told = [false; 2];
    while matches!(over.recv_timeout(GLANCE), Err(RecvTimeoutError::Timeout)) {
        let wanted = [options.is_interrupted(), halt::is_halted()];
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
