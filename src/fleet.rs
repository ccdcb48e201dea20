//! Floor 9: many hosts side by side: each has a run of its own, all of them one report.
//!
//! A host's run happens on a worker thread; whatever it says goes through one channel to the one thread that reports. So
//! a host that hangs, lies or dies holds up neither the others nor their output.

use std::io;
use std::ops::Range;
use std::time::{Duration, Instant};

use camino::Utf8PathBuf;

use crate::converge::Options;
use crate::cookbook::Project;
use crate::hold::{Beginning, Peers};
use crate::model::event::Mode;
use crate::model::exit::Exit;
use crate::model::node::AttributeSource;
use crate::remote::{Destination, Patience};
use crate::report::Reporter;
use crate::run::{self, Request, Turns};

mod batches;
mod first_look;
mod limits;
mod under_way;
mod workers;

pub use batches::{Fleet, HostVoice, HostWork, drive};
pub use limits::{Batch, FleetLimits};
pub use under_way::{AtWork, Board};

use batches::through;
use first_look::{FirstLook, OtherHosts};
use workers::{Queue, Tell};

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

/// Converges several hosts, or plans to, each as [`run`](crate::run::run) does one. Before one is touched all of them are
/// looked at, and where the recipes can't be converged on one, none is.
///
/// # Errors
/// The report can't be written, or no thread be started.
pub fn run(order: &FleetOrder<'_>, reporter: &mut dyn Reporter) -> io::Result<Exit> {
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
    let converge = |index: usize, voice: &HostVoice<'_>, others: Option<&OtherHosts<'_>>| {
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
            peers: others.map(|others| others as &dyn Peers),
        };
        run::run(&request, None, &mut |event| voice.event(event))
    };
    if order.options.mode == Mode::Plan || names.len() < 2 {
        return drive(&fleet, &|index, voice| converge(index, voice, None), reporter);
    }
    let first = fleet.limits.batches(names.len()).first().map_or(0, Range::len);
    let max_failures = fleet.limits.max_failures.map(usize::from);
    let together = fleet.limits.forks(first);
    let look = FirstLook::new(&names, together, max_failures, fleet.interrupt, fleet.board);
    let one = |index: usize, voice: &HostVoice<'_>| {
        let others = (index < together).then(|| look.of(index));
        converge(index, voice, others.as_ref())
    };
    let look_at = |index: usize, voice: &HostVoice<'_>| converge(index, voice, Some(&look.of(index)));
    through(&fleet, Some((&look, &look_at)), &one, reporter)
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
    workers::work(&queue, limits.forks(hosts.len()), is_interrupted, &one, &mut hear)
}
