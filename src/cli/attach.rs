//! `chefrs attach`.

use std::time::Duration;

use clap::Args;
use clap_complete::engine::ArgValueCompleter;

use crate::converge::Options;
use crate::fleet::FleetHost;
use crate::history::SeenEnd;
use crate::locked_run;
use crate::model::ending::Ending;
use crate::model::english::count;
use crate::model::error::Diagnostic;
use crate::model::event::{Event, Mode};
use crate::model::exit::Exit;
use crate::model::fleet::{FleetEvent, Stage, TargetEvent, TargetOutcome};
use crate::model::redact::MaskedEvents;
use crate::remote::{Destination, Session, Watch};
use crate::report::Reporter as _;

use super::complete;
use super::early_end::EarlyEnd;
use super::environment;
use super::reports::{ReportArguments, report_early_end};
use super::signals;
use super::target_options::Targets;
use super::terminal::Terminal;

/// Follows a run on another machine.
///
/// A run goes on when its connection breaks, or when you leave it. This shows it from its start to its end. The last
/// twenty runs can be shown after their end too. Ctrl-C interrupts the run, as it would where it was started.
#[derive(Debug, Args)]
pub(super) struct AttachArguments {
    /// Id of the run, from `chefrs status`.
    #[arg(value_name = "RUN", add = ArgValueCompleter::new(complete::runs))]
    run: String,
    #[command(flatten)]
    targets: Targets,
    #[command(flatten)]
    reports: ReportArguments,
    /// Seconds to try to connect again when the connection breaks. 0 does not try.
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    reconnect: u64,
}

pub(super) fn attach(arguments: &AttachArguments, terminal: &Terminal) -> Result<Exit, EarlyEnd> {
    let mut reporter = arguments.reports.reporter(terminal, true)?;
    let destination = destination(arguments)
        .map_err(|stop| report_early_end(&mut reporter, arguments.targets.only(), stop, terminal))?;
    let options = Options { interrupt: signals::interrupted()?, ..Options::new(Mode::Run) };
    let watch =
        Watch { run: &arguments.run, options: &options, reconnect: Duration::from_secs(arguments.reconnect) };
    let mut outcome = TargetOutcome::new(&destination.name, Ending::NotStarted);
    let mut begun = None;
    let mut told = |event: Event| {
        if let Event::RunStarted { run, .. } = &event {
            begun = Some(run.clone());
        }
        outcome.note(&event);
        let (target, event) = (destination.name.clone(), Box::new(event));
        reporter.event(&FleetEvent::Target(TargetEvent { target, event }));
    };
    let secrets = environment::secrets()?;
    let mut masked = MaskedEvents::new(&secrets);
    let mut sink = |event: Event| masked.pass(event, &mut told);
    let session = Session::open(&destination, &options.interrupt);
    let summary = session.and_then(|session| session.attach(&watch, &mut sink));
    masked.flush(&mut told);
    let summary = summary.map_err(|failure| masked.redactor().failure(failure));
    let outcome = outcome.of(summary.map(|summary| summary.ending(Mode::Run)));
    if let Some(run) = begun {
        settle(&outcome, &run);
    }
    reporter.event(&FleetEvent::Stage(Stage::TargetFinished(Box::new(outcome.clone()))));
    reporter.finish()?;
    EarlyEnd::after(&outcome)
}

/// Updates the history on this machine if it has not seen the end of the run.
fn settle(outcome: &TargetOutcome, run: &str) {
    let is_seen = !matches!(outcome.outcome, Ending::Lost | Ending::Unreachable | Ending::Refused);
    let (Ok(Some(history)), Some(exit), true) = (environment::history(), outcome.exit, is_seen) else {
        return;
    };
    let seen =
        SeenEnd { run, outcome: outcome.outcome, exit, counts: outcome.counts, ended: &locked_run::now() };
    // If the history can't be written, the run stays without an end there.
    let _ = history.see_end(&outcome.target, &seen);
}

/// The machine that the run is on.
fn destination(arguments: &AttachArguments) -> Result<Destination, EarlyEnd> {
    let one = |hosts: &[FleetHost]| match hosts {
        [_] => Ok(()),
        several => {
            let targets = count(several.len(), "target");
            let wrong = Diagnostic::error(format!("a run is on one target, but these are {targets}"));
            Err(EarlyEnd::usage(wrong.hint("name one of them with `-t`")))
        }
    };
    let hosts = arguments.targets.choose_if(one)?;
    hosts.into_iter().find_map(|host| host.destination).ok_or_else(|| {
        EarlyEnd::usage(
            Diagnostic::error("a run on this machine is shown where it was started")
                .hint("name another target with `-t`; `chefrs status` tells who runs here"),
        )
    })
}
