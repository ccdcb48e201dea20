//! `run` and `plan` on several machines.

use std::sync::Arc;

use nix::sys::resource::{Resource, getrlimit, setrlimit};

use crate::fleet::{self, Board, FleetHost, FleetOrder};
use crate::history::BegunTarget;
use crate::locked_run::RunIdentity;
use crate::model::english::{list_some, one_line};
use crate::model::event::Mode;
use crate::model::exit::Exit;
use crate::model::run_list::names;
use crate::report::Reporter;

use super::early_end::EarlyEnd;
use super::environment;
use super::record::{Recorder, RunStart};
use super::run_choices::{RunChoices, ToCompile};
use super::signals::Audience;
use super::terminal::Terminal;

/// Enough open files for any reasonable number of parallel machines.
const FILES: u64 = 8192;
/// Most machines that a note names.
const NAMED: usize = 8;

/// Converges machines, or plans to. Returns an error only if nothing was reported yet.
pub(super) fn converge(
    choices: &RunChoices<'_>,
    chosen: &[FleetHost],
    work: &ToCompile<'_>,
    reporter: &mut (dyn Reporter + Send),
    terminal: &Terminal,
) -> Result<Result<Exit, EarlyEnd>, EarlyEnd> {
    let ToCompile { project, attributes, secrets } = *work;
    raise_file_limit();
    let is_live = choices.shared.reports().is_live(terminal);
    let board = Arc::<Board>::default();
    let listening = Arc::clone(&board);
    let audience = if is_live { Audience::Live(listening) } else { Audience::Many(listening) };
    let run_identity = RunIdentity::now();
    let mut order = FleetOrder {
        hosts: chosen,
        project,
        attributes,
        scope: &choices.scope,
        secrets,
        options: choices.options(audience)?,
        lock_timeout: choices.lock_timeout(project),
        patience: choices.patience,
        state: environment::state()?,
        limits: choices.limits(project),
        board: &board,
        run_identity: &run_identity,
        started: terminal.begin(),
        is_recorded: false,
        oversight: choices.oversight,
    };
    if let Some(words) = choices.place.surprising() {
        let names: Vec<&str> = chosen.iter().map(|host| host.name.as_str()).collect();
        board.pin(&format!("`{}` chooses {}", one_line(&words), list_some(&names, NAMED)));
    }
    for note in own_run_lists(chosen) {
        board.pin(&note);
    }
    // A plan writes nothing on this machine, either.
    if choices.mode == Mode::Plan {
        return Ok(fleet::run(&order, reporter).map_err(EarlyEnd::from));
    }
    let aims: Vec<BegunTarget<'_>> =
        chosen.iter().map(|host| BegunTarget { name: &host.name, is_node: host.is_node }).collect();
    let run_list = fleet::common_run_list(chosen);
    let start = RunStart {
        run_identity: &run_identity,
        project: project.root(),
        run_list: &run_list,
        lock: project.lock(),
    };
    let mut recorder = Recorder::new(reporter, &aims, &start, true, terminal)?;
    order.is_recorded = recorder.is_recording();
    let done = fleet::run(&order, &mut recorder);
    recorder.end(*done.as_ref().unwrap_or(&Exit::Failed));
    Ok(done.map_err(EarlyEnd::from))
}

/// What runs where, if the machines have different run lists.
fn own_run_lists(hosts: &[FleetHost]) -> Vec<String> {
    if !fleet::common_run_list(hosts).is_empty() {
        return Vec::new();
    }
    let mut lists: Vec<(Vec<String>, Vec<&str>)> = Vec::new();
    for host in hosts {
        let run_list = names(&host.run_list);
        match lists.iter_mut().find(|(known, _)| *known == run_list) {
            Some((_, hosts)) => hosts.push(&host.name),
            None => lists.push((run_list, vec![&host.name])),
        }
    }
    lists
        .into_iter()
        .map(|(run_list, hosts)| format!("{}: {}", list_some(&hosts, NAMED), run_list.join(", ")))
        .collect()
}

/// Each machine needs several open files. The usual limit of 1024 is enough for about two hundred.
fn raise_file_limit() {
    if let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE)
        && soft < FILES
    {
        // If the limit can't be raised, the first machine above it reports the error.
        let _ = setrlimit(Resource::RLIMIT_NOFILE, hard.min(FILES), hard);
    }
}
