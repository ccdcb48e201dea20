//! A run on several targets as the JSON stream that it was, target by target.

use jiff::Timestamp;

use crate::history::{History, RunRecord, State, TargetRecord};
use crate::model::error::{Diagnostic, Failure, Severity};
use crate::model::event::{Event, SCHEMA};
use crate::model::exit::Exit;
use crate::model::fleet::{Ending, FleetEvent, HostEvent, HostOutcome, Stage};
use crate::model::natural;
use crate::report::FleetReporter;

use super::super::stop::Stop;

/// All of it; of a run that has not come to its end, what is known.
pub(super) fn tell(history: &History, run: &RunRecord, reporter: &mut dyn FleetReporter) -> Result<(), Stop> {
    reporter.event(&FleetEvent::Stage(Stage::FleetStarted {
        schema: SCHEMA,
        mode: run.mode,
        run_list: run.run_list.clone(),
        targets: run.targets.iter().map(|target| target.target.clone()).collect(),
        batches: 1,
        run: Some(run.run.clone()),
    }));
    let mut hosts: Vec<HostOutcome> = Vec::new();
    for target in &run.targets {
        hosts.extend(tell_target(history, run, target, reporter)?);
    }
    if let (State::Ended, Some(exit)) = (run.state, run.exit) {
        hosts.sort_by(|a, b| natural::compare(&a.target, &b.target));
        let milliseconds = lasted(run).unwrap_or_default();
        reporter.event(&FleetEvent::Stage(Stage::FleetFinished { exit, milliseconds, hosts }));
    }
    Ok(())
}

/// One of the targets; what became of it, if that is known.
pub(super) fn tell_target(
    history: &History,
    run: &RunRecord,
    target: &TargetRecord,
    reporter: &mut dyn FleetReporter,
) -> Result<Option<HostOutcome>, Stop> {
    let name = &target.target;
    let mut seen = Seen::default();
    let mut events = Vec::new();
    let give = &mut |event: Event| events.extend(seen.note(event));
    history.replay(target, give).map_err(Stop::failed)?;
    if target.exit.is_some() || !events.is_empty() {
        reporter.event(&FleetEvent::Stage(Stage::HostStarted { target: name.clone() }));
    }
    for event in events {
        let event = HostEvent { target: name.clone(), event: Box::new(event) };
        reporter.event(&FleetEvent::Host(event));
    }
    if target.exit.is_none() && run.state != State::Ended {
        return Ok(None);
    }
    let outcome = seen.outcome(target);
    reporter.event(&FleetEvent::Stage(Stage::HostFinished(Box::new(outcome.clone()))));
    Ok(Some(outcome))
}

/// What the events tell of the outcome.
#[derive(Default)]
struct Seen {
    begun: bool,
    milliseconds: u64,
    failed: Option<(String, Failure)>,
    findings: Vec<Diagnostic>,
}

impl Seen {
    /// Mistakes of recipes are recorded like events, and belong to the outcome.
    fn note(&mut self, event: Event) -> Option<Event> {
        match &event {
            Event::RunStarted { .. } => self.begun = true,
            Event::RunFinished { failures, milliseconds, .. } => {
                self.milliseconds = *milliseconds;
                self.failed =
                    failures.first().map(|(resource, failure)| (resource.id.clone(), failure.clone()));
            }
            Event::Warning { diagnostic } if diagnostic.severity == Severity::Error && !self.begun => {
                self.findings.push(diagnostic.clone());
                return None;
            }
            _ => {}
        }
        Some(event)
    }

    fn outcome(self, target: &TargetRecord) -> HostOutcome {
        let ending = match target.exit {
            None => Ending::NotStarted,
            Some(exit) if exit == Exit::Success as u8 => Ending::Converged,
            Some(exit) if exit == Exit::Compile as u8 => Ending::DoesNotCompile,
            Some(exit) if exit == Exit::Unreachable as u8 && self.begun => Ending::Lost,
            Some(exit) if exit == Exit::Unreachable as u8 => Ending::Unreachable,
            Some(exit) if exit == Exit::Locked as u8 => Ending::Locked,
            Some(exit) if exit == Exit::Interrupted as u8 => Ending::Interrupted,
            Some(_) => Ending::Failed,
        };
        let (resource, failure) = self.failed.unzip();
        HostOutcome {
            counts: target.counts,
            milliseconds: self.milliseconds,
            resource,
            failure: target.failure.clone().or(failure),
            findings: self.findings,
            ..HostOutcome::new(&target.target, ending)
        }
    }
}

/// Milliseconds from its begin to its end, of which whole seconds are recorded.
fn lasted(run: &RunRecord) -> Option<u64> {
    let [begun, ended] = [&run.begun, run.ended.as_ref()?].map(|time| time.parse::<Timestamp>().ok());
    let seconds = ended?.as_second() - begun?.as_second();
    u64::try_from(seconds).ok().map(|seconds| seconds * 1000)
}
