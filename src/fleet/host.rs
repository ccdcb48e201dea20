//! One host of several: its run, and what became of it.

use crate::model::error::Failure;
use crate::model::event::{Counts, Event, Mode, ResourceRef};
use crate::model::exit::Exit;
use crate::model::fleet::{Ending, HostOutcome};
use crate::report::Reporter;
use crate::run::{self, Request, Stopped};

use super::Voice;

/// Runs on one host; its events go to `voice`.
pub(super) fn run(name: &str, request: &Request<'_>, voice: &Voice<'_>) -> HostOutcome {
    let mut relay = Relay { voice, begun: false, counts: None, failed: None };
    let ended = run::run(request, &mut relay, &mut |words| voice.note(words));
    let Relay { begun, counts, failed, .. } = relay;
    let mut outcome = match ended {
        Ok(exit) => HostOutcome::new(name, ending(exit, request.options.mode)),
        Err(stopped) => stop(name, stopped, begun),
    };
    outcome.counts = counts;
    if let Some((resource, failure)) = failed {
        outcome.resource = Some(resource.id);
        // Why a host was lost says more than what had failed there before.
        outcome.failure.get_or_insert(failure);
    }
    outcome
}

fn ending(exit: Exit, mode: Mode) -> Ending {
    match exit {
        Exit::Success if mode == Mode::Plan => Ending::NothingToDo,
        Exit::Success => Ending::Converged,
        Exit::Changes => Ending::Changes,
        Exit::Compile => Ending::DoesNotCompile,
        Exit::Unreachable => Ending::Unreachable,
        Exit::Locked => Ending::Locked,
        Exit::Interrupted => Ending::Interrupted,
        Exit::Failed | Exit::Usage => Ending::Failed,
    }
}

fn stop(name: &str, stopped: Stopped, begun: bool) -> HostOutcome {
    let (ending, failure, findings) = match stopped {
        Stopped::Compile(findings) => (Ending::DoesNotCompile, None, findings.0),
        Stopped::Target(failure) if begun => (Ending::Lost, Some(failure), Vec::new()),
        Stopped::Target(failure) => (Ending::Unreachable, Some(failure), Vec::new()),
        Stopped::Locked(failure) => (Ending::Locked, Some(failure), Vec::new()),
        Stopped::Interrupted => (Ending::Interrupted, None, Vec::new()),
        Stopped::Report(error) => (Ending::Failed, Some(Failure::new(error.to_string())), Vec::new()),
    };
    HostOutcome { failure, findings, ..HostOutcome::new(name, ending) }
}

/// Passes events on, and keeps what the outcome needs.
struct Relay<'a> {
    voice: &'a Voice<'a>,
    begun: bool,
    counts: Option<Counts>,
    failed: Option<(ResourceRef, Failure)>,
}

impl Reporter for Relay<'_> {
    fn event(&mut self, event: &Event) {
        match event {
            Event::RunStarted { .. } => self.begun = true,
            Event::RunFinished { counts, failures, .. } => {
                self.counts = Some(*counts);
                self.failed = failures.first().cloned();
            }
            _ => {}
        }
        self.voice.event(event.clone());
    }

    /// Whoever reports for all knows whether it could be written.
    fn finish(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
