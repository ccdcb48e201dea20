//! `chefrs run`.

use std::io::ErrorKind;
use std::mem::take;
use std::time::Duration;

use clap::{Args, ValueEnum};

use crate::compile::{self, Input};
use crate::confined::Compiler;
use crate::converge::{OnFailure, Options};
use crate::cookbook::Project;
use crate::fleet::Host;
use crate::history::BegunTarget;
use crate::hold::Beginning;
use crate::model::error::{Diagnostic, Diagnostics};
use crate::model::event::Mode;
use crate::model::exit::Exit;
use crate::model::fleet::TargetOutcome;
use crate::model::node::AttributeSource;
use crate::remote::{self, Patience};
use crate::report::Reporter;
use crate::report::json::Json;
use crate::report::progress::LiveText;
use crate::report::text::{Detail, RunText};
use crate::run::{self, Request};

use super::again::{Again, Left};
use super::destination::TargetArguments;
use super::environment;
use super::fleet::{self, Breadth};
use super::machine;
use super::record::{Recorder, RunStart};
use super::selection::Selection;
use super::signals::{self, Audience};
use super::stop::Stop;
use super::terminal::{Terminal, live_columns};

/// Converges a machine, or several: changes what is not yet as the recipes declare it.
///
/// Resources run in written order. What is as declared is left alone, so running again is safe, and is the way to go
/// on after a failure. Nothing is asked; `chefrs plan` shows beforehand what would change.
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

pub(super) fn run(arguments: &RunArguments, terminal: &Terminal) -> Result<Exit, Stop> {
    let lock_timeout = Duration::from_secs(arguments.lock_timeout);
    let patience = Patience {
        reconnect: Duration::from_secs(arguments.reconnect),
        restart: Duration::from_secs(arguments.reboot_timeout),
    };
    let RunArguments { place, again, selection, manner, breadth, .. } = arguments;
    let wish =
        RunChoices { place, again, selection, manner, breadth, mode: Mode::Run, lock_timeout, patience };
    wish.grant(terminal)
}

/// What was asked for: `run` and `plan` are one piece of code up to the last step of each change.
#[derive(Debug)]
pub(super) struct RunChoices<'a> {
    pub(super) place: &'a TargetArguments,
    pub(super) again: &'a Again,
    pub(super) selection: &'a Selection,
    pub(super) manner: &'a Manner,
    pub(super) breadth: &'a Breadth,
    pub(super) mode: Mode,
    pub(super) lock_timeout: Duration,
    pub(super) patience: Patience,
}

/// What is to be compiled for each machine, above the machine's own attributes.
#[derive(Debug)]
pub(super) struct ToCompile<'a> {
    pub(super) project: &'a Project,
    pub(super) run_list: &'a [String],
    pub(super) attributes: &'a [AttributeSource],
}

fn compiles(findings: Vec<Diagnostic>) -> Result<(), Stop> {
    if findings.is_empty() { Ok(()) } else { Err(Diagnostics(findings).into()) }
}

impl RunChoices<'_> {
    pub(super) fn grant(&self, terminal: &Terminal) -> Result<Exit, Stop> {
        let project = self.selection.project()?;
        let (mut chosen, run_list) = match self.again.left(self.place, &project)? {
            Some(Left::Nothing(sentence)) => {
                terminal.note(&sentence)?;
                return Ok(Exit::Success);
            }
            Some(Left::Some(hosts, run_list)) if self.selection.optional_run_list().is_empty() => {
                (hosts, run_list)
            }
            Some(Left::Some(hosts, _)) => (hosts, self.selection.run_list(&project)?.to_vec()),
            None => {
                let run_list = self.selection.run_list(&project)?.to_vec();
                (self.place.choose(&project)?, run_list)
            }
        };
        if chosen.iter().any(|host| host.destination.is_some()) {
            remote::prepare();
        }
        // A program that reads the stream must not find another form of it when a group has shrunk to one host.
        let may_be_several = self.place.may_be_several() || self.again.is_wanted();
        let of_many = may_be_several && self.manner.format == Format::Json;
        let alone = chosen.len() == 1 && !of_many;
        let attributes = match chosen.as_mut_slice() {
            [only] if alone => self.selection.attributes_over(&project, take(&mut only.attributes))?,
            several => self.selection.attributes_of_all(&project, several.len())?,
        };
        let work = ToCompile { project: &project, run_list: &run_list, attributes: &attributes };
        self.prepare(&mut chosen, &work)?;
        match chosen.as_slice() {
            [only] if alone => self.one(only, &work, terminal),
            several => fleet::converge(self, several, &work, terminal),
        }
    }

    /// Nobody is asked for a password before everything that can be known here to be wrong has been said.
    fn prepare(&self, hosts: &mut [Host], work: &ToCompile<'_>) -> Result<(), Stop> {
        if hosts.len() > 1 {
            // A misspelt recipe is not to be found out on every machine anew.
            compiles(compile::unknown(work.project, work.run_list))?;
        }
        if !self.place.wants_password(hosts, work.project) {
            return Ok(());
        }
        environment::state()?;
        environment::secrets()?;
        let facts = machine::names()?;
        let mut findings = Vec::new();
        for host in &*hosts {
            let attributes = [host.attributes.as_slice(), work.attributes].concat();
            let input = Input {
                project: work.project,
                run_list: work.run_list,
                facts: &facts,
                attributes: &attributes,
            };
            for finding in Compiler::default().foretell(&input) {
                if !findings.contains(&finding) {
                    findings.push(finding);
                }
            }
        }
        compiles(findings)?;
        self.place.unlock(hosts, work.project)
    }

    fn one(&self, chosen: &Host, work: &ToCompile<'_>, terminal: &Terminal) -> Result<Exit, Stop> {
        let ToCompile { project, run_list, attributes } = *work;
        let beginning = Beginning::now();
        let request = Request {
            name: &chosen.name,
            destination: chosen.destination.as_ref(),
            project,
            run_list,
            attributes,
            options: self.options(Audience::One)?,
            beginning: &beginning,
            begin: terminal.begin(),
            lock_timeout: self.lock_timeout,
            patience: self.patience,
            state: environment::state()?,
            turns: None,
        };
        let mut reporter = reporter(self.manner.format, self.manner.detail(), terminal);
        // A plan writes nothing, here neither.
        if self.mode == Mode::Plan {
            return watched(&request, reporter.as_mut()).1;
        }
        let start = RunStart { beginning: &beginning, project: project.root(), run_list };
        let aim = BegunTarget { name: &chosen.name, is_node: chosen.is_node };
        let mut recorder = Recorder::new(reporter, aim, &start, terminal)?;
        let (outcome, told) = watched(&request, &mut recorder);
        recorder.end(&outcome);
        told
    }

    /// Choices of the run; signals are listened to from now on.
    pub(super) fn options(&self, audience: Audience) -> Result<Options, Stop> {
        let on_failure = match self.manner.on_failure {
            AfterFailure::Stop => OnFailure::Stop,
            AfterFailure::Continue => OnFailure::Continue,
        };
        let secrets = environment::secrets()?;
        let interrupted = signals::heard_by(audience)?;
        Ok(Options { on_failure, interrupted, secrets, ..Options::new(self.mode) })
    }
}

impl Manner {
    pub(super) fn format(&self) -> Format {
        self.format
    }

    pub(super) fn detail(&self) -> Detail {
        if self.verbose { Detail::Everything } else { Detail::Changes }
    }
}

/// Runs, and reports: what came of it, and what is to be told of that at the end.
fn watched(request: &Request<'_>, reporter: &mut dyn Reporter) -> (TargetOutcome, Result<Exit, Stop>) {
    let outcome = run::run(request, &mut |event| reporter.event(&event));
    reporter.outcome(&outcome);
    let told = match reporter.finish() {
        // Whoever read the report has read enough of it; what became of the target is told by the exit code.
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
        _ => Stop::after(&outcome),
    };
    (outcome, told)
}

/// What tells of a run.
pub(super) fn reporter(format: Format, detail: Detail, terminal: &Terminal) -> Box<dyn Reporter> {
    match format {
        Format::Json => Box::new(Json::new(std::io::stdout())),
        Format::Text if terminal.is_live() => {
            Box::new(LiveText::new(RunText::new(terminal.out(), detail), terminal.err(), live_columns))
        }
        Format::Text => Box::new(RunText::new(terminal.out(), detail).with_notes(terminal.err())),
    }
}
