//! Single queries and steps for an agent. Its answers are checked, because a target is not trusted.

use crate::model::error::Failure;
use crate::model::message::{FromAgent, ToAgent};
use crate::model::query::{Answer, Query};
use crate::model::step::{Progress, Step};
use crate::target::frame::{self, Broken};
use crate::target::interrupt::Interrupt;

use super::connect::AgentConnection;
use super::interrupts::when_halted;
use super::session_error::{Reason, SessionError};
use super::wire::Output;

/// Asks a batch of queries. A command among them ends if the run is halted.
///
/// # Errors
/// The agent failed, or its answers are invalid.
pub(super) fn ask(
    reached: &mut AgentConnection,
    interrupt: &Interrupt,
    queries: &[Query],
) -> Result<Vec<Answer>, SessionError> {
    let AgentConnection { input, output, .. } = reached;
    output.send(&ToAgent::Ask(queries.to_vec()))?;
    match when_halted(interrupt, halting(output), || frame::receive(input))? {
        FromAgent::Answers(answers) if fit(queries, &answers) => Ok(answers),
        FromAgent::Answers(_) => {
            Err(Broken::Senseless("answers came that no question fits".to_owned()).into())
        }
        FromAgent::Failed(failure) => Err(SessionError::Failed(Reason::Remote(failure))),
        _ => Err(Broken::Senseless("answers were expected".to_owned()).into()),
    }
}

/// Applies a step. The inner result is that of the step.
///
/// # Errors
/// The agent failed, or its answer is invalid.
pub(super) fn apply(
    reached: &mut AgentConnection,
    interrupt: &Interrupt,
    step: &Step,
    progress: &mut dyn FnMut(Progress),
) -> Result<Result<(), Failure>, SessionError> {
    let AgentConnection { input, output, .. } = reached;
    output.send(&ToAgent::Apply(Box::new(step.clone())))?;
    when_halted(interrupt, halting(output), || {
        loop {
            match frame::receive(input)? {
                FromAgent::Progress(told) => progress(told),
                FromAgent::Applied(None) => return Ok(Ok(())),
                FromAgent::Applied(Some(failure)) => return Ok(Err(failure)),
                FromAgent::Failed(failure) => return Err(SessionError::Failed(Reason::Remote(failure))),
                _ => return Err(Broken::Senseless("the end of a step was expected".to_owned()).into()),
            }
        }
    })
}

/// A function that makes the agent end its command.
fn halting(output: &Output) -> impl FnOnce() + Send + use<> {
    let output = output.clone();
    move || {
        // If the target is gone, the reader reports that.
        let _ = output.send(&ToAgent::Halt);
    }
}

/// Whether each answer fits its query.
fn fit(queries: &[Query], answers: &[Answer]) -> bool {
    queries.len() == answers.len() && queries.iter().zip(answers).all(|(query, answer)| answer.fits(query))
}
