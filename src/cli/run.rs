//! `chefrs run`.

use std::time::Duration;

use clap::Args;

use crate::model::event::Mode;
use crate::model::exit::Exit;
use crate::remote::Patience;

use super::early_end::EarlyEnd;
use super::failed_from::FailedFrom;
use super::run_choices::{FleetArguments, RunChoices, SharedArguments};
use super::run_or_plan::execute;
use super::scope::ScopeArguments;
use super::selection::Selection;
use super::signals::Listening;
use super::step::Steps;
use super::target_options::TargetArguments;
use super::terminal::Terminal;

/// Changes machines to what the recipes say.
///
/// Resources run in the order in which they are written. What is right already is left alone. So it is safe to run
/// again, and that is how you go on after a failure. It asks no questions, except with `--confirm` or `--step`. To see
/// what it would change, use `chefrs plan`.
///
/// With several machines, all are looked at before the first is changed. If the recipes can't work on one of them, none
/// is changed. One that can't be reached does not stop the others.
#[derive(Debug, Args)]
pub(super) struct RunArguments {
    #[command(flatten)]
    place: TargetArguments,
    #[command(flatten)]
    failed_from: FailedFrom,
    #[command(flatten)]
    selection: Selection,
    #[command(flatten)]
    scope: ScopeArguments,
    #[command(flatten)]
    shared: SharedArguments,
    /// Seconds to wait for another run on the same machine. 0 does not wait. Default: 60, or the `lock_timeout` of
    /// chefrs.toml.
    #[arg(long, value_name = "SECONDS")]
    lock_timeout: Option<u64>,
    /// Seconds to try to connect again when the connection breaks. The run goes on meanwhile. 0 does not try.
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    reconnect: u64,
    /// Seconds to wait for a machine that a `reboot` resource restarts.
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    reboot_timeout: u64,
    /// Show the plan and ask before anything is changed. Only what the plan would change is run.
    #[arg(long)]
    confirm: bool,
    /// Ask before each change of a resource: apply it, leave it out, apply everything, or end the run. On one target.
    #[arg(long)]
    step: bool,
    #[command(flatten)]
    fleet: FleetArguments,
}

pub(super) fn run(arguments: &RunArguments, terminal: &Terminal) -> Result<Exit, EarlyEnd> {
    let lock_timeout = arguments.lock_timeout.map(Duration::from_secs);
    let patience = Patience {
        reconnect: Duration::from_secs(arguments.reconnect),
        restart: Duration::from_secs(arguments.reboot_timeout),
    };
    let RunArguments { place, failed_from, selection, scope, shared, fleet, .. } = arguments;
    let choices = RunChoices {
        place,
        failed_from,
        selection,
        shared,
        fleet,
        scope: scope.scope()?,
        mode: Mode::Run,
        no_commands: false,
        lock_timeout,
        patience,
        confirms: arguments.confirm,
        steps: arguments.step.then(|| Steps::open(shared.reports())).transpose()?,
        listening: Listening::default(),
    };
    execute(&choices, terminal)
}
