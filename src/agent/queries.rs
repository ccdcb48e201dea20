//! Single queries and steps, without a run.

use std::thread;

use crate::model::error::Failure;
use crate::model::message::{FromAgent, ToAgent};
use crate::target::Target as _;
use crate::target::frame::{self, Broken};
use crate::target::interrupt::Interrupt;
use crate::target::local::Local;
use crate::target::local::runs::EndRequest;

use super::input::{ControlInput, message, senseless};
use super::output::AgentOutput;

/// Answers queries and applies steps until a run is to start or to be followed, or the input ends. Questions may come
/// before a run, steps may not: no step is left unrecorded.
///
/// # Errors
/// The input is invalid.
pub(super) fn until_run(
    input: &mut ControlInput,
    output: &AgentOutput,
    machine: &mut Local,
    interrupt: &Interrupt,
    requested: &mut Option<EndRequest>,
) -> Result<Option<ToAgent>, Failure> {
    let mut next = message(input, requested);
    let mut has_applied = false;
    loop {
        next = match next {
            Ok(run @ (ToAgent::Begin(_) | ToAgent::Attach(_))) if !has_applied => return Ok(Some(run)),
            Ok(ToAgent::Ask(queries)) => {
                let answer = || match machine.ask(&queries) {
                    Ok(answers) => output.say(FromAgent::Answers(answers)),
                    Err(failure) => output.say(FromAgent::Failed(failure)),
                };
                listening(input, interrupt, requested, answer)
            }
            Ok(ToAgent::Apply(step)) => {
                has_applied = true;
                let apply = || {
                    let mut progress = |progress| output.say(FromAgent::Progress(progress));
                    let applied = machine.apply(&step, &mut progress);
                    output.say(FromAgent::Applied(applied.err()));
                };
                listening(input, interrupt, requested, apply)
            }
            Ok(_) => return Err(Failure::new("the run did not begin with its collection")),
            Err(Broken::End) => return Ok(None),
            Err(broken) => return Err(senseless(&broken)),
        };
    }
}

/// Does the work. Meanwhile a command ends if the run is halted. Interrupts are stored, too. Returns the message after it.
fn listening(
    input: &mut ControlInput,
    interrupt: &Interrupt,
    requested: &mut Option<EndRequest>,
    work: impl FnOnce(),
) -> Result<ToAgent, Broken> {
    thread::scope(|scope| {
        let listening = scope.spawn(|| {
            loop {
                match frame::receive(input) {
                    Ok(ToAgent::Interrupt) => *requested = (*requested).max(Some(EndRequest::Interrupt)),
                    Ok(ToAgent::Halt) => {
                        *requested = Some(EndRequest::Halt);
                        interrupt.end();
                    }
                    other => return other,
                }
            }
        });
        work();
        listening.join().unwrap_or(Err(Broken::End))
    })
}
