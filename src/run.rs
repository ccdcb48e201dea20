//! Floor 7: one run on one page: facts, compile, converge, report.

use std::io;

use serde_json::{Map, Value};

use crate::compile::{self, Compiled};
use crate::converge::{self, Options, Summary};
use crate::cookbook::Project;
use crate::facts;
use crate::model::error::{Diagnostic, Diagnostics, Failure, Location};
use crate::model::event::{Event, Mode};
use crate::model::exit::Exit;
use crate::model::node::AttributeSource;
use crate::remote::{Destination, Session};
use crate::report::Reporter;
use crate::target::local::Local;

/// What to converge, and how.
#[derive(Debug)]
pub struct Request<'a> {
    /// How to reach the machine; this one if nothing is said.
    pub destination: Option<&'a Destination>,
    /// Project and cookbooks.
    pub project: &'a Project,
    /// `recipe`, `cookbook`, `cookbook::recipe`, in order.
    pub run_list: &'a [String],
    /// Attributes above the cookbooks' defaults.
    pub attributes: &'a [AttributeSource],
    /// Run or plan, and what to do when something goes wrong.
    pub options: Options,
}

/// Why a run came to no end of its own.
#[derive(Debug, thiserror::Error)]
pub enum Stopped {
    /// The recipes don't compile; nothing was touched.
    #[error("{0}")]
    Compile(#[from] Diagnostics),
    /// The target could not be reached, or was lost.
    #[error("{0}")]
    Target(#[from] Failure),
    /// The report could not be written. The run itself went to its end.
    #[error("the report can't be written: {0}")]
    Report(#[from] io::Error),
}

/// Converges a machine, or plans to.
///
/// # Errors
/// See [`Stopped`].
pub fn run(request: &Request<'_>, reporter: &mut dyn Reporter) -> Result<Exit, Stopped> {
    let summary = match request.destination {
        None => here(request, reporter)?,
        Some(destination) => there(request, destination, reporter)?,
    };
    let written = reporter.finish();
    let summary = summary?;
    let exit = if summary.interrupted {
        Exit::Interrupted
    } else if !summary.success {
        Exit::Failed
    } else if request.options.mode == Mode::Plan && summary.changed {
        Exit::Changes
    } else {
        Exit::Success
    };
    match written {
        // Whoever read the report has read enough of it; what became of the machine is told by the exit code.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(exit),
    }
}

/// What a target made of a collection, or how it was lost after it had begun.
type Ended = Result<Summary, Failure>;

fn here(request: &Request<'_>, reporter: &mut dyn Reporter) -> Result<Ended, Stopped> {
    let mut target = Local::new();
    // The lock of the target is taken here, before anything is asked, and the journal opened with what it still owes.
    let facts = facts::gather(&mut target)?;
    let Compiled { collection, blobs, warnings, messages, .. } = compile(request, &facts)?;
    target.provide(blobs);
    let said = said(warnings, messages);
    let mut sink = |event: Event| report(reporter, &event, &said);
    Ok(converge::converge(&collection, &mut target, &request.options, &mut sink))
}

/// Nothing in here knows this machine as a target: all that happens, happens behind the session.
fn there(
    request: &Request<'_>,
    destination: &Destination,
    reporter: &mut dyn Reporter,
) -> Result<Ended, Stopped> {
    let session = Session::open(destination)?;
    let Compiled { collection, blobs, warnings, messages, .. } = compile(request, session.facts())?;
    let said = said(warnings, messages);
    let mut sink = |event: Event| report(reporter, &event, &said);
    Ok(session.converge(&collection, &blobs, &request.options, &mut sink))
}

fn compile(request: &Request<'_>, facts: &Map<String, Value>) -> Result<Compiled, Diagnostics> {
    compile::compile(&compile::Input {
        project: request.project,
        run_list: request.run_list,
        facts,
        attributes: request.attributes,
    })
}

/// What compile has to say, as events.
fn said(warnings: Vec<Diagnostic>, messages: Vec<(Location, String)>) -> Vec<Event> {
    messages
        .into_iter()
        .map(|(location, text)| Event::Message { location, text })
        .chain(warnings.into_iter().map(|diagnostic| Event::Warning { diagnostic }))
        .collect()
}

/// The start of the run is the first event of all, so what compile has to say comes right after it.
fn report(reporter: &mut dyn Reporter, event: &Event, said: &[Event]) {
    reporter.event(event);
    if matches!(event, Event::RunStarted { .. }) {
        for event in said {
            reporter.event(event);
        }
    }
}
