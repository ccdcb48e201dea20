//! `chefrs run`.

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

/// Converges a machine, or several: changes what is not yet as the recipes declare it.
///
/// Resources run in written order. What is as declared is left alone, so running again is safe, and is the way to go
/// on after a failure. Nothing is asked; `chefrs plan` shows beforehand what would change.
///
/// Of several machines none is touched before all have been looked at: where the recipes can't be converged on one, none
/// is begun.
#[derive(Debug, Args)]
pub(super) struct RunArguments {
    #[command(flatten)]
    place: TargetArguments,
    #[command(flatten)]
    again: Again,
    #[command(flatten)]
    selection: Selection,
    #[command(flatten)]
    manner: Manner,
    /// How long to wait for another run on the same machine; 0 does not wait.
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    lock_timeout: u64,
    /// How long to try to reach a remote machine again when the connection breaks in the middle of the run, which goes on
    /// there meanwhile; 0 does not try.
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    reconnect: u64,
    /// How long to wait for a remote machine that restarts, because a `reboot` resource asked for it, to be back.
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    reboot_timeout: u64,
    #[command(flatten)]
    breadth: Breadth,
}

pub(super) fn run(arguments: &RunArguments, terminal: &Terminal) -> Result<Exit, EarlyEnd> {
    let lock_timeout = Duration::from_secs(arguments.lock_timeout);
    let patience = Patience {
        reconnect: Duration::from_secs(arguments.reconnect),
        restart: Duration::from_secs(arguments.reboot_timeout),
    };
    let RunArguments { place, again, selection, manner, breadth, .. } = arguments;
    let wish = RunChoices {
        place,
        again,
        selection,
        manner,
        breadth,
        mode: Mode::Run,
        no_commands: false,
        lock_timeout,
        patience,
    };
    grant(&wish, terminal)
}
