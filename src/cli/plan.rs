//! `chefrs plan`.

use std::time::Duration;

use clap::{ArgMatches, Args};

use crate::model::event::Mode;
use crate::model::exit::Exit;
use crate::remote::Patience;

use super::deciding_words::TypedWords;
use super::early_end::EarlyEnd;
use super::failed_from::FailedFrom;
use super::plan_file::PlanFileArguments;
use super::run_choices::{FleetArguments, RunChoices, SharedArguments};
use super::run_or_plan::execute;
use super::scope::ScopeArguments;
use super::selection::Selection;
use super::signals::Listening;
use super::target_options::TargetArguments;
use super::terminal::Terminal;

/// Shows what `run` would change. Changes nothing.
///
/// Later resources see what earlier ones would make. The exit code is 0 if there is nothing to do, and 2 if something
/// would change or is unknown.
#[derive(Debug, Args)]
pub(super) struct PlanArguments {
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
    #[command(flatten)]
    fleet: FleetArguments,
    /// Run no commands of cookbooks. What depends on a command (a guard, `output`, a git repository) is unknown. For
    /// cookbooks that you don't trust yet.
    #[arg(long)]
    no_commands: bool,
    #[command(flatten)]
    plan_file: PlanFileArguments,
}

/// `typed` are the arguments that were typed.
pub(super) fn plan(
    arguments: &PlanArguments,
    typed: &ArgMatches,
    terminal: &Terminal,
) -> Result<Exit, EarlyEnd> {
    let PlanArguments { place, failed_from, selection, scope, shared, fleet, no_commands, plan_file } =
        arguments;
    let words = || TypedWords::of::<PlanArguments>(typed).deciding;
    let plan_file = plan_file.open(words)?;
    let (lock_timeout, patience) = (Some(Duration::ZERO), Patience::default());
    let choices = RunChoices {
        place,
        failed_from,
        selection,
        shared,
        fleet,
        scope: scope.scope()?,
        mode: Mode::Plan,
        no_commands: *no_commands,
        lock_timeout,
        patience,
        confirms: false,
        saved: None,
        plan_file: plan_file.as_ref(),
        oversight: None,
        steps: None,
        listening: Listening::default(),
    };
    execute(&choices, terminal)
}
