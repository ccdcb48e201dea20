//! Floor 9: runs on many hosts in parallel, with one report.
//!
//! Each host has a worker thread, and all events go through one channel to the reporting thread. So a host that hangs,
//! sends nonsense or dies does not hold up the others or their output.

use std::io;
use std::ops::Range;
use std::time::{Duration, Instant};

use camino::Utf8PathBuf;

use crate::converge::Options;
use crate::cookbook::Project;
use crate::locked_run::{Peers, RunIdentity};
use crate::model::event::Mode;
use crate::model::exit::Exit;
use crate::model::node::AttributeSource;
use crate::model::run_list::{ListedRecipe, names};
use crate::remote::{self, Destination, Patience};
use crate::report::Reporter;
use crate::run::{self, Oversight, Request, Turns};
use crate::scope::{MissingWords, RunScope};
use crate::secrets::{AskingNode, SecretSources};

mod batches;
mod first_look;
mod hosts;
mod limits;
mod under_way;
mod workers;

pub use batches::{HostEvents, HostWork, drive};
pub use hosts::Fleet;
pub use limits::{Batch, FleetLimits};
pub use under_way::{AtWork, Board};

use batches::through;
use first_look::{FirstLook, OtherHosts};
use workers::{Queue, Tell};

/// A host, and how to connect to it.
#[derive(Debug)]
pub struct FleetHost {
    /// Its name in reports.
    pub name: String,
    /// How to connect to it. `None`: this machine.
    pub destination: Option<Destination>,
    /// Its attributes from the inventory, weakest first.
    pub attributes: Vec<AttributeSource>,
    /// What to run on it.
    pub run_list: Vec<ListedRecipe>,
    /// Whether it is a node of the inventory. Otherwise its name is an address.
    pub is_node: bool,
    /// The node whose secrets it uses.
    pub asking: AskingNode,
}

/// What to converge on several hosts, and how.
#[derive(Debug)]
pub struct FleetOrder<'a> {
    /// The hosts, in the order in which they are started.
    pub hosts: &'a [FleetHost],
    pub project: &'a Project,
    /// Attributes that override those of each host.
    pub attributes: &'a [AttributeSource],
    /// The part of the collection to run.
    pub scope: &'a RunScope,
    /// Where secrets come from.
    pub secrets: &'a SecretSources<'a>,
    /// Options, without secrets.
    pub options: Options,
    /// How long to wait for the lock of a host.
    pub lock_timeout: Duration,
    /// How long to wait for a host that was lost.
    pub patience: Patience,
    /// State directory of this machine, if it is among the hosts and does not use the default.
    pub state: Option<Utf8PathBuf>,
    /// Limits for parallel hosts and failures.
    pub limits: FleetLimits,
    /// The hosts in progress.
    pub board: &'a Board,
    /// Id of the run, the same on all hosts.
    pub run_identity: &'a RunIdentity,
    /// When the work started; reported durations count from here.
    pub started: Instant,
    /// Whether the run is in the history, so that messages can refer to it.
    pub is_recorded: bool,
    /// Sees what was compiled for each host, and may refuse it.
    pub oversight: Option<&'a dyn Oversight>,
}

/// Converges (or plans) several hosts, each as [`run`](crate::run::run) does. All hosts are examined before the first
/// one is changed. If the recipes can't be converged on one of them, none is changed.
///
/// # Errors
/// The report can't be written, or a thread can't be started.
pub fn run(order: &FleetOrder<'_>, reporter: &mut dyn Reporter) -> io::Result<Exit> {
    let turns = Turns::of_this_machine();
    let missing_words = MissingWords::default();
    let hosts: Vec<&str> = order.hosts.iter().map(|host| host.name.as_str()).collect();
    let run_list = common_run_list(order.hosts);
    let fleet = Fleet {
        names: &hosts,
        mode: order.options.mode,
        run_list: &run_list,
        limits: order.limits,
        board: order.board,
        interrupt: &order.options.interrupt,
        started: order.started,
        missing_words: Some(&missing_words),
        run: order.is_recorded.then_some(order.run_identity.run.as_str()),
    };
    let converge = |index: usize, host_events: &HostEvents<'_>, others: Option<&OtherHosts<'_>>| {
        let host = &order.hosts[index];
        let attributes = [host.attributes.as_slice(), order.attributes].concat();
        let request = Request {
            name: &host.name,
            destination: host.destination.as_ref(),
            project: order.project,
            run_list: &names(&host.run_list),
            attributes: &attributes,
            scope: order.scope,
            missing_words: Some(&missing_words),
            secrets: order.secrets,
            asking: &host.asking,
            options: order.options.clone(),
            run_identity: order.run_identity,
            started: Instant::now(),
            lock_timeout: order.lock_timeout,
            patience: order.patience,
            state: order.state.clone(),
            turns: Some(&turns),
            peers: others.map(|others| others as &dyn Peers),
            oversight: order.oversight,
        };
        run::run(&request, None, &mut |event| host_events.event(event))
    };
    if order.options.mode == Mode::Plan || hosts.len() < 2 {
        return drive(&fleet, &|index, host_events| converge(index, host_events, None), reporter);
    }
    let first = fleet.limits.batches(hosts.len()).first().map_or(0, Range::len);
    let together = fleet.limits.forks(first);
    // Nobody is to be called slow for what takes its time here.
    if order.hosts.iter().any(|host| host.destination.is_some()) {
        remote::prepared();
    }
    let look = FirstLook::new(&fleet, together);
    let one = |index: usize, host_events: &HostEvents<'_>| {
        let others = (index < together).then(|| look.of(index));
        converge(index, host_events, others.as_ref())
    };
    let look_at =
        |index: usize, host_events: &HostEvents<'_>| converge(index, host_events, Some(&look.of(index)));
    through(&fleet, Some((&look, &look_at)), &one, reporter)
}

/// The run list that all hosts have. Empty if they differ.
#[must_use]
pub fn common_run_list(hosts: &[FleetHost]) -> Vec<String> {
    let mut lists = hosts.iter().map(|host| names(&host.run_list));
    let first = lists.next().unwrap_or_default();
    if lists.all(|other| other == first) { first } else { Vec::new() }
}

/// Runs `one` for several hosts in parallel, and passes each result to `hear`. No more hosts are started once
/// `is_interrupted` returns true.
///
/// # Errors
/// A thread can't be started.
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
