//! `chefrs exec`.

use std::num::NonZeroUsize;
use std::sync::Arc;

use clap::Args;

use crate::fleet::{Board, FleetHost, FleetLimits};
use crate::model::error::{Failure, FailureKind};
use crate::model::exit::Exit;
use crate::model::query::LONGER;
use crate::model::step::{Command, Progress, Step};
use crate::remote::Session;
use crate::target::Target;
use crate::target::interrupt::Interrupt;
use crate::target::local::Local;

use super::early_end::EarlyEnd;
use super::exec_streams::{input, on_terminal};
use super::format::Format;
use super::on_each::EachTarget;
use super::signals;
use super::target_options::Targets;
use super::terminal::Terminal;

/// Runs a command on targets, without a recipe.
///
/// With one target, its output is passed on as it comes. With several, the output of each is shown under its name when
/// it ends; one that fails does not hold up the others. The exit code is 0 if the command succeeded everywhere, 1 if it
/// failed on a target, else 4 if a target could not be reached. It takes no lock, and is not recorded.
#[derive(Debug, Args)]
pub(super) struct ExecArguments {
    #[command(flatten)]
    targets: Targets,
    /// Number of targets to work on at a time. Default: 64.
    #[arg(long, value_name = "N")]
    forks: Option<NonZeroUsize>,
    /// User to run it as on the target. Another user needs root.
    #[arg(long, value_name = "USER")]
    user: Option<String>,
    /// Seconds until the command is stopped on a target.
    #[arg(long, value_name = "SECONDS", default_value_t = 3600, value_parser = clap::value_parser!(u64).range(1..))]
    timeout: u64,
    /// Pass standard input on to the command: text, up to 2 MiB. It is read once, to its end; each of several targets
    /// gets all of it.
    #[arg(short = 'i', long)]
    stdin: bool,
    /// Pass your terminal on to the command, on one other machine: for an editor or a shell. The exit code is that of
    /// the command. It works through `ssh`, `docker`, `podman` or `chroot` alone, and shows what comes as it is.
    #[arg(long, conflicts_with_all = ["stdin", "format", "forks", "timeout", "ask_become_pass"])]
    tty: bool,
    /// Text for people, or one JSON object a target.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
    /// The program and its arguments, after `--`. There is no shell unless you name one: `-- sh -c 'df | sort'`.
    #[arg(value_name = "COMMAND", last = true, required = true)]
    argv: Vec<String>,
}

pub(super) fn exec(arguments: &ExecArguments, terminal: &Terminal) -> Result<Exit, EarlyEnd> {
    if arguments.tty {
        let hosts = arguments.targets.choose_without_password()?;
        return Err(on_terminal(&hosts, &arguments.argv, arguments.user.as_deref()));
    }
    let hosts = arguments.targets.choose()?;
    // Before signals are listened to: Ctrl-C ends the wait for input.
    let input = arguments.stdin.then(input).transpose()?;
    let board = Arc::<Board>::default();
    let interrupt = signals::interrupted_command(Arc::clone(&board))?;
    let command = Command {
        user: arguments.user.clone(),
        input,
        timeout: arguments.timeout,
        ..Command::new(arguments.argv.iter().map(String::as_str))
    };
    let step = Step::Run(command);
    let limits = FleetLimits { forks: arguments.targets.forks(arguments.forks), ..FleetLimits::default() };
    let (format, interrupt) = (arguments.format, &interrupt);
    let targets = EachTarget { hosts: &hosts, limits, format, board: &board, interrupt, terminal };
    targets.run_with_lines(&|host, line| execute(host, interrupt, &step, line).map_err(as_typed))
}

/// Runs the command on a host, and passes its output on line by line.
fn execute(
    host: &FleetHost,
    interrupt: &Interrupt,
    step: &Step,
    line: &mut dyn FnMut(String),
) -> Result<(), Failure> {
    let mut progress = |told: Progress| match told {
        Progress::Output(text) | Progress::Waiting(text) => line(text),
    };
    match &host.destination {
        None => Local::under(interrupt.clone()).apply(step, &mut progress),
        Some(destination) => {
            let mut session = Session::open(destination, interrupt)?;
            let applied = session.apply(step, &mut progress);
            session.close();
            applied
        }
    }
}

/// Rewords a failure: the timeout is an option here, not a property.
fn as_typed(mut failure: Failure) -> Failure {
    if failure.kind == FailureKind::TimedOut {
        failure.hints = vec![LONGER.replace("`timeout`", "`--timeout`")];
    }
    failure
}
