//! Work on each of several targets that is no run: what is done at a time, and how each result is reported.

use std::io;
use std::sync::Arc;
use std::time::Instant;

use serde::Serialize;

use crate::fleet::{self, Board, FleetHost, FleetLimits};
use crate::model::ending::{self, Ending};
use crate::model::english::quoted_line;
use crate::model::error::Failure;
use crate::model::executed::Executed;
use crate::model::exit::Exit;
use crate::model::natural;
use crate::model::sorted;
use crate::report::executed::{block, sum, troubled, verdict};
use crate::report::json::visible;
use crate::target::interrupt::Interrupt;

use super::early_end::EarlyEnd;
use super::format::Format;
use super::terminal::Terminal;

/// Version of the JSON output.
const SCHEMA: u32 = 2;

/// Most bytes of output that are kept for one of several machines.
const MOST: usize = 4 << 20;

/// The targets of a command, and how to report them.
pub(super) struct EachTarget<'a> {
    pub(super) hosts: &'a [FleetHost],
    pub(super) limits: FleetLimits,
    pub(super) format: Format,
    pub(super) board: &'a Arc<Board>,
    pub(super) interrupt: &'a Interrupt,
    pub(super) terminal: &'a Terminal,
}

/// What the work on a target did, and what it printed.
pub(super) type WorkDone = (Result<(), Failure>, Vec<String>, usize);

impl EachTarget<'_> {
    /// Whether output is passed on immediately: with several targets, the lines would be mixed.
    pub(super) fn is_alone(&self) -> bool {
        self.hosts.len() == 1 && self.format == Format::Text
    }

    /// Does the work on each target, and reports how it ended there. The work returns lines of output, unless they were
    /// passed on, and the number of lines that were dropped.
    ///
    /// # Errors
    /// The report can't be written, or a thread can't be started.
    pub(super) fn run(&self, work: &(dyn Fn(&FleetHost) -> WorkDone + Sync)) -> Result<Exit, EarlyEnd> {
        let is_interrupted = || self.interrupt.is_wanted();
        let one = |host: &FleetHost| {
            let begin = Instant::now();
            // A command on this machine ends with this process.
            let _at_work = host.destination.as_ref().map(|_| self.board.begin(&host.name));
            let (done, output, dropped) = work(host);
            let (outcome, failure) = match done {
                Ok(()) => (Ending::Succeeded, None),
                Err(failure) => (failure.kind.into(), Some(failure)),
            };
            let milliseconds = u64::try_from(begin.elapsed().as_millis()).unwrap_or(u64::MAX);
            Executed { target: host.name.clone(), outcome, output, dropped, failure, milliseconds }
        };
        let mut ended: Vec<(String, Ending)> = Vec::new();
        let mut written: io::Result<()> = Ok(());
        let mut hear = |_: &FleetHost, executed: Executed| {
            if written.is_ok() {
                written = self.tell(&executed);
            }
            ended.push((executed.target, executed.outcome));
        };
        fleet::each(self.hosts, self.limits, &is_interrupted, &one, &mut hear)?;
        for host in self.hosts {
            if !ended.iter().any(|(name, _)| *name == host.name) {
                ended.push((host.name.clone(), Ending::NotStarted));
            }
        }
        let outcomes: Vec<Ending> = ended.iter().map(|(_, outcome)| *outcome).collect();
        if self.format == Format::Text && !self.is_alone() && written.is_ok() {
            written = self.terminal.print(&format!("\n{}{}", sum(&outcomes), troubled(&in_trouble(ended))));
        }
        match written {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
            // If everything succeeded, an interrupt does not matter any more.
            _ if is_interrupted() && outcomes.iter().any(|outcome| !outcome.is_well()) => {
                Ok(Exit::Interrupted)
            }
            _ => Ok(ending::exit(outcomes, false)),
        }
    }

    /// Like [`Self::run`], for work that tells its output line by line. That of a single target is passed on as it comes.
    ///
    /// # Errors
    /// As [`Self::run`].
    pub(super) fn run_with_lines(
        &self,
        work: &(dyn Fn(&FleetHost, &mut dyn FnMut(String)) -> Result<(), Failure> + Sync),
    ) -> Result<Exit, EarlyEnd> {
        let is_alone = self.is_alone();
        self.run(&|host| {
            let mut kept = KeptLines::default();
            let ended = work(host, &mut |line| {
                if is_alone {
                    // If the reader is gone, the command still goes on.
                    let _ = self.terminal.print(&format!("{}\n", quoted_line(&line)));
                } else {
                    kept.take(line);
                }
            });
            (ended, kept.lines, kept.dropped)
        })
    }

    fn tell(&self, executed: &Executed) -> io::Result<()> {
        match self.format {
            Format::Json => {
                let line = serde_json::to_string(&ExecutedLine { schema: SCHEMA, executed })?;
                self.terminal.print(&format!("{}\n", visible(&line)))
            }
            Format::Text if self.is_alone() => self.terminal.complain(&verdict(executed)),
            Format::Text => self.terminal.print(&block(executed)),
        }
    }
}

fn in_trouble(ended: Vec<(String, Ending)>) -> Vec<String> {
    let troubled = ended.into_iter().filter(|(_, outcome)| *outcome != Ending::Succeeded);
    let mut names: Vec<String> = troubled.map(|(name, _)| name).collect();
    sorted::sort_by(&mut names, |a, b| natural::compare(a, b));
    names
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
