//! Replays a recorded run as a stream of events, target by target.

use jiff::Timestamp;

use crate::history::{History, RecordedRun, State, TargetRecord};
use crate::model::ending::Ending;
use crate::model::error::Severity;
use crate::model::event::{Event, SCHEMA};
use crate::model::fleet::{FleetEvent, Stage, TargetEvent, TargetOutcome};
use crate::model::natural;
use crate::model::sorted;
use crate::report::Reporter;

use super::super::early_end::EarlyEnd;

/// Replays the whole run. If it has not ended, what is known.
pub(super) fn tell(
    history: &History,
    run: &RecordedRun,
    reporter: &mut dyn Reporter,
) -> Result<(), EarlyEnd> {
    reporter.event(&FleetEvent::Stage(Stage::FleetStarted {
        schema: SCHEMA,
        mode: run.mode,
        run_list: run.run_list.clone(),
        targets: run.targets.iter().map(|target| target.target.clone()).collect(),
        batches: 1,
        run: Some(run.run.clone()),
    }));
    let mut targets: Vec<TargetOutcome> = Vec::new();
    for target in &run.targets {
        targets.extend(tell_target(history, run, target, reporter)?);
    }
    if let (State::Ended, Some(exit)) = (run.state, run.exit) {
        sorted::sort_by(&mut targets, |a, b| natural::compare(&a.target, &b.target));
        let milliseconds = lasted(run).unwrap_or_default();
        reporter.event(&FleetEvent::Stage(Stage::finished(exit, milliseconds, targets)));
    }
    Ok(())
}

/// Replays the only target of a run.
pub(super) fn tell_alone(
    history: &History,
    run: &RecordedRun,
    target: &TargetRecord,
    reporter: &mut dyn Reporter,
) -> Result<(), EarlyEnd> {
    let mut seen = SeenOutcome::of(target);
    let give = &mut |event: Event| {
        if let Some(event) = seen.note(event) {
            reporter.event(&told(target, event));
        }
    };
    history.replay(target, give)?;
    if run.state == State::Ended {
        reporter.event(&FleetEvent::Stage(Stage::TargetFinished(Box::new(seen.into_outcome(target)))));
    }
    Ok(())
}

/// Replays the recorded events of a target.
pub(super) fn replay(
    history: &History,
    target: &TargetRecord,
    reporter: &mut dyn Reporter,
) -> Result<(), EarlyEnd> {
    Ok(history.replay(target, &mut |event| reporter.event(&told(target, event)))?)
}

fn told(target: &TargetRecord, event: Event) -> FleetEvent {
    FleetEvent::Target(TargetEvent { target: target.target.clone(), event: Box::new(event) })
}

/// Replays one of the targets, with its outcome if it is known.
pub(super) fn tell_target(
    history: &History,
    run: &RecordedRun,
    target: &TargetRecord,
    reporter: &mut dyn Reporter,
) -> Result<Option<TargetOutcome>, EarlyEnd> {
    let name = &target.target;
    let mut seen = SeenOutcome::of(target);
    let mut events = Vec::new();
    let give = &mut |event: Event| events.extend(seen.note(event));
    history.replay(target, give).map_err(EarlyEnd::from)?;
    if target.exit.is_some() || !events.is_empty() {
        reporter.event(&FleetEvent::Stage(Stage::TargetStarted { target: name.clone() }));
    }
    for event in events {
        reporter.event(&match event {
            Event::Note { text } => FleetEvent::Stage(Stage::Note { target: Some(name.clone()), text }),
            event => told(target, event),
        });
    }
    if target.exit.is_none() && run.state != State::Ended {
        return Ok(None);
    }
    let outcome = seen.into_outcome(target);
    reporter.event(&FleetEvent::Stage(Stage::TargetFinished(Box::new(outcome.clone()))));
    Ok(Some(outcome))
}

/// The outcome, as far as the events tell.
struct SeenOutcome {
    begun: bool,
    outcome: TargetOutcome,
}

impl SeenOutcome {
    fn of(target: &TargetRecord) -> Self {
        let ending = target.outcome.unwrap_or(Ending::NotStarted);
        Self { begun: false, outcome: TargetOutcome::new(&target.target, ending) }
    }

    /// Errors in recipes are recorded as events, but belong to the outcome.
    fn note(&mut self, event: Event) -> Option<Event> {
        self.outcome.note(&event);
        match &event {
            Event::RunStarted { .. } => self.begun = true,
            Event::RunFinished { milliseconds, .. } => self.outcome.milliseconds = *milliseconds,
            Event::Warning { diagnostic } if diagnostic.severity == Severity::Error && !self.begun => {
                self.outcome.findings.push(diagnostic.clone());
                return None;
            }
            _ => {}
        }
        Some(event)
    }

    fn into_outcome(self, target: &TargetRecord) -> TargetOutcome {
        let failure = target.failure.clone().or(self.outcome.failure);
        TargetOutcome { counts: target.counts, failure, ..self.outcome }
    }
}

/// Duration of the run in milliseconds. Only whole seconds are recorded.
fn lasted(run: &RecordedRun) -> Option<u64> {
    let [begun, ended] = [&run.begun, run.ended.as_ref()?].map(|time| time.parse::<Timestamp>().ok());
    let seconds = ended?.as_second() - begun?.as_second();
    u64::try_from(seconds).ok().map(|seconds| seconds * 1000)
}
