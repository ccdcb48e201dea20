//! Floor 7: one run on one page: facts, compile, converge, report.

use std::io;

use crate::compile::{self, Compiled};
use crate::converge::{self, Options};
use crate::cookbook::Project;
use crate::facts;
use crate::model::error::{Diagnostics, Failure};
use crate::model::event::{Event, Mode};
use crate::model::exit::Exit;
use crate::model::node::AttributeSource;
use crate::report::Reporter;
use crate::target::local::Local;

/// What to converge, and how.
#[derive(Debug)]
pub struct Request<'a> {
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

/// Converges this machine, or plans to.
///
/// # Errors
/// See [`Stopped`].
pub fn run(request: &Request<'_>, reporter: &mut dyn Reporter) -> Result<Exit, Stopped> {
    let mut target = Local::new();
    // The lock of the target is taken here, before anything is asked, and the journal opened with what it still owes.
    let facts = facts::gather(&mut target)?;
    let Compiled { collection, blobs, warnings, messages, .. } = compile::compile(&compile::Input {
        project: request.project,
        run_list: request.run_list,
        facts: &facts,
        attributes: request.attributes,
    })?;
    target.provide(blobs);

    let said: Vec<Event> = messages
        .into_iter()
        .map(|(location, text)| Event::Message { location, text })
        .chain(warnings.into_iter().map(|diagnostic| Event::Warning { diagnostic }))
        .collect();

    let mut sink = |event: Event| report(reporter, &event, &said);
    let summary = converge::converge(&collection, &mut target, &request.options, &mut sink);
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

/// The start of the run is the first event of all, so what compile has to say comes right after it.
fn report(reporter: &mut dyn Reporter, event: &Event, said: &[Event]) {
    reporter.event(event);
    if matches!(event, Event::RunStarted { .. }) {
        for event in said {
            reporter.event(event);
        }
    }
}
