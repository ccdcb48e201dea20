//! `chefrs exec`.

use std::io;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Instant;

use clap::Args;
use serde::Serialize;

use crate::fleet::{self, Board, FleetHost, FleetLimits};
use crate::model::ending::{self, Ending};
use crate::model::english::quoted_line;
use crate::model::error::{Failure, FailureKind};
use crate::model::executed::Executed;
use crate::model::exit::Exit;
use crate::model::natural;
use crate::model::query::LONGER;
use crate::model::step::{Command, Progress, Step};
use crate::remote::Session;
use crate::report::executed::{block, sum, troubled, verdict};
use crate::report::json::visible;
use crate::target::Target;
use crate::target::interrupt::Interrupt;
use crate::target::local::Local;

use super::early_end::EarlyEnd;
use super::format::Format;
use super::signals;
use super::target_options::Targets;
use super::terminal::Terminal;

/// Version of the JSON output.
const SCHEMA: u32 = 2;

/// Most bytes of output that are kept for one of several machines.
const MOST: usize = 4 << 20;

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
    /// Text for people, or one JSON object a target.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
    /// The program and its arguments, after `--`. There is no shell unless you name one: `-- sh -c 'df | sort'`.
    #[arg(value_name = "COMMAND", last = true, required = true)]
    argv: Vec<String>,
}

pub(super) fn exec(arguments: &ExecArguments, terminal: &Terminal) -> Result<Exit, EarlyEnd> {
    let hosts = arguments.targets.choose()?;
    let board = Arc::<Board>::default();
    let interrupt = signals::interrupted_command(Arc::clone(&board))?;
    let is_interrupted = || interrupt.is_wanted();
    let command = Command {
        user: arguments.user.clone(),
        timeout: arguments.timeout,
        ..Command::new(arguments.argv.iter().map(String::as_str))
    };
    let step = Step::Run(command);
    // Output of a single machine is passed on immediately. With several, the lines would be mixed.
    let alone = hosts.len() == 1 && arguments.format == Format::Text;
    let one = |host: &FleetHost| {
        let begin = Instant::now();
        // A command on this machine ends with this process.
        let _at_work = host.destination.as_ref().map(|_| board.begin(&host.name));
        let mut kept = KeptLines::default();
        let ended = execute(host, &interrupt, &step, &mut |line| {
            if alone {
                // If the reader is gone, the command still goes on.
                let _ = terminal.print(&format!("{}\n", quoted_line(&line)));
            } else {
                kept.take(line);
            }
        });
        let (outcome, failure) = match ended.map_err(as_typed) {
            Ok(()) => (Ending::Succeeded, None),
            Err(failure) => (failure.kind.into(), Some(failure)),
        };
        Executed {
            target: host.name.clone(),
            outcome,
            output: kept.lines,
            dropped: kept.dropped,
            failure,
            milliseconds: u64::try_from(begin.elapsed().as_millis()).unwrap_or(u64::MAX),
        }
    };
    let mut ended: Vec<(String, Ending)> = Vec::new();
    let mut written: io::Result<()> = Ok(());
    let mut hear = |_: &FleetHost, executed: Executed| {
        if written.is_ok() {
            written = tell(arguments, &executed, alone, terminal);
        }
        ended.push((executed.target, executed.outcome));
    };
    let limits = FleetLimits { forks: arguments.targets.forks(arguments.forks), ..FleetLimits::default() };
    fleet::each(&hosts, limits, &is_interrupted, &one, &mut hear)?;
    for host in &hosts {
        if !ended.iter().any(|(name, _)| *name == host.name) {
            ended.push((host.name.clone(), Ending::NotStarted));
        }
    }
    let outcomes: Vec<Ending> = ended.iter().map(|(_, outcome)| *outcome).collect();
    if arguments.format == Format::Text && !alone && written.is_ok() {
        let mut names: Vec<String> = ended
            .into_iter()
            .filter(|(_, outcome)| *outcome != Ending::Succeeded)
            .map(|(name, _)| name)
            .collect();
        names.sort_by(|a, b| natural::compare(a, b));
        written = terminal.print(&format!("\n{}{}", sum(&outcomes), troubled(&names)));
    }
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        // If everything succeeded, an interrupt does not matter any more.
        _ if is_interrupted() && outcomes.iter().any(|outcome| !outcome.is_well()) => Ok(Exit::Interrupted),
        _ => Ok(ending::exit(outcomes, false)),
    }
}

fn tell(arguments: &ExecArguments, executed: &Executed, alone: bool, terminal: &Terminal) -> io::Result<()> {
    match arguments.format {
        Format::Json => {
            let line = serde_json::to_string(&ExecutedLine { schema: SCHEMA, executed })?;
            terminal.print(&format!("{}\n", visible(&line)))
        }
        Format::Text if alone => terminal.complain(&verdict(executed)),
        Format::Text => terminal.print(&block(executed)),
    }
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

/// A line of JSON.
#[derive(Serialize)]
struct ExecutedLine<'a> {
    schema: u32,
    #[serde(flatten)]
    executed: &'a Executed,
}

/// Lines of output, up to a limit.
#[derive(Default)]
struct KeptLines {
    lines: Vec<String>,
    bytes: usize,
    dropped: usize,
}

impl KeptLines {
    fn take(&mut self, line: String) {
        self.bytes += line.len();
        if self.bytes > MOST {
            self.dropped += 1;
        } else {
            self.lines.push(line);
        }
    }
}
