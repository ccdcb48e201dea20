//! Floor 9: many hosts side by side: each has a run of its own, all of them one report.
//!
//! A host's run happens on a worker thread; whatever it says goes through one channel to the one thread that reports. So
//! a host that hangs, lies or dies holds up neither the others nor their output.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use camino::Utf8PathBuf;

use crate::converge::Options;
use crate::cookbook::Project;
use crate::hold::Beginning;
use crate::model::ending::{self, Ending};
use crate::model::error::Failure;
use crate::model::event::{Event, Mode, SCHEMA};
use crate::model::exit::Exit;
use crate::model::fleet::{FleetEvent, Stage, TargetEvent, TargetOutcome};
use crate::model::natural;
use crate::model::node::AttributeSource;
use crate::remote::{Destination, Patience};
use crate::report::FleetReporter;
use crate::run::{self, Request, Turns};
use crate::target::interrupt::Interrupt;

mod board;
mod crew;
mod limits;

pub use board::{AtWork, Board};
pub use limits::{Batch, FleetLimits};

use crew::{Queue, Tell};

/// One of the hosts.
#[derive(Debug)]
pub struct FleetHost {
    /// Its name in reports.
    pub name: String,
    /// How to get there; nothing if it is this machine.
    pub destination: Option<Destination>,
    /// What the inventory says of it, weakest first.
    pub attributes: Vec<AttributeSource>,
    /// Whether the inventory knows it; else its name is an address.
    pub is_node: bool,
}

/// What to converge on several hosts, and how.
#[derive(Debug)]
pub struct FleetOrder<'a> {
    /// The hosts, in the order in which they are begun.
    pub hosts: &'a [FleetHost],
    /// Project and cookbooks.
    pub project: &'a Project,
    /// `recipe`, `cookbook`, `cookbook::recipe`, in order.
    pub run_list: &'a [String],
    /// Attributes above those of each host.
    pub attributes: &'a [AttributeSource],
    /// Run or plan, and what to do when something goes wrong.
    pub options: Options,
    /// How long to wait on each host for another run to give it free.
    pub lock_timeout: Duration,
    /// How long to wait for a host that has gone.
    pub patience: Patience,
    /// Where this machine keeps lock, journal and history, if it is among the hosts and not where it usually does.
    pub state: Option<Utf8PathBuf>,
    /// How many at once.
    pub limits: FleetLimits,
    /// Who is under way.
    pub board: &'a Board,
    /// Id of the run, on each of them too.
    pub beginning: &'a Beginning,
    /// When the work began: the time that it reports counts from here.
    pub begin: Instant,
    /// Whether it is recorded, so that it can be named.
    pub is_recorded: bool,
}

/// Converges several hosts, or plans to, each as [`run`](crate::run::run) does one.
///
/// # Errors
/// The report can't be written, or no thread be started.
pub fn run(order: &FleetOrder<'_>, reporter: &mut dyn FleetReporter) -> io::Result<Exit> {
    let turns = Turns::of_this_machine();
    let names: Vec<&str> = order.hosts.iter().map(|host| host.name.as_str()).collect();
    let fleet = Fleet {
        names: &names,
        mode: order.options.mode,
        run_list: order.run_list,
        limits: order.limits,
        board: order.board,
        interrupt: &order.options.interrupt,
        begin: order.begin,
        run: order.is_recorded.then_some(order.beginning.run.as_str()),
    };
    let one = |index: usize, voice: &HostVoice<'_>| {
        let host = &order.hosts[index];
        let attributes = [host.attributes.as_slice(), order.attributes].concat();
        let request = Request {
            name: &host.name,
            destination: host.destination.as_ref(),
            project: order.project,
            run_list: order.run_list,
            attributes: &attributes,
            options: order.options.clone(),
            beginning: order.beginning,
            begin: Instant::now(),
            lock_timeout: order.lock_timeout,
            patience: order.patience,
            state: order.state.clone(),
            turns: Some(&turns),
        };
        run::run(&request, &mut |event| voice.event(event))
    };
    drive(&fleet, &one, reporter)
}

/// Hosts by name, and how to go through them, whatever is done with each.
#[derive(Debug)]
pub struct Fleet<'a> {
    /// Their names, in the order in which they are begun.
    pub names: &'a [&'a str],
    /// Run or plan.
    pub mode: Mode,
    /// What was asked for.
    pub run_list: &'a [String],
    /// How many at once.
    pub limits: FleetLimits,
    /// Who is under way.
    pub board: &'a Board,
    /// Whether somebody wants no further target to be begun.
    pub interrupt: &'a Interrupt,
    /// When the work began.
    pub begin: Instant,
    /// The id under which it is recorded, if it is.
    pub run: Option<&'a str>,
}

/// Where one host's events go.
pub struct HostVoice<'a> {
    name: &'a str,
    tell: Tell<'a, FleetEvent>,
}

impl HostVoice<'_> {
    /// Something happened.
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

/// Does `one` for each host, by its place among the names, and reports. Whatever breaks in it breaks that host alone.
///
/// # Errors
/// The report can't be written, or no thread be started.
pub fn drive(
    fleet: &Fleet<'_>,
    one: &(dyn Fn(usize, &HostVoice<'_>) -> TargetOutcome + Sync),
    reporter: &mut dyn FleetReporter,
) -> io::Result<Exit> {
    let batches = fleet.limits.batches(fleet.names.len());
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let mut say = |stage| reporter.event(&FleetEvent::Stage(stage));
    say(Stage::FleetStarted {
        schema: SCHEMA,
        mode: fleet.mode,
        run_list: fleet.run_list.to_vec(),
        targets: owned(fleet.names),
        batches: batches.len(),
        run: fleet.run.map(str::to_owned),
    });
    let queue = Queue::new(fleet.limits.max_failures.map(usize::from));
    let is_interrupted = || fleet.interrupt.is_wanted();
    let mut outcomes: Vec<TargetOutcome> = Vec::new();
    for (number, batch) in (1..).zip(batches) {
        let names = &fleet.names[batch.clone()];
        queue.fill(batch);
        if queue.is_shut() || is_interrupted() {
            break;
        }
        reporter.event(&FleetEvent::Stage(Stage::BatchStarted { batch: number, targets: owned(names) }));
        let job = |index: usize, tell: Tell<'_, FleetEvent>| {
            let outcome = whole(fleet, index, tell, one);
            if outcome.outcome.is_failure() {
                queue.failed();
            }
            tell(FleetEvent::Stage(Stage::TargetFinished(outcome.into())));
        };
        let mut hear = |event: Option<FleetEvent>| {
            for text in fleet.board.take() {
                reporter.event(&FleetEvent::Stage(Stage::Note { target: None, text }));
            }
            let Some(event) = event else { return reporter.tick() };
            reporter.event(&event);
            if let FleetEvent::Stage(Stage::TargetFinished(outcome)) = event {
                outcomes.push(*outcome);
            }
        };
        crew::work(&queue, fleet.limits.forks(names.len()), &is_interrupted, &job, &mut hear)?;
        reporter.event(&FleetEvent::Stage(Stage::BatchFinished { batch: number }));
    }
    let exit = close(fleet, outcomes, reporter);
    match reporter.finish() {
        // Whoever read the report has read enough of it; what became of the hosts is told by the exit code.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error),
        _ => Ok(exit),
    }
}

/// One host from begin to end, whatever happens to it.
fn whole(
    fleet: &Fleet<'_>,
    index: usize,
    tell: Tell<'_, FleetEvent>,
    one: &(dyn Fn(usize, &HostVoice<'_>) -> TargetOutcome + Sync),
) -> TargetOutcome {
    let (name, begin) = (fleet.names[index], Instant::now());
    let voice = HostVoice { name, tell };
    let _at_work = fleet.board.begin(name);
    voice.stage(Stage::TargetStarted { target: name.to_owned() });
    let mut outcome = catch_unwind(AssertUnwindSafe(|| one(index, &voice))).unwrap_or_else(|_| {
        let failure = Failure::new("chefrs itself broke while it worked on this target")
            .hint("run again for this target alone, and tell the makers of chefrs what it prints");
        TargetOutcome { failure: Some(failure), ..TargetOutcome::new(name, Ending::Failed) }
    });
    outcome.milliseconds = milliseconds(begin);
    outcome
}

/// Says what became of all.
fn close(fleet: &Fleet<'_>, mut targets: Vec<TargetOutcome>, reporter: &mut dyn FleetReporter) -> Exit {
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
    targets.sort_by(|a, b| natural::compare(&a.target, &b.target));
    let endings = targets.iter().map(|outcome| outcome.outcome);
    let exit = ending::exit(endings, fleet.interrupt.is_wanted());
    let milliseconds = milliseconds(fleet.begin);
    reporter.event(&FleetEvent::Stage(Stage::FleetFinished { exit: exit as u8, milliseconds, targets }));
    exit
}

/// Does `one` for each of several hosts, side by side; what comes of it is heard as it comes. Nobody is begun once
/// `is_interrupted` says so.
///
/// # Errors
/// No thread can be started.
pub fn each<T: Send>(
    hosts: &[FleetHost],
    limits: FleetLimits,
    is_interrupted: &(dyn Fn() -> bool + Sync),
    one: &(dyn Fn(&FleetHost) -> T + Sync),
    hear: &mut dyn FnMut(&FleetHost, T),
) -> io::Result<()> {
    let queue = Queue::new(None);
    queue.fill(0..hosts.len());
    let one = |index: usize, tell: Tell<'_, (usize, T)>| tell((index, one(&hosts[index])));
    let mut hear = |told: Option<(usize, T)>| {
        if let Some((index, answer)) = told {
            hear(&hosts[index], answer);
        }
    };
    crew::work(&queue, limits.forks(hosts.len()), is_interrupted, &one, &mut hear)
}

fn milliseconds(begin: Instant) -> u64 {
    u64::try_from(begin.elapsed().as_millis()).unwrap_or(u64::MAX)
}
