//! Floor 8: many hosts side by side: each has a run of its own, all of them one report.
//!
//! A host's run happens on a worker thread; whatever it says goes through one channel to the one thread that reports. So
//! a host that hangs, lies or dies holds up neither the others nor their output.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use camino::Utf8PathBuf;

use crate::converge::Options;
use crate::cookbook::Project;
use crate::hold::Beginning;
use crate::model::error::Failure;
use crate::model::event::{Event, Mode, SCHEMA};
use crate::model::exit::Exit;
use crate::model::fleet::{self, Ending, FleetEvent, HostEvent, HostOutcome, Stage};
use crate::model::natural;
use crate::model::node::AttributeSource;
use crate::remote::{Destination, Patience};
use crate::report::FleetReporter;
use crate::run::{Request, Turns};

mod board;
mod crew;
mod host;
mod limits;

pub use board::{AtWork, Board};
pub use limits::{Batch, Limits};

use crew::{Queue, Tell};

/// One of the hosts.
#[derive(Debug)]
pub struct Host {
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
pub struct Order<'a> {
    /// The hosts, in the order in which they are begun.
    pub hosts: &'a [Host],
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
    pub limits: Limits,
    /// Who is under way.
    pub board: &'a Board,
    /// The id under which it is recorded, if it is.
    pub run: Option<&'a str>,
}

/// Converges several hosts, or plans to, each as [`run`](crate::run::run) does one.
///
/// # Errors
/// The report can't be written, or no thread be started.
pub fn run(order: &Order<'_>, reporter: &mut dyn FleetReporter) -> io::Result<Exit> {
    let turns = Turns::of_this_machine();
    let names: Vec<&str> = order.hosts.iter().map(|host| host.name.as_str()).collect();
    let fleet = Fleet {
        names: &names,
        mode: order.options.mode,
        run_list: order.run_list,
        limits: order.limits,
        board: order.board,
        interrupted: &order.options.interrupted,
        run: order.run,
    };
    let one = |index: usize, voice: &Voice<'_>| {
        let host = &order.hosts[index];
        let attributes = [host.attributes.as_slice(), order.attributes].concat();
        let request = Request {
            name: &host.name,
            destination: host.destination.as_ref(),
            project: order.project,
            run_list: order.run_list,
            attributes: &attributes,
            options: order.options.clone(),
            beginning: Beginning::now(),
            lock_timeout: order.lock_timeout,
            patience: order.patience,
            state: order.state.clone(),
            turns: Some(&turns),
        };
        host::run(&host.name, &request, voice)
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
    pub limits: Limits,
    /// Who is under way.
    pub board: &'a Board,
    /// Set from outside to begin no further host.
    pub interrupted: &'a AtomicBool,
    /// The id under which it is recorded, if it is.
    pub run: Option<&'a str>,
}

/// Where one host's events go.
pub struct Voice<'a> {
    name: &'a str,
    tell: Tell<'a, FleetEvent>,
}

impl Voice<'_> {
    /// Something happened.
    pub fn event(&self, event: Event) {
        (self.tell)(FleetEvent::Host(HostEvent { target: self.name.to_owned(), event: event.into() }));
    }

    /// A line for people, outside of the run itself.
    pub fn note(&self, words: &str) {
        self.stage(Stage::Note { target: Some(self.name.to_owned()), text: words.to_owned() });
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
    one: &(dyn Fn(usize, &Voice<'_>) -> HostOutcome + Sync),
    reporter: &mut dyn FleetReporter,
) -> io::Result<Exit> {
    let begin = Instant::now();
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
    let is_interrupted = || fleet.interrupted.load(Ordering::Relaxed);
    let mut outcomes: Vec<HostOutcome> = Vec::new();
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
            tell(FleetEvent::Stage(Stage::HostFinished(outcome.into())));
        };
        let mut hear = |event: Option<FleetEvent>| {
            for text in fleet.board.take() {
                reporter.event(&FleetEvent::Stage(Stage::Note { target: None, text }));
            }
            let Some(event) = event else { return reporter.tick() };
            reporter.event(&event);
            if let FleetEvent::Stage(Stage::HostFinished(outcome)) = event {
                outcomes.push(*outcome);
            }
        };
        crew::work(&queue, fleet.limits.forks(names.len()), &is_interrupted, &job, &mut hear)?;
        reporter.event(&FleetEvent::Stage(Stage::BatchFinished { batch: number }));
    }
    let exit = close(fleet, outcomes, begin, reporter);
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
    one: &(dyn Fn(usize, &Voice<'_>) -> HostOutcome + Sync),
) -> HostOutcome {
    let (name, begin) = (fleet.names[index], Instant::now());
    let voice = Voice { name, tell };
    let _at_work = fleet.board.begin(name);
    voice.stage(Stage::HostStarted { target: name.to_owned() });
    let mut outcome = catch_unwind(AssertUnwindSafe(|| one(index, &voice))).unwrap_or_else(|_| {
        let failure = Failure::new("chefrs itself broke while it worked on this host")
            .hint("run again for this host alone, and tell the makers of chefrs what it prints");
        HostOutcome { failure: Some(failure), ..HostOutcome::new(name, Ending::Failed) }
    });
    outcome.milliseconds = milliseconds(begin);
    outcome
}

/// Says what became of all.
fn close(
    fleet: &Fleet<'_>,
    mut hosts: Vec<HostOutcome>,
    begin: Instant,
    reporter: &mut dyn FleetReporter,
) -> Exit {
    for text in fleet.board.take() {
        reporter.event(&FleetEvent::Stage(Stage::Note { target: None, text }));
    }
    for name in fleet.names {
        if !hosts.iter().any(|host| host.target == *name) {
            let outcome = HostOutcome::new(name, Ending::NotStarted);
            reporter.event(&FleetEvent::Stage(Stage::HostFinished(outcome.clone().into())));
            hosts.push(outcome);
        }
    }
    hosts.sort_by(|a, b| natural::compare(&a.target, &b.target));
    let exit = fleet::exit(&hosts, fleet.interrupted.load(Ordering::Relaxed));
    let milliseconds = milliseconds(begin);
    reporter.event(&FleetEvent::Stage(Stage::FleetFinished { exit: exit as u8, milliseconds, hosts }));
    exit
}

/// Does `one` for each of several hosts, side by side; what comes of it is heard as it comes. Nobody is begun once
/// `is_interrupted` says so.
///
/// # Errors
/// No thread can be started.
pub fn each<T: Send>(
    hosts: &[Host],
    limits: Limits,
    is_interrupted: &(dyn Fn() -> bool + Sync),
    one: &(dyn Fn(&Host) -> T + Sync),
    hear: &mut dyn FnMut(&Host, T),
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
