//! `chefrs plan`.

use std::time::Duration;

use clap::Args;

use crate::model::event::Mode;
use crate::model::exit::Exit;
use crate::remote::Patience;

use super::destination::TargetArguments;
use super::failed_from::Again;
use super::run_or_plan::grant;
use super::selection::Selection;
use super::stop::EarlyEnd;
use super::terminal::Terminal;
use super::wish::{Breadth, Manner, RunChoices};

/// Shows what `run` would change. Changes nothing.
///
/// Later resources see what earlier ones would make. The exit code is 0 if there is nothing to do, and 2 if something
/// would change or is unknown.
#[derive(Debug, Args)]
pub(super) struct PlanArguments {
    #[command(flatten)]
    place: TargetArguments,
    #[command(flatten)]
    again: Again,
    #[command(flatten)]
    selection: Selection,
    #[command(flatten)]
    manner: Manner,
    #[command(flatten)]
    breadth: Breadth,
    /// Run no commands of cookbooks. What depends on a command (a guard, `output`, a git repository) is unknown. For
    /// cookbooks that you don't trust yet.
    #[arg(long)]
    no_commands: bool,
}

pub(super) fn plan(arguments: &PlanArguments, terminal: &Terminal) -> Result<Exit, EarlyEnd> {
    let PlanArguments { place, again, selection, manner, breadth, no_commands } = arguments;
    let (lock_timeout, patience) = (Duration::ZERO, Patience::default());
    let wish = RunChoices {
        place,
        again,
        selection,
        manner,
        breadth,
        mode: Mode::Plan,
        no_commands: *no_commands,
        lock_timeout,
        patience,
    };
    grant(&wish, terminal)
}
