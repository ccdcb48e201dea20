//! Records runs in the history of this machine.

use std::io;

use camino::Utf8Path;

use crate::history::{Begun, BegunTarget, EndedTarget, History, Recording};
use crate::locked_run::{self, RunIdentity};
use crate::model::ending::Ending;
use crate::model::error::Failure;
use crate::model::event::{Event, Mode};
use crate::model::exit::Exit;
use crate::model::fleet::{FleetEvent, Stage, TargetEvent, TargetOutcome};
use crate::model::locked_cookbooks::LockedCookbooks;
use crate::model::query::{Answer, Query};
use crate::report::Reporter;
use crate::target::Target as _;
use crate::target::local::Local;

use super::early_end::EarlyEnd;
use super::environment;
use super::terminal::Terminal;

/// The data of a run that is known at its start.
#[derive(Debug, Clone, Copy)]
pub(super) struct RunStart<'a> {
    pub(super) run_identity: &'a RunIdentity,
    pub(super) project: &'a Utf8Path,
    pub(super) run_list: &'a [String],
    /// The cookbooks from elsewhere, if there are any.
    pub(super) lock: Option<&'a LockedCookbooks>,
}

/// A reporter that also records the events. Errors of the history don't affect the run.
pub(super) struct Recorder<'a> {
    reporter: &'a mut (dyn Reporter + Send),
    recording: Result<Recording, Failure>,
    /// Why the run on the last target ended without events that tell the reason.
    failure: Option<Failure>,
    terminal: &'a Terminal,
}

impl<'a> Recorder<'a> {
    /// Starts to record a run over these targets.
    ///
    /// With `at_once`, the start is written before this returns: for a run whose id is shown immediately, or that
    /// changes a target before the first event.
    pub(super) fn new(
        reporter: &'a mut (dyn Reporter + Send),
        targets: &[BegunTarget<'_>],
        start: &RunStart<'_>,
        at_once: bool,
        terminal: &'a Terminal,
    ) -> Result<Self, EarlyEnd> {
        let recording = begin(&mut environment::here()?, targets, start, at_once);
        Ok(Self { reporter, recording, failure: None, terminal })
    }

    /// Whether the run is recorded.
    pub(super) fn is_recording(&self) -> bool {
        self.recording.is_ok()
    }

    /// Records the end of the run.
    pub(super) fn end(self, exit: Exit) {
        match self.recording.and_then(|recording| recording.end(exit, &locked_run::now())) {
            // The run has reported the same failure.
            Err(failure) if self.failure.as_ref() == Some(&failure) => {}
            Err(failure) => warn(self.terminal, &failure),
            Ok(()) => {}
        }
    }
}

impl Reporter for Recorder<'_> {
    fn event(&mut self, event: &FleetEvent) {
        self.reporter.event(event);
        if let FleetEvent::Stage(Stage::TargetFinished(outcome)) = event {
            self.failure.clone_from(&outcome.failure);
        }
        let Ok(recording) = &self.recording else { return };
        match event {
            FleetEvent::Target(TargetEvent { target, event }) => recording.event(target, event),
            FleetEvent::Stage(Stage::TargetFinished(outcome)) => ended(recording, outcome),
            FleetEvent::Stage(Stage::Note { target: Some(target), text }) => {
                recording.event(target, &Event::Note { text: text.clone() });
            }
            FleetEvent::Stage(_) => {}
        }
    }

    fn tick(&mut self) {
        self.reporter.tick();
    }

    fn finish(&mut self) -> io::Result<()> {
        self.reporter.finish()
    }
}

fn begin(
    here: &mut Local,
    targets: &[BegunTarget<'_>],
    start: &RunStart<'_>,
    at_once: bool,
) -> Result<Recording, Failure> {
    let RunStart { run_identity, project, run_list, lock } = *start;
    let Some(Answer::Host(host)) = here.ask(&[Query::Host])?.into_iter().next() else {
        return Err(Failure::new("this machine does not say who runs here"));
    };
    let begun = Begun {
        run: &run_identity.run,
        begun: &run_identity.since,
        mode: Mode::Run,
        user: &host.user,
        project: &project.canonicalize_utf8().unwrap_or_else(|_| project.to_owned()),
        run_list,
        lock,
        targets,
    };
    let directory = here.state_directory();
    if at_once { History::open(&directory)?.begin(&begun) } else { History::record(&directory, &begun) }
}

/// Records how the run on a target ended, including errors in recipes. Failures of resources are in the events.
fn ended(recording: &Recording, outcome: &TargetOutcome) {
    for diagnostic in &outcome.findings {
        recording.event(&outcome.target, &Event::Warning { diagnostic: diagnostic.clone() });
    }
    if outcome.outcome != Ending::NotStarted {
        let failure = outcome.failure.clone().filter(|_| outcome.resource.is_none());
        recording.target_ended(&outcome.target, &EndedTarget { outcome: outcome.outcome, failure });
    }
}

fn warn(terminal: &Terminal, failure: &Failure) {
    let reasons: Vec<&str> =
        [&failure.message].into_iter().chain(&failure.hints).map(String::as_str).collect();
    let words = format!("warning: `chefrs log` will not show all of this run: {}", reasons.join("; "));
    // If nobody can read the note, the run still goes on.
    let _ = terminal.note(&words);
}
