//! A machine that is one of several is looked at first, and waits until the control side says that the run may begin.

use std::sync::mpsc::{self, Receiver};
use std::sync::{Mutex, PoisonError};
use std::thread;

use super::input::{ControlInput, senseless};
use super::output::AgentVoice;
use super::work::AgentWork;
use crate::hold::Peers;
use crate::model::error::{Failure, FailureKind};
use crate::model::message::{FromAgent, ToAgent};
use crate::target::frame::{self, Broken};
use crate::target::interrupt::Interrupt;
use crate::target::local::runs::Wish;

/// The other targets, of which the control side knows.
#[derive(Debug)]
struct OverThere<'a> {
    voice: &'a AgentVoice,
    /// What comes from the control side that is no interrupt.
    next: Mutex<Receiver<Result<ToAgent, Broken>>>,
}

impl Peers for OverThere<'_> {
    /// The hello has said so.
    fn met(&self) {}

    fn refused(&self) {
        self.voice.say(FromAgent::Looked(true));
    }

    fn wait(&self) -> Result<(), Failure> {
        self.voice.say(FromAgent::Looked(false));
        let next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        match next.recv().unwrap_or(Err(Broken::End)) {
            Ok(ToAgent::GoOn) => Ok(()),
            // Where the run is not to begin the control side hangs up.
            Err(Broken::End) => Err(Failure::new("the run is not to begin").of_kind(FailureKind::HeldBack)),
            Ok(_) => Err(Failure::new("the run was not told to go on")),
            Err(broken) => Err(senseless(&broken)),
        }
    }
}

/// Looks at the machine; whether the run may begin. Meanwhile interrupts are listened to.
///
/// # Errors
/// The machine can't be looked at.
pub(super) fn look(
    input: &mut ControlInput,
    voice: &AgentVoice,
    work: AgentWork,
    interrupt: &Interrupt,
    wished: &mut Option<Wish>,
) -> Result<bool, Failure> {
    let (hear, next) = mpsc::channel();
    let peers = OverThere { voice, next: Mutex::new(next) };
    thread::scope(|scope| {
        scope.spawn(move || {
            let message = loop {
                match frame::receive(input) {
                    Ok(ToAgent::Interrupt) => {
                        *wished = (*wished).max(Some(Wish::Interrupt));
                        interrupt.finish();
                    }
                    Ok(ToAgent::Halt) => {
                        *wished = Some(Wish::Halt);
                        interrupt.end();
                    }
                    other => break other,
                }
            };
            // Nobody asks for it where the run is refused.
            let _ = hear.send(message);
        });
        match work.look(interrupt.clone(), &peers, &|message| voice.say(message)) {
            Err(failure) if failure.kind == FailureKind::HeldBack => Ok(false),
            Err(failure) => {
                // The control side hangs up once it has heard of it, and is waited for until then.
                voice.say(FromAgent::Failed(failure));
                Ok(false)
            }
            may_begin => may_begin,
        }
    })
}
