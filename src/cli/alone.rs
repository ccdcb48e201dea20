//! `run` and `plan` on one machine.

use std::io::ErrorKind;

use crate::confined::{Compiler, Started};
use crate::fleet::FleetHost;
use crate::history::BegunTarget;
use crate::hold::Beginning;
use crate::model::event::Mode;
use crate::model::exit::Exit;
use crate::model::fleet::{FleetEvent, Stage, TargetEvent, TargetOutcome};
use crate::report::Reporter;
use crate::run::{self, Request};

use super::environment;
use super::record::{Recorder, RunStart};
use super::signals::Audience;
use super::stop::EarlyEnd;
use super::terminal::Terminal;
use super::wish::{RunChoices, ToCompile};

/// Converges it, or plans to. What comes of that is told by then; an error is one that came before.
pub(super) fn converge(
    wish: &RunChoices<'_>,
    chosen: &FleetHost,
    work: &ToCompile<'_>,
    reporter: &mut (dyn Reporter + Send),
    terminal: &Terminal,
) -> Result<Result<Exit, EarlyEnd>, EarlyEnd> {
    // It takes as long to get ready as all that comes before there is something to compile.
    let compiling = chosen.destination.is_none().then(|| Compiler::default().start());
    let ToCompile { project, run_list, attributes } = *work;
    let beginning = Beginning::now();
    let request = Request {
        name: &chosen.name,
        destination: chosen.destination.as_ref(),
        project,
        run_list,
        attributes,
        options: wish.options(Audience::One)?,
        beginning: &beginning,
        begin: terminal.begin(),
        lock_timeout: wish.lock_timeout,
        patience: wish.patience,
        state: environment::state()?,
        turns: None,
        peers: None,
    };
    // A plan writes nothing, here neither.
    if wish.mode == Mode::Plan {
        return Ok(watched(&request, compiling, reporter).1);
    }
    let start = RunStart { beginning: &beginning, project: project.root(), run_list };
    let aim = BegunTarget { name: &chosen.name, is_node: chosen.is_node };
    let mut recorder = Recorder::new(reporter, &[aim], &start, request.destination.is_some(), terminal)?;
    let (outcome, told) = watched(&request, compiling, &mut recorder);
    recorder.end(outcome.outcome.exit().unwrap_or(Exit::Success));
    Ok(told)
}

/// Runs, and reports: what came of it, and what is to be told of that at the end.
fn watched(
    request: &Request<'_>,
    compiling: Option<Started>,
    reporter: &mut dyn Reporter,
) -> (TargetOutcome, Result<Exit, EarlyEnd>) {
    let outcome = run::run(request, compiling, &mut |event| {
        let (target, event) = (request.name.to_owned(), Box::new(event));
        reporter.event(&FleetEvent::Target(TargetEvent { target, event }));
    });
    reporter.event(&FleetEvent::Stage(Stage::TargetFinished(Box::new(outcome.clone()))));
    let told = match reporter.finish() {
        // Whoever read the report has read enough of it; what became of the target is told by the exit code.
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
        _ => EarlyEnd::after(&outcome),
    };
    (outcome, told)
}
