//! `chefrs run`.

use std::time::Duration;

use clap::{Args, ValueEnum};

use crate::converge::{OnFailure, Options};
use crate::model::event::Mode;
use crate::model::exit::Exit;
use crate::report::Reporter;
use crate::report::json::Json;
use crate::report::progress::Progress;
use crate::report::text::{Detail, Text};
use crate::run::{self, Request};

use super::destination::Place;
use super::environment;
use super::selection::Selection;
use super::signals;
use super::stop::Stop;
use super::terminal::{Terminal, live_columns};

/// Converges a machine: changes what is not yet as the recipes declare it.
///
/// Resources run in written order. What is as declared is left alone, so running again is safe, and is the way to go
/// on after a failure. Nothing is asked; `chefrs plan` shows beforehand what would change.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    place: Place,
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
}

/// How long to wait for whom.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Patience {
    /// For another run on the same machine.
    lock: Duration,
    /// For a machine that was lost.
    reconnect: Duration,
    /// For a machine that restarts.
    restart: Duration,
}

/// How a run behaves and reports.
#[derive(Debug, Args)]
pub(super) struct Manner {
    /// After a failure: stop, or continue with what does not depend on the failed resource. Notifications already
    /// earned are delivered either way.
    #[arg(long, value_name = "WHAT", default_value = "stop")]
    on_failure: AfterFailure,
    /// Text for people, or the event stream as JSON, one object a line.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
    /// Shows resources that are up to date or skipped too, what commands print, and the time each took.
    #[arg(short, long)]
    verbose: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum AfterFailure {
    Stop,
    Continue,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    Text,
    Json,
}

pub(super) fn run(arguments: &Arguments, terminal: &Terminal) -> Result<Exit, Stop> {
    let patience = Patience {
        lock: Duration::from_secs(arguments.lock_timeout),
        reconnect: Duration::from_secs(arguments.reconnect),
        restart: Duration::from_secs(arguments.reboot_timeout),
    };
    let place = &arguments.place;
    converge(place, &arguments.selection, &arguments.manner, Mode::Run, patience, terminal)
}

/// `run` and `plan` are one piece of code up to the last step of each change.
pub(super) fn converge(
    place: &Place,
    selection: &Selection,
    manner: &Manner,
    mode: Mode,
    patience: Patience,
    terminal: &Terminal,
) -> Result<Exit, Stop> {
    let project = selection.project()?;
    let run_list = selection.run_list(&project)?;
    let chosen = place.choose(&project)?;
    let attributes = selection.attributes_over(&project, chosen.attributes)?;
    let on_failure = match manner.on_failure {
        AfterFailure::Stop => OnFailure::Stop,
        AfterFailure::Continue => OnFailure::Continue,
    };
    let interrupted = signals::interrupted()?;
    let secrets = environment::secrets()?;
    let options = Options { on_failure, interrupted, secrets, ..Options::new(mode) };
    let state = environment::state()?;
    let request = Request {
        destination: chosen.destination.as_ref(),
        project: &project,
        run_list,
        attributes: &attributes,
        options,
        lock_timeout: patience.lock,
        reconnect: patience.reconnect,
        restart: patience.restart,
        state,
    };
    let mut say = |words: &str| {
        // Where nobody can read it, the run goes on all the same.
        let _ = terminal.note(words);
    };
    Ok(run::run(&request, reporter(manner.format, manner.verbose, terminal).as_mut(), &mut say)?)
}

/// What tells of a run.
pub(super) fn reporter(format: Format, verbose: bool, terminal: &Terminal) -> Box<dyn Reporter> {
    let detail = if verbose { Detail::Everything } else { Detail::Changes };
    match format {
        Format::Json => Box::new(Json::new(std::io::stdout())),
        Format::Text if terminal.is_live() => {
            Box::new(Progress::new(Text::new(terminal.out(), detail), terminal.err(), live_columns))
        }
        Format::Text => Box::new(Text::new(terminal.out(), detail)),
    }
}
