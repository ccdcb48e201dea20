//! `chefrs attach`.

use std::time::Duration;

use clap::Args;

use crate::converge::Options;
use crate::fleet::FleetHost;
use crate::model::ending::Ending;
use crate::model::english::count;
use crate::model::error::Diagnostic;
use crate::model::event::{Event, Mode};
use crate::model::exit::Exit;
use crate::model::fleet::TargetOutcome;
use crate::remote::{Destination, Session, Watch};
use crate::report::text::Detail;

use super::destination::Targets;
use super::format::{Format, reporter};
use super::signals;
use super::stop::EarlyEnd;
use super::terminal::Terminal;

/// Tells of a run on another machine, from its begin to its end.
///
/// A run there goes on when its connection breaks, or when you leave it. The last twenty can be told of after their
/// end, too. Ctrl-C interrupts the run as it would where it was started.
#[derive(Debug, Args)]
pub(super) struct AttachArguments {
    /// Id of the run, as `chefrs status` lists it.
    #[arg(value_name = "RUN")]
    run: String,
    #[command(flatten)]
    targets: Targets,
    /// Text for people, or the event stream as JSON, one object a line.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
    /// Shows resources that are up to date or skipped too, what commands print, and the time each took.
    #[arg(short, long)]
    verbose: bool,
    /// How long to try to reach the machine again when the connection breaks; 0 does not try.
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    reconnect: u64,
}

pub(super) fn attach(arguments: &AttachArguments, terminal: &Terminal) -> Result<Exit, EarlyEnd> {
    let destination = destination(arguments)?;
    let options = Options { interrupt: signals::interrupted()?, ..Options::new(Mode::Run) };
    let watch =
        Watch { run: &arguments.run, options: &options, reconnect: Duration::from_secs(arguments.reconnect) };
    let detail = if arguments.verbose { Detail::Everything } else { Detail::Changes };
    let mut reporter = reporter(arguments.format, detail, terminal);
    let mut outcome = TargetOutcome::new(&destination.name, Ending::NotStarted);
    let mut sink = |event: Event| {
        outcome.note(&event);
        reporter.event(&event);
    };
    let summary = Session::open(&destination, &options.interrupt)?.attach(&watch, &mut sink);
    let outcome = outcome.of(summary.map(|summary| summary.ending(Mode::Run)));
    reporter.outcome(&outcome);
    reporter.finish()?;
    EarlyEnd::after(&outcome)
}

/// The one machine that the run is on.
fn destination(arguments: &AttachArguments) -> Result<Destination, EarlyEnd> {
    let one = |hosts: &[FleetHost]| match hosts {
        [_] => Ok(()),
        several => {
            let targets = count(several.len(), "target");
            let wrong = Diagnostic::error(format!("a run is on one target, and these are {targets}"));
            Err(EarlyEnd::usage(wrong.hint("name one of them with `-t`")))
        }
    };
    let hosts = arguments.targets.choose_if(one)?;
    hosts.into_iter().find_map(|host| host.destination).ok_or_else(|| {
        EarlyEnd::usage(
            Diagnostic::error("a run on this machine itself is told of where it was started")
                .hint("name another target with `-t`; `chefrs status` tells who runs here"),
        )
    })
}
