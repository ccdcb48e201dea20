//! Floor 7: one run on one page: lock, facts, compile, converge, report, history.

use std::io;
use std::time::Duration;

use camino::Utf8PathBuf;

use crate::compile::{self, Compiled};
use crate::converge::{self, Options, Summary};
use crate::cookbook::Project;
use crate::facts;
use crate::model::error::{Diagnostics, Failure};
use crate::model::event::{Counts, Event, Mode};
use crate::model::exit::Exit;
use crate::model::journal::{Holder, Record, RunRecord};
use crate::model::node::AttributeSource;
use crate::model::step::Step;
use crate::report::Reporter;
use crate::target::Target;
use crate::target::local::Local;

mod identity;
mod lock;

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
    /// How long to wait for another run to give the target free.
    pub lock_timeout: Duration,
    /// Where the target keeps lock, journal and history, if not where it usually does.
    pub state: Option<Utf8PathBuf>,
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
    /// Another run holds the target; nothing was touched.
    #[error("{0}")]
    Locked(Failure),
    /// It was interrupted before it began; nothing was touched.
    #[error("the run was interrupted before it began")]
    Interrupted,
    /// The report could not be written. The run itself went to its end.
    #[error("the report can't be written: {0}")]
    Report(#[from] io::Error),
}

/// Converges this machine, or plans to. What is to be said outside of the run itself, for whom it waits before it can
/// begin and what could not be written after its end, goes to `say`.
///
/// # Errors
/// See [`Stopped`].
pub fn run(
    request: &Request<'_>,
    reporter: &mut dyn Reporter,
    say: &mut dyn FnMut(&str),
) -> Result<Exit, Stopped> {
    let mut target = Local::new();
    if let Some(state) = &request.state {
        target.keep_state_in(state.clone());
    }
    let mut options = request.options.clone();
    // A plan writes nothing, so it needs no lock and leaves no trace.
    let holder = match options.mode {
        Mode::Plan => None,
        Mode::Run => {
            let holder = identity::holder(&mut target)?;
            lock::take(&mut target, &holder, request.lock_timeout, &options.interrupted, say)?;
            options.run.clone_from(&holder.run);
            Some(holder)
        }
    };
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

    let mut counts = None;
    let mut sink = |event: Event| {
        if let Event::RunFinished { counts: counted, .. } = &event {
            counts = Some(*counted);
        }
        report(reporter, &event, &said);
    };
    let summary = converge::converge(&collection, &mut target, &options, &mut sink);
    let exit = summary.as_ref().map_or(Exit::Unreachable, |summary| exit(*summary, options.mode));
    let written = reporter.finish();
    summary?;
    if let Some(holder) = &holder
        && let Err(failure) = record(&mut target, holder, request.run_list, counts, exit)
    {
        // What became of the machine is told already, and the exit code stands.
        say(&format!("the history does not tell of this run: {failure}"));
    }
    match written {
        // Whoever read the report has read enough of it; what became of the machine is told by the exit code.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(exit),
    }
}

fn exit(summary: Summary, mode: Mode) -> Exit {
    if summary.interrupted {
        Exit::Interrupted
    } else if !summary.success {
        Exit::Failed
    } else if mode == Mode::Plan && summary.changed {
        Exit::Changes
    } else {
        Exit::Success
    }
}

/// Adds the run to the target's history.
fn record(
    target: &mut dyn Target,
    holder: &Holder,
    run_list: &[String],
    counts: Option<Counts>,
    exit: Exit,
) -> Result<(), Failure> {
    let run = RunRecord {
        run: holder.run.clone(),
        user: holder.user.clone(),
        run_list: run_list.to_vec(),
        mode: Mode::Run,
        started: holder.since.clone(),
        ended: identity::now(),
        counts,
        exit: exit as u8,
    };
    target.apply(&Step::Record(Record::Run(run)), &mut |_| {})
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
