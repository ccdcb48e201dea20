//! Goes through all hosts, batch by batch, and reports each. The work on a host is a parameter.

use std::cell::Cell;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use super::first_look::FirstLook;
use super::hosts::Fleet;
use super::workers::{self, Queue, Tell};
use crate::model::ending::{self, Ending};
use crate::model::english::count;
use crate::model::error::Failure;
use crate::model::event::{Event, SCHEMA};
use crate::model::exit::Exit;
use crate::model::fleet::{FleetEvent, Stage, TargetEvent, TargetOutcome};
use crate::model::natural;
use crate::model::sorted;
use crate::report::Reporter;
use crate::scope::MissingWords;

/// Sends the events of one host.
pub struct HostEvents<'a> {
    name: &'a str,
    tell: Tell<'a, FleetEvent>,
}

impl HostEvents<'_> {
    /// Sends an event.
    pub fn event(&self, event: Event) {
        let target = self.name.to_owned();
        (self.tell)(match event {
            Event::Note { text } => FleetEvent::Stage(Stage::Note { target: Some(target), text }),
            event => FleetEvent::Target(TargetEvent { target, event: event.into() }),
        });
    }

    fn stage(&self, stage: Stage) {
        (self.tell)(FleetEvent::Stage(stage));
    }
}

/// The work on a host, given by its index in the names.
pub type HostWork<'a> = dyn Fn(usize, &HostEvents<'_>) -> TargetOutcome + Sync + 'a;

/// Runs `one` for each host, and reports. A panic fails only its host.
///
/// # Errors
/// The report can't be written, or a thread can't be started.
pub fn drive(fleet: &Fleet<'_>, one: &HostWork<'_>, reporter: &mut dyn Reporter) -> io::Result<Exit> {
    through(fleet, None, one, reporter)
}

/// Like [`drive`], after a first look at all hosts if that is wanted.
///
/// # Errors
/// See [`drive`].
pub(super) fn through(
    fleet: &Fleet<'_>,
    look: Option<(&FirstLook<'_>, &HostWork<'_>)>,
    one: &HostWork<'_>,
    reporter: &mut dyn Reporter,
) -> io::Result<Exit> {
    let batches = fleet.limits.batches(fleet.names.len());
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    reporter.event(&FleetEvent::Stage(Stage::FleetStarted {
        schema: SCHEMA,
        mode: fleet.mode,
        run_list: fleet.run_list.to_vec(),
        targets: owned(fleet.names),
        batches: batches.len(),
        run: fleet.run.map(str::to_owned),
    }));
    let queue = Queue::new(fleet.limits.max_failures.map(usize::from));
    let is_interrupted = || fleet.interrupt.is_wanted();
    let mut outcomes: Vec<TargetOutcome> = Vec::new();
    if let Some((look, look_at)) = look {
        look_beyond(fleet, look, look_at, reporter, &mut outcomes)?;
        outcomes.iter().filter(|outcome| outcome.outcome.is_failure()).for_each(|_| queue.failed());
    }
    let look = look.map(|(look, _)| look);
    for (number, batch) in (1..).zip(batches) {
        let names = &fleet.names[batch.clone()];
        queue.fill(batch);
        // The hosts of the first batch are examined in any case, so that all problems are reported.
        let is_stopped = number > 1 && look.is_some_and(FirstLook::is_stopped);
        if queue.is_shut() || is_interrupted() || is_stopped {
            break;
        }
        reporter.event(&FleetEvent::Stage(Stage::BatchStarted { batch: number, targets: owned(names) }));
        let job = |index: usize, tell: Tell<'_, FleetEvent>| {
            if look.is_some_and(|look| !look.may_begin(index)) {
                return;
            }
            let outcome = whole(fleet, index, tell, one);
            if let Some(look) = look {
                look.ended(index, &outcome);
            }
            if outcome.outcome.is_failure() {
                queue.failed();
            }
            tell(FleetEvent::Stage(Stage::TargetFinished(outcome.into())));
        };
        let forks = fleet.limits.forks(names.len());
        let mut hear = |event| hear(fleet, event, reporter, &mut outcomes);
        workers::work(&queue, forks, &is_interrupted, &job, &mut hear)?;
        reporter.event(&FleetEvent::Stage(Stage::BatchFinished { batch: number }));
    }
    if let Some(why) = look.and_then(FirstLook::why_not) {
        fleet.board.pin(&why);
    }
    let exit = close(fleet, outcomes, reporter);
    match reporter.finish() {
        // The reader of the report has closed it. The exit code still tells the result.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error),
        _ => Ok(exit),
    }
}

/// Examines the hosts beyond the first group, each over a connection of its own. Only hosts whose run ends here are
/// reported.
fn look_beyond(
    fleet: &Fleet<'_>,
    look: &FirstLook<'_>,
    look_at: &HostWork<'_>,
    reporter: &mut dyn Reporter,
    outcomes: &mut Vec<TargetOutcome>,
) -> io::Result<()> {
    let beyond = look.beyond();
    if beyond.is_empty() {
        return Ok(());
    }
    let text = format!("looking at {} before one is touched", count(fleet.names.len(), "target"));
    reporter.event(&FleetEvent::Stage(Stage::Note { target: None, text }));
    let job = |index: usize, tell: Tell<'_, FleetEvent>| {
        let name = fleet.names[index];
        let is_told_of = Cell::new(false);
        let begin = || {
            if !is_told_of.replace(true) {
                tell(FleetEvent::Stage(Stage::TargetStarted { target: name.to_owned() }));
            }
        };
        let tell_of = |event| {
            begin();
            tell(event);
        };
        let outcome = guarded(fleet, index, &HostEvents { name, tell: &tell_of }, look_at);
        if let Some(outcome) = look.end_of_look(index, outcome) {
            tell_of(FleetEvent::Stage(Stage::TargetFinished(outcome.into())));
        }
    };
    let queue = Queue::new(None);
    let forks = fleet.limits.forks(beyond.len());
    queue.fill(beyond);
    let mut hear = |event| hear(fleet, event, reporter, outcomes);
    workers::work(&queue, forks, &|| fleet.interrupt.is_wanted(), &job, &mut hear)
}

/// Passes an event to the reporter, with the notes on the board.
fn hear(
    fleet: &Fleet<'_>,
    event: Option<FleetEvent>,
    reporter: &mut dyn Reporter,
    outcomes: &mut Vec<TargetOutcome>,
) {
    for text in fleet.board.take() {
        reporter.event(&FleetEvent::Stage(Stage::Note { target: None, text }));
    }
    let Some(event) = event else { return reporter.tick() };
    reporter.event(&event);
    if let FleetEvent::Stage(Stage::TargetFinished(outcome)) = event {
        outcomes.push(*outcome);
    }
}

/// Runs one host from start to end.
fn whole(fleet: &Fleet<'_>, index: usize, tell: Tell<'_, FleetEvent>, one: &HostWork<'_>) -> TargetOutcome {
    let name = fleet.names[index];
    let host_events = HostEvents { name, tell };
    let _at_work = fleet.board.begin(name);
    host_events.stage(Stage::TargetStarted { target: name.to_owned() });
    guarded(fleet, index, &host_events, one)
}

/// Runs the work, and catches panics.
fn guarded(
    fleet: &Fleet<'_>,
    index: usize,
    host_events: &HostEvents<'_>,
    one: &HostWork<'_>,
) -> TargetOutcome {
    let begin = Instant::now();
    let mut outcome = catch_unwind(AssertUnwindSafe(|| one(index, host_events))).unwrap_or_else(|_| {
        let failure = Failure::new("chefrs crashed while it worked on this target")
            .hint("run again for this target alone, and report what it prints");
        TargetOutcome { failure: Some(failure), ..TargetOutcome::new(fleet.names[index], Ending::Failed) }
    });
    outcome.milliseconds = milliseconds(begin);
    outcome
}

/// Reports the results of all hosts.
fn close(fleet: &Fleet<'_>, mut targets: Vec<TargetOutcome>, reporter: &mut dyn Reporter) -> Exit {
    for text in fleet.board.take() {
        reporter.event(&FleetEvent::Stage(Stage::Note { target: None, text }));
    }
    for name in fleet.names {
        if !targets.iter().any(|outcome| outcome.target == *name) {
            let outcome = TargetOutcome::new(name, Ending::NotStarted);
            reporter.event(&FleetEvent::Stage(Stage::TargetFinished(outcome.clone().into())));
            targets.push(outcome);
        }
    }
    sorted::sort_by(&mut targets, |a, b| natural::compare(&a.target, &b.target));
    let endings = targets.iter().map(|outcome| outcome.outcome);
    let mut exit = ending::exit(endings, fleet.interrupt.is_wanted());
    let findings = fleet.missing_words.map(MissingWords::everywhere).unwrap_or_default();
    if !findings.is_empty() && matches!(exit, Exit::Success | Exit::Changes) {
        exit = Exit::Compile;
    }
    let milliseconds = milliseconds(fleet.started);
    let end = Stage::FleetFinished { exit: exit as u8, milliseconds, targets, findings };
    reporter.event(&FleetEvent::Stage(end));
    exit
}

fn milliseconds(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}
