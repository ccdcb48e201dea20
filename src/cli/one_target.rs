//! `run` and `plan` on one machine.

use std::io::ErrorKind;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use crate::confined::{Compiler, Started};
use crate::fleet::FleetHost;
use crate::history::BegunTarget;
use crate::locked_run::RunIdentity;
use crate::model::event::Mode;
use crate::model::exit::Exit;
use crate::model::fleet::{FleetEvent, Stage, TargetEvent, TargetOutcome};
use crate::model::run_list::names;
use crate::report::Reporter;
use crate::run::{self, Request};

use super::early_end::EarlyEnd;
use super::environment;
use super::record::{Recorder, RunStart};
use super::run_choices::{RunChoices, ToCompile};
use super::signals::Audience;
use super::terminal::Terminal;

/// Interval for updating the time in the live line.
const TICK: Duration = Duration::from_millis(250);

/// Converges a machine, or plans to. Returns an error only if nothing was reported yet.
pub(super) fn converge(
    choices: &RunChoices<'_>,
    chosen: &FleetHost,
    work: &ToCompile<'_>,
    reporter: &mut (dyn Reporter + Send),
    terminal: &Terminal,
) -> Result<Result<Exit, EarlyEnd>, EarlyEnd> {
    // Starts early, because the process takes as long to initialise as the preparation before it is needed.
    let compiling = chosen.destination.is_none().then(|| Compiler::default().start());
    let ToCompile { project, attributes, secrets } = *work;
    // Of one that is left of several, the attributes are still its own.
    let attributes = [chosen.attributes.as_slice(), attributes].concat();
    let run_list = names(&chosen.run_list);
    let run_identity = RunIdentity::now();
    let request = Request {
        name: &chosen.name,
        destination: chosen.destination.as_ref(),
        project,
        run_list: &run_list,
        attributes: &attributes,
        scope: &choices.scope,
        missing_words: None,
        secrets,
        asking: &chosen.asking,
        options: choices.options(Audience::One)?,
        run_identity: &run_identity,
        started: terminal.begin(),
        lock_timeout: choices.lock_timeout(project),
        patience: choices.patience,
        state: environment::state()?,
        turns: None,
        peers: None,
        oversight: choices.oversight,
    };
    // A question stays on the terminal until it is answered.
    let is_live = choices.steps.is_none() && choices.shared.reports().is_live(terminal);
    // A plan writes nothing on this machine, either.
    if choices.mode == Mode::Plan {
        return Ok(run_and_report(&request, compiling, is_live, reporter).1);
    }
    let start = RunStart {
        run_identity: &run_identity,
        project: project.root(),
        run_list: &run_list,
        lock: project.lock(),
    };
    let aim = BegunTarget { name: &chosen.name, is_node: chosen.is_node };
    let mut recorder = Recorder::new(reporter, &[aim], &start, request.destination.is_some(), terminal)?;
    let (outcome, told) = run_and_report(&request, compiling, is_live, &mut recorder);
    recorder.end(outcome.outcome.exit().unwrap_or(Exit::Success));
    Ok(told)
}

/// Runs and reports. Returns the outcome, and the error to report at the end.
fn run_and_report(
    request: &Request<'_>,
    compiling: Option<Started>,
    is_live: bool,
    reporter: &mut (dyn Reporter + Send),
) -> (TargetOutcome, Result<Exit, EarlyEnd>) {
    let told = |event| {
        let (target, event) = (request.name.to_owned(), Box::new(event));
        FleetEvent::Target(TargetEvent { target, event })
    };
    let outcome = if is_live {
        with_clock(reporter, |reporter| {
            run::run(request, compiling, &mut |event| lock(reporter).event(&told(event)))
        })
    } else {
        run::run(request, compiling, &mut |event| reporter.event(&told(event)))
    };
    reporter.event(&FleetEvent::Stage(Stage::TargetFinished(Box::new(outcome.clone()))));
    let told = match reporter.finish() {
        // If the reader is gone, the exit code still tells the outcome.
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
        _ => EarlyEnd::after(&outcome),
    };
    (outcome, told)
}

/// Runs `work`, and meanwhile ticks the reporter, so that the live line shows how long the action takes.
fn with_clock<'a, T>(
    reporter: &mut (dyn Reporter + Send + 'a),
    work: impl FnOnce(&Mutex<&mut (dyn Reporter + Send + 'a)>) -> T,
) -> T {
    let reporter = Mutex::new(reporter);
    let (at_work, ended) = mpsc::channel::<()>();
    thread::scope(|scope| {
        let reporter = &reporter;
        // If the thread can't be started, only the time is missing.
        let _ = thread::Builder::new().name("clock".into()).spawn_scoped(scope, move || {
            while ended.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
                lock(reporter).tick();
            }
        });
        let done = work(reporter);
        drop(at_work);
        done
    })
}

/// A panic in the reporter is reported by that panic.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
