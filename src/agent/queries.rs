//! Single queries and steps, without a run.

use std::thread;

use crate::model::error::Failure;
use crate::model::message::{FromAgent, ToAgent};
use crate::model::step::Step;
use crate::target::Target as _;
use crate::target::frame::{self, Broken};
use crate::target::interrupt::Interrupt;
use crate::target::local::Local;
use crate::target::local::runs::EndRequest;

use super::input::{ControlInput, message, senseless};
use super::output::AgentOutput;

/// Answers queries and applies steps until a run is to start or to be followed, or the input ends. A session is used
/// for a run or for these, not both.
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
    let mut is_asked = false;
    loop {
        next = match next {
            Ok(run @ (ToAgent::Begin(_) | ToAgent::Attach(_))) if !is_asked => return Ok(Some(run)),
            Ok(ToAgent::Ask(queries)) => {
                output.say(FromAgent::Answers(machine.ask(&queries)?));
                message(input, requested)
            }
            Ok(ToAgent::Apply(step)) => apply(&step, input, output, machine, interrupt),
            Ok(_) => return Err(Failure::new("the run did not begin with its collection")),
            Err(Broken::End) => return Ok(None),
            Err(broken) => return Err(senseless(&broken)),
        };
        is_asked = true;
    }
}

/// Applies a step. Returns the message after it. Interrupts are handled meanwhile.
fn apply(
    step: &Step,
    input: &mut ControlInput,
    output: &AgentOutput,
    machine: &mut Local,
    interrupt: &Interrupt,
) -> Result<ToAgent, Broken> {
    thread::scope(|scope| {
        let listening = scope.spawn(|| {
            loop {
                match frame::receive(input) {
                    Ok(ToAgent::Interrupt) => {}
                    Ok(ToAgent::Halt) => interrupt.end(),
                    other => return other,
                }
            }
        });
        let applied = machine.apply(step, &mut |progress| output.say(FromAgent::Progress(progress)));
        output.say(FromAgent::Applied(applied.err()));
        listening.join().unwrap_or(Err(Broken::End))
    })
}
