//! The first look: one of several machines is examined, then waits until the control side starts the run.

use std::sync::mpsc::{self, Receiver};
use std::sync::{Mutex, PoisonError};
use std::thread;

use super::input::{ControlInput, senseless};
use super::output::AgentOutput;
use super::work::AgentWork;
use crate::locked_run::Peers;
use crate::model::error::{Failure, FailureKind};
use crate::model::message::{FromAgent, ToAgent};
use crate::target::frame::{self, Broken};
use crate::target::interrupt::Interrupt;
use crate::target::local::runs::EndRequest;

/// The other targets, which only the control side knows.
#[derive(Debug)]
struct OverThere<'a> {
    output: &'a AgentOutput,
    /// Messages of the control side, except interrupts.
    next: Mutex<Receiver<Result<ToAgent, Broken>>>,
}

impl Peers for OverThere<'_> {
    /// Known from the hello.
    fn met(&self) {}

    fn refused(&self) {
        self.output.say(FromAgent::Looked(true));
    }

    fn wait(&self) -> Result<(), Failure> {
        self.output.say(FromAgent::Looked(false));
        let next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        match next.recv().unwrap_or(Err(Broken::End)) {
            Ok(ToAgent::GoOn) => Ok(()),
            // To cancel the run, the control side hangs up.
            Err(Broken::End) => Err(Failure::new("the run is not to begin").of_kind(FailureKind::HeldBack)),
            Ok(_) => Err(Failure::new("the run was not told to go on")),
            Err(broken) => Err(senseless(&broken)),
        }
    }
}

/// Examines the machine. Returns whether the run may begin. Interrupts are handled meanwhile.
///
/// # Errors
/// The machine can't be examined.
pub(super) fn look(
    input: &mut ControlInput,
    output: &AgentOutput,
    work: AgentWork,
    interrupt: &Interrupt,
    requested: &mut Option<EndRequest>,
) -> Result<bool, Failure> {
    let (hear, next) = mpsc::channel();
    let peers = OverThere { output, next: Mutex::new(next) };
    thread::scope(|scope| {
        scope.spawn(move || {
            let message = loop {
                match frame::receive(input) {
                    Ok(ToAgent::Interrupt) => {
                        *requested = (*requested).max(Some(EndRequest::Interrupt));
                        interrupt.finish();
                    }
                    Ok(ToAgent::Halt) => {
                        *requested = Some(EndRequest::Halt);
                        interrupt.end();
                    }
                    other => break other,
                }
            };
            // Nobody waits for it if the run was refused.
            let _ = hear.send(message);
        });
        match work.look(interrupt.clone(), &peers, &|message| output.say(message)) {
            Err(failure) if failure.kind == FailureKind::HeldBack => Ok(false),
            Err(failure) => {
                // The control side hangs up after this message, so wait for that.
                output.say(FromAgent::Failed(failure));
                Ok(false)
            }
            may_begin => may_begin,
        }
    })
}
