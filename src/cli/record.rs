//! What a run leaves in the history of the machine that it was started on.

use std::io;

use camino::Utf8Path;

use crate::history::{Begun, BegunTarget, EndedTarget, History, Recording};
use crate::hold::{self, Beginning};
use crate::model::ending::Ending;
use crate::model::error::Failure;
use crate::model::event::{Event, Mode};
use crate::model::exit::Exit;
use crate::model::fleet::{FleetEvent, Stage, TargetEvent, TargetOutcome};
use crate::model::query::{Answer, Query};
use crate::report::{FleetReporter, Reporter};
use crate::target::Target as _;
use crate::target::local::Local;

use super::environment;
use super::stop::EarlyEnd;
use super::terminal::Terminal;

/// What is to be known of a run before it begins.
#[derive(Debug, Clone, Copy)]
pub(super) struct RunStart<'a> {
    pub(super) beginning: &'a Beginning,
    pub(super) project: &'a Utf8Path,
    pub(super) run_list: &'a [String],
}

/// A reporter that also records what it reports. Nothing that goes wrong with the record harms the run.
pub(super) struct Recorder<'a> {
    reporter: Box<dyn Reporter>,
    recording: Result<Recording, Failure>,
    target: &'a str,
    terminal: &'a Terminal,
}

impl<'a> Recorder<'a> {
    /// Records what goes to the reporter, as a run over one target.
    ///
    /// A target elsewhere changes before it tells of it, so the history must tell of the run by then.
    pub(super) fn new(
        reporter: Box<dyn Reporter>,
        aim: BegunTarget<'a>,
        start: &RunStart<'_>,
        is_here: bool,
        terminal: &'a Terminal,
    ) -> Result<Self, EarlyEnd> {
        let record = if is_here { History::record } else { at_once };
        let recording = begin(&mut environment::here()?, &[aim], start, record);
        Ok(Self { reporter, recording, target: aim.name, terminal })
    }

    /// Records how it ended.
    pub(super) fn end(self, outcome: &TargetOutcome) {
        let recorded = self.recording.and_then(|recording| {
            ended(&recording, outcome);
            recording.end(outcome.outcome.exit().unwrap_or(Exit::Success), &hold::now())
        });
        match (recorded, &outcome.failure) {
            // The run has met the same, and tells it itself.
            (Err(failure), Some(own)) if failure == *own => {}
            (Err(failure), _) => warn(self.terminal, &failure),
            (Ok(()), _) => {}
        }
    }
}

impl Reporter for Recorder<'_> {
    fn event(&mut self, event: &Event) {
        self.reporter.event(event);
        if let Ok(recording) = &self.recording {
            recording.event(self.target, event);
        }
    }

    fn outcome(&mut self, outcome: &TargetOutcome) {
        self.reporter.outcome(outcome);
    }

    fn finish(&mut self) -> io::Result<()> {
        self.reporter.finish()
    }
}

/// The same for a run over several targets.
pub(super) struct FleetRecorder<'a> {
    reporter: Box<dyn FleetReporter>,
    recording: Result<Recording, Failure>,
    terminal: &'a Terminal,
}

impl<'a> FleetRecorder<'a> {
    /// Records what goes to the reporter, as one run.
    pub(super) fn new(
        reporter: Box<dyn FleetReporter>,
        targets: &[BegunTarget<'_>],
        start: &RunStart<'_>,
        terminal: &'a Terminal,
    ) -> Result<Self, EarlyEnd> {
        // It is named as soon as it begins, so the history must tell of it by then.
        let recording = begin(&mut environment::here()?, targets, start, at_once);
        Ok(Self { reporter, recording, terminal })
    }

    /// Whether there is a record, so that the run can be named.
    pub(super) fn is_recording(&self) -> bool {
        self.recording.is_ok()
    }

    /// Records how it ended.
    pub(super) fn end(self, exit: Exit) {
        let recorded = self.recording.and_then(|recording| recording.end(exit, &hold::now()));
        if let Err(failure) = recorded {
            warn(self.terminal, &failure);
        }
    }
}

impl FleetReporter for FleetRecorder<'_> {
    fn event(&mut self, event: &FleetEvent) {
        self.reporter.event(event);
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
    record: impl FnOnce(&Utf8Path, &Begun<'_>) -> Result<Recording, Failure>,
) -> Result<Recording, Failure> {
    let RunStart { beginning, project, run_list } = *start;
    let Some(Answer::Host(host)) = here.ask(&[Query::Host])?.into_iter().next() else {
        return Err(Failure::new("this machine does not say who runs here"));
    };
    let begun = Begun {
        run: &beginning.run,
        begun: &beginning.since,
        mode: Mode::Run,
        user: &host.user,
        project: &project.canonicalize_utf8().unwrap_or_else(|_| project.to_owned()),
        run_list,
        targets,
    };
    record(&here.state_directory(), &begun)
}

/// Records a run that the history tells of when this returns.
fn at_once(directory: &Utf8Path, begun: &Begun<'_>) -> Result<Recording, Failure> {
    History::open(directory)?.begin(begun)
}

/// What became of the run on a target. What is wrong with the recipes is kept as it is told; what a resource failed from
/// is in the events.
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
    let words = format!("warning: `chefrs log` will not tell all of this run: {}", reasons.join("; "));
    // Where nobody can read it, the run goes on all the same.
    let _ = terminal.note(&words);
}
