//! Questions and single steps, for who wants no run.

use std::io::Read;
use std::sync::atomic::AtomicBool;
use std::thread;

use crate::model::error::Failure;
use crate::model::message::{Begin, FromAgent, ToAgent};
use crate::model::step::Step;
use crate::target::Target as _;
use crate::target::frame::{self, Broken};
use crate::target::local::Local;

use super::voice::Voice;
use super::{interrupt, message, senseless};

/// Answers and does what comes until a run begins, or nothing more comes. A session is either the one or the other.
///
/// # Errors
/// What came makes no sense.
pub(super) fn until_begin(
    input: &mut (dyn Read + Send),
    voice: &Voice,
    machine: &mut Local,
    interrupted: &AtomicBool,
) -> Result<Option<Begin>, Failure> {
    let mut next = message(input, interrupted);
    let mut is_asked = false;
    loop {
        next = match next {
            Ok(ToAgent::Begin(begin)) if !is_asked => return Ok(Some(begin)),
            Ok(ToAgent::Ask(queries)) => {
                voice.say(FromAgent::Answers(machine.ask(&queries)?));
                message(input, interrupted)
            }
            Ok(ToAgent::Apply(step)) => apply(&step, input, voice, machine, interrupted),
            Ok(_) => return Err(Failure::new("the run did not begin with its collection")),
            Err(Broken::End) => return Ok(None),
            Err(broken) => return Err(senseless(&broken)),
        };
        is_asked = true;
    }
}

/// Does the step, and gives what comes after it. Meanwhile interrupts are listened to.
fn apply(
    step: &Step,
    input: &mut (dyn Read + Send),
    voice: &Voice,
    machine: &mut Local,
    interrupted: &AtomicBool,
) -> Result<ToAgent, Broken> {
    thread::scope(|scope| {
        let listening = scope.spawn(|| {
            loop {
                match frame::receive(input) {
                    Ok(ToAgent::Interrupt) => interrupt(interrupted),
                    other => return other,
                }
            }
        });
        let applied = machine.apply(step, &mut |progress| voice.say(FromAgent::Progress(progress)));
        voice.say(FromAgent::Applied(applied.err()));
        listening.join().unwrap_or(Err(Broken::End))
    })
}
