//! `chefrs plan`.

use std::time::Duration;

use clap::Args;

use crate::model::event::Mode;
use crate::model::exit::Exit;
use crate::remote::Patience;

use super::again::Again;
use super::breadth::Breadth;
use super::destination::TargetArguments;
use super::grant::grant;
use super::selection::Selection;
use super::stop::EarlyEnd;
use super::terminal::Terminal;
use super::wish::{Manner, RunChoices};

/// Shows what `run` would change, and writes nothing.
///
/// Each resource is looked at as `run` would find it: what an earlier one will have made counts as made. Exits with 0
/// when there is nothing to do, with 2 when something would change or can't be told yet.
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
    /// Runs no command of a cookbook: what depends on a guard that is a command, on `output` or on a git repository is
    /// unknown. For cookbooks that you don't trust yet.
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
