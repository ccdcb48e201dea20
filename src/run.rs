//! Floor 7: one run on one page: lock, facts, compile, converge, report, history.

use std::io;
use std::time::Duration;

use camino::Utf8PathBuf;
use serde_json::{Map, Value};

use crate::compile::{self, Compiled, Input};
use crate::converge::{self, Foresight, Options, Summary};
use crate::cookbook::Project;
use crate::facts;
use crate::hold::{self, Beginning, Hold, Refused};
use crate::model::error::{Diagnostic, Diagnostics, Failure, Location};
use crate::model::event::{Event, Mode};
use crate::model::exit::Exit;
use crate::model::node::AttributeSource;
use crate::model::step::Step;
use crate::provider::Upcoming;
use crate::remote::{Destination, Order, Patience, Session};
use crate::report::Reporter;
use crate::target::Target as _;
use crate::target::local::Local;

mod turns;

pub use turns::Turns;

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
    /// Id and time of a run on this machine; one on another machine has an id of that machine's.
    pub beginning: Beginning,
    /// How long to wait for another run to give the target free.
    pub lock_timeout: Duration,
    /// How long to wait for a remote machine that has gone.
    pub patience: Patience,
    /// Where the target keeps lock, journal and history, if not where it usually does.
    pub state: Option<Utf8PathBuf>,
    /// Turns to compile, where several runs happen at once.
    pub turns: Option<&'a Turns>,
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

impl From<Refused> for Stopped {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Locked(failure) => Self::Locked(failure),
            Refused::Interrupted => Self::Interrupted,
            Refused::Target(failure) => Self::Target(failure),
        }
    }
}

/// Converges a machine, or plans to. What is to be said outside of the run itself, for whom it waits before it can
/// begin and what could not be written after its end, goes to `say`.
///
/// # Errors
/// See [`Stopped`].
pub fn run(
    request: &Request<'_>,
    reporter: &mut dyn Reporter,
    say: &mut dyn FnMut(&str),
) -> Result<Exit, Stopped> {
    let ended = match request.destination {
        None => here(request, reporter, say)?,
        Some(destination) => there(request, destination, reporter, say)?,
    };
    match ended.written {
        // Whoever read the report has read enough of it; what became of the machine is told by the exit code.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(ended.summary.exit(request.options.mode)),
    }
}

/// A run that came to its end.
struct Ended {
    summary: Summary,
    /// Whether the report could be.
    written: io::Result<()>,
}

fn here(
    request: &Request<'_>,
    reporter: &mut dyn Reporter,
    say: &mut dyn FnMut(&str),
) -> Result<Ended, Stopped> {
    let mut target = Local::new();
    if let Some(state) = &request.state {
        target.keep_state_in(state.clone());
    }
    let mut options = request.options.clone();
    // A plan writes nothing, so it needs no lock and leaves no trace.
    let hold = match options.mode {
        Mode::Plan => None,
        Mode::Run => {
            let caller = hold::caller(&mut target)?;
            let patience = request.lock_timeout;
            let hold =
                Hold::take(&mut target, &request.beginning, caller, patience, &options.interrupted, say)?;
            hold.run().clone_into(&mut options.run);
            Some(hold)
        }
    };
    let facts = facts::gather(&mut target)?;
    let mut foresight = Foresight::default();
    let mut look = |upcoming: &[Upcoming]| foresight.look(&mut target, upcoming);
    let Compiled { collection, rows, blobs, warnings, messages, .. } =
        with_turn(request, &facts, |input| compile::compile_ahead(input, &mut look))?;
    let foresight = foresight.placed(&rows);
    target.provide(blobs);

    let said = said(warnings, messages);
    let mut sink = |event: Event| report(reporter, &event, &said);
    let summary = converge::converge_foreseen(&collection, &mut target, &options, foresight, &mut sink);
    let written = reporter.finish();
    let mut summary = summary?;
    if let Some(hold) = &hold {
        let exit = summary.exit(options.mode);
        let restart = summary.restart.as_deref();
        let recorded = hold.record(&mut target, request.run_list, summary.counts, exit, restart);
        if let Err(failure) = recorded {
            // What became of the machine is told already, and the exit code stands.
            say(&format!("the history does not tell of this run: {failure}"));
        }
    }
    if let Some(by) = &summary.restart {
        summary.success &= restarted(&mut target, by, say);
    }
    // Thousands of small pieces, which the process gives back at once when it ends, soon.
    std::mem::forget(collection);
    Ok(Ended { summary, written })
}

/// Restarts this machine, as the last thing that a run on it does; whether it could.
fn restarted(target: &mut Local, by: &str, say: &mut dyn FnMut(&str)) -> bool {
    let Some(restart) = target.restart().cloned() else { return true };
    let ended = if restart.now { "; run the same again to go on" } else { "" };
    say(&format!("this machine restarts for {by}{ended}"));
    match target.apply(&Step::Run(restart.command), &mut |_| {}) {
        Ok(()) => true,
        Err(failure) => {
            say(&format!("it could not be restarted: {failure}"));
            false
        }
    }
}

/// Nothing in here knows this machine as a target: all that happens, happens behind the session, the lock and the
/// history too.
fn there(
    request: &Request<'_>,
    destination: &Destination,
    reporter: &mut dyn Reporter,
    say: &mut dyn FnMut(&str),
) -> Result<Ended, Stopped> {
    let session = Session::open(destination)?;
    let Compiled { collection, blobs, warnings, messages, .. } =
        with_turn(request, session.facts(), compile::compile)?;
    if request.options.is_interrupted() {
        session.close();
        return Err(Stopped::Interrupted);
    }
    let said = said(warnings, messages);
    let mut sink = |event: Event| report(reporter, &event, &said);
    // All that this machine is asked is who we are.
    let caller = hold::caller(&mut Local::new())?;
    let order = Order {
        collection: &collection,
        blobs: &blobs,
        options: &request.options,
        lock_timeout: request.lock_timeout,
        patience: request.patience,
        caller: &caller,
    };
    let summary = session.converge(&order, &mut sink, say);
    let written = reporter.finish();
    Ok(Ended { summary: summary?, written })
}

/// Compiles when it is this run's turn.
fn with_turn(
    request: &Request<'_>,
    facts: &Map<String, Value>,
    compile: impl FnOnce(&Input<'_>) -> Result<Compiled, Diagnostics>,
) -> Result<Compiled, Diagnostics> {
    let _turn = request.turns.map(Turns::take);
    let Request { project, run_list, attributes, .. } = *request;
    compile(&Input { project, run_list, facts, attributes })
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
