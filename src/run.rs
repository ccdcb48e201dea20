//! Floor 8: one run on one page: lock, facts, compile, secrets, converge, report, history.

use std::borrow::Cow;
use std::cell::RefCell;
use std::mem::take;
use std::time::{Duration, Instant};

use camino::Utf8PathBuf;
use serde_json::{Map, Value};

use crate::compile::{Compiled, Input};
use crate::confined::{Compiler, Started};
use crate::converge::{EarlyAnswers, Options, Summary};
use crate::cookbook::Project;
use crate::facts;
use crate::locked_run::{self, LockedRun, Peers, RunIdentity, RunWork, Terms};
use crate::model::ending::Ending;
use crate::model::error::{Diagnostics, Failure, FailureKind};
use crate::model::event::Event;
use crate::model::fleet::TargetOutcome;
use crate::model::journal::Caller;
use crate::model::node::AttributeSource;
use crate::model::redact::MaskedEvents;
use crate::model::secrets::Secrets;
use crate::model::step::Restart;
use crate::remote::{Destination, Patience, RemoteOrder, Session};
use crate::scope::{MissingWords, RunScope};
use crate::secrets::{AskingNode, SecretSources};
use crate::target::Target;
use crate::target::local::Local;

mod ahead;
mod fetched_file;
mod oversight;
mod prepared;
mod probed_facts;
mod rows;
mod task;
mod turns;

pub use fetched_file::fetch_file;
pub use oversight::{Oversight, SealedCollection};
use prepared::{narrowed, secrets};
pub use probed_facts::{ProbedFacts, Unprobed, probed_facts};
pub use rows::{RowsRequest, converge_rows};
pub use task::task_commands;
pub use turns::Turns;

/// What to converge, and how.
#[derive(Debug)]
pub struct Request<'a> {
    /// The target's name in reports.
    pub name: &'a str,
    /// How to connect to the target. `None`: this machine.
    pub destination: Option<&'a Destination>,
    pub project: &'a Project,
    /// `recipe`, `cookbook` or `cookbook::recipe`, in order.
    pub run_list: &'a [String],
    /// Attributes that override the cookbooks' defaults, weakest first.
    pub attributes: &'a [AttributeSource],
    /// The part of the collection to run.
    pub scope: &'a RunScope,
    /// What that names on no target, if there are several. If there is one, it must name something there.
    pub missing_words: Option<&'a MissingWords>,
    /// Where secrets come from.
    pub secrets: &'a SecretSources<'a>,
    /// The node whose secrets are used.
    pub asking: &'a AskingNode,
    /// Options, without secrets.
    pub options: Options,
    /// Id and start time of the run.
    pub run_identity: &'a RunIdentity,
    /// When work on it started; reported durations count from here.
    pub started: Instant,
    /// How long to wait for the lock.
    pub lock_timeout: Duration,
    /// How long to wait for a remote target that was lost.
    pub patience: Patience,
    /// State directory of this machine, if not the default.
    pub state: Option<Utf8PathBuf>,
    /// Limits how many runs compile at the same time.
    pub turns: Option<&'a Turns>,
    /// The other targets, if no target may be changed before all of them were examined.
    pub peers: Option<&'a dyn Peers>,
    /// Sees what was compiled, and may refuse it.
    pub oversight: Option<&'a dyn Oversight>,
}

/// Why a run did not finish.
enum Stopped {
    /// The recipes don't compile; nothing was changed.
    Compile(Diagnostics),
    /// Probes have no answers, or secrets are missing; nothing was changed.
    Unready(Diagnostics),
    /// It could not start or continue.
    Failed(Failure),
}

impl From<Diagnostics> for Stopped {
    fn from(findings: Diagnostics) -> Self {
        Self::Compile(findings)
    }
}

impl From<Unprobed> for Stopped {
    fn from(unprobed: Unprobed) -> Self {
        match unprobed {
            Unprobed::Declarations(findings) => Self::Compile(findings),
            Unprobed::Answers(findings) => Self::Unready(findings),
            Unprobed::Lost(failure) => Self::Failed(failure),
        }
    }
}

impl From<Failure> for Stopped {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// Converges (or plans) a target. Events go to `sink`; the result is returned in any case. `compiling` is a compiler
/// process that was already started.
pub fn run(request: &Request<'_>, compiling: Option<Started>, sink: &mut dyn FnMut(Event)) -> TargetOutcome {
    let mut outcome = TargetOutcome::new(request.name, Ending::NotStarted);
    // A target masks its own events, but it is not trusted. Which secrets there are besides those of the environment is
    // known after the compile.
    let masked = RefCell::new(MaskedEvents::new(request.secrets.environment()));
    let learn = |secrets: &Secrets| *masked.borrow_mut() = MaskedEvents::new(secrets);
    let mut told = |mut event: Event| {
        match &mut event {
            // A node may be this machine, which calls itself `local`.
            Event::RunStarted { target, .. } => request.name.clone_into(target),
            // Report the time since the work started.
            Event::RunFinished { milliseconds, .. } => *milliseconds = elapsed(request.started),
            _ => {}
        }
        outcome.note(&event);
        sink(event);
    };
    let mut sink = |event: Event| masked.borrow_mut().pass(event, &mut told);
    let done = match request.destination {
        None => here(request, compiling, &learn, &mut sink),
        Some(destination) => there(request, destination, &learn, &mut sink),
    };
    let mut masked = masked.into_inner();
    masked.flush(&mut told);
    let redactor = masked.redactor();
    let (ended, findings) = match done {
        Ok(summary) => (Ok(summary.ending(request.options.mode)), Vec::new()),
        Err(Stopped::Compile(findings)) => (Ok(Ending::NotCompiled), findings.0),
        Err(Stopped::Unready(findings)) => (Ok(Ending::Failed), findings.0),
        // The target that is the cause reports the reason.
        Err(Stopped::Failed(failure)) if failure.kind == FailureKind::HeldBack => {
            (Ok(Ending::NotStarted), Vec::new())
        }
        Err(Stopped::Failed(failure)) => (Err(redactor.failure(failure)), Vec::new()),
    };
    TargetOutcome { findings, milliseconds: elapsed(request.started), ..outcome.of(ended) }
}

fn here(
    request: &Request<'_>,
    compiling: Option<Started>,
    learn: &dyn Fn(&Secrets),
    sink: &mut dyn FnMut(Event),
) -> Result<Summary, Stopped> {
    let mut target = Local::under(request.options.interrupt.clone());
    if let Some(state) = &request.state {
        target.keep_state_in(state.clone());
    }
    let caller = locked_run::caller(&mut target)?;
    let mut terms = terms(request, request.options.clone(), &caller);
    terms.options.continues_after_restart = false;
    let Some(peers) = request.peers else {
        // It is ready by the time that the facts are gathered.
        let mut compiling = compiling.unwrap_or_else(|| Compiler::default().start());
        let locked = LockedRun::begin(&mut target, terms, sink)?;
        let facts = facts::gather(&mut target)?;
        let facts = probed(request, Cow::Owned(facts), &mut target)?;
        let (compiled, early_answers) = if request.scope.is_everything() {
            ahead::compile(&mut target, |look| {
                with_turn(request, &facts, |input| compiling.compile_ahead(input, look))
            })?
        } else {
            // What is left out is not looked at.
            let compiled = with_turn(request, &facts, |input| compiling.compile_ahead(input, &mut |_| {}))?;
            (compiled, EarlyAnswers::default())
        };
        let (mut compiled, options) = prepared(request, compiled, learn)?;
        oversee(request, &facts.facts, &mut compiled, &options.secrets)?;
        let locked = locked.with_secrets(options.secrets.clone());
        return converge_locked(locked, &mut target, compiled, early_answers, sink);
    };
    peers.met();
    let facts = facts::gather(&mut target)?;
    let facts = probed(request, Cow::Owned(facts), &mut target)?;
    let compiled = with_turn(request, &facts, |input| Compiler::default().compile(input))?;
    let (mut compiled, options) = prepared(request, compiled, learn)?;
    oversee(request, &facts.facts, &mut compiled, &options.secrets)?;
    let said = said(&mut compiled);
    let mut sink = |event: Event| report(event, &said, sink);
    let run_identity = (&options, request.run_identity);
    if let Some(refused) =
        locked_run::look_first(&mut target, &compiled.collection, run_identity, peers, &mut sink)?
    {
        return Ok(refused);
    }
    // The state may have changed while the other targets were examined.
    let locked = LockedRun::begin(&mut target, terms, &mut sink)?.with_secrets(options.secrets.clone());
    converge_locked(locked, &mut target, compiled, EarlyAnswers::default(), &mut sink)
}

/// Converges this machine after it was locked.
fn converge_locked(
    locked: LockedRun,
    target: &mut Local,
    mut compiled: Compiled,
    early_answers: EarlyAnswers,
    sink: &mut dyn FnMut(Event),
) -> Result<Summary, Stopped> {
    let said = said(&mut compiled);
    let Compiled { collection, blobs, .. } = compiled;
    let work = RunWork { collection: &collection, blobs, early_answers };
    let mut sink = |event: Event| report(event, &said, sink);
    let mut last = |_: &Summary, restart: &Restart, sink: &mut dyn FnMut(Event)| {
        sink(goes_down(restart));
        Ok(())
    };
    let summary = locked.converge(target, work, &mut sink, &mut last)?;
    // Freeing thousands of small allocations takes time, and the process ends soon anyway.
    std::mem::forget(collection);
    Ok(summary)
}

/// The event that this machine restarts, as the last thing of a run on it.
fn goes_down(restart: &Restart) -> Event {
    let ended = if restart.now { "; run the same again to go on" } else { "" };
    Event::Note { text: format!("this machine restarts for {}{ended}", restart.by) }
}

/// Nothing here uses this machine as a target: lock and history are on the other side of the session too.
fn there(
    request: &Request<'_>,
    destination: &Destination,
    learn: &dyn Fn(&Secrets),
    sink: &mut dyn FnMut(Event),
) -> Result<Summary, Stopped> {
    let heard = || {
        if let Some(peers) = request.peers {
            peers.met();
        }
    };
    let mut session = Session::open_heard(destination, &request.options.interrupt, &heard)?;
    heard();
    let facts = session.take_facts();
    let facts = probed(request, Cow::Owned(facts), &mut session)?;
    let compiled = with_turn(request, &facts, |input| Compiler::default().compile(input));
    let (mut compiled, options) = prepared(request, compiled?, learn)?;
    if request.options.is_interrupted() {
        session.close();
        return Err(locked_run::interrupted().into());
    }
    if let Err(refused) = oversee(request, &facts.facts, &mut compiled, &options.secrets) {
        session.close();
        return Err(refused.into());
    }
    let said = said(&mut compiled);
    let Compiled { collection, blobs, .. } = compiled;
    let mut sink = |event: Event| report(event, &said, sink);
    // This machine is asked only for the user and host name.
    let caller = locked_run::caller(&mut Local::new())?;
    let order = RemoteOrder {
        terms: terms(request, options, &caller),
        collection: &collection,
        blobs: &blobs,
        patience: request.patience,
    };
    Ok(session.converge(&order, &mut sink)?)
}

fn terms<'a>(request: &'a Request<'_>, options: Options, caller: &'a Caller) -> Terms<'a> {
    Terms {
        options,
        run_identity: request.run_identity,
        caller,
        lock_timeout: request.lock_timeout,
        peers: request.peers,
    }
}

/// Adds the target's answers to the probes of the cookbooks that the run list reaches.
fn probed<'a>(
    request: &Request<'_>,
    facts: Cow<'a, Map<String, Value>>,
    target: &mut dyn Target,
) -> Result<ProbedFacts<'a>, Stopped> {
    let Request { project, run_list, options, .. } = request;
    let cookbooks = project.probing_cookbooks(run_list);
    let probed = probed_facts(facts, target, (project, &cookbooks), options.no_commands);
    if !cookbooks.reached.is_empty() && options.is_interrupted() {
        // What was asked was cut short.
        return Err(locked_run::interrupted().into());
    }
    Ok(probed?)
}

/// Compiles when it is this run's turn.
fn with_turn(
    request: &Request<'_>,
    probed: &ProbedFacts<'_>,
    compile: impl FnOnce(&Input<'_>) -> Result<Compiled, Diagnostics>,
) -> Result<Compiled, Diagnostics> {
    let _turn = request.turns.map(Turns::take);
    let Request { project, run_list, attributes, .. } = *request;
    let mut compiled = compile(&Input { project, run_list, facts: &probed.facts, attributes })?;
    compiled.warnings.extend_from_slice(&probed.warnings);
    Ok(compiled)
}

/// What is to be converged, and the options with its secrets, which are passed to `learn` to be masked.
fn prepared(
    request: &Request<'_>,
    compiled: Compiled,
    learn: &dyn Fn(&Secrets),
) -> Result<(Compiled, Options), Stopped> {
    let compiled = narrowed(request.scope, request.missing_words, compiled)?;
    let secrets =
        secrets(request.secrets, request.asking, &compiled, request.peers).map_err(Stopped::Unready)?;
    learn(&secrets);
    Ok((compiled, Options { secrets, ..request.options.clone() }))
}

/// See [`oversight::oversee`].
fn oversee(
    request: &Request<'_>,
    facts: &Map<String, Value>,
    compiled: &mut Compiled,
    secrets: &Secrets,
) -> Result<(), Failure> {
    let Request { oversight, name, peers, .. } = *request;
    oversight::oversee(oversight, (name, facts), (compiled, secrets), peers)
}

/// Messages and warnings of the compiler as events. Can be taken once.
fn said(compiled: &mut Compiled) -> Vec<Event> {
    let messages = take(&mut compiled.messages).into_iter();
    let warnings = take(&mut compiled.warnings).into_iter();
    messages
        .map(|(location, text)| Event::Message { location, text })
        .chain(warnings.map(|diagnostic| Event::Warning { diagnostic }))
        .collect()
}

/// The first event of a run is its start. The compiler's messages follow directly after it.
fn report(event: Event, said: &[Event], sink: &mut dyn FnMut(Event)) {
    let starts = matches!(event, Event::RunStarted { .. });
    sink(event);
    if starts {
        for event in said {
            sink(event.clone());
        }
    }
}

fn elapsed(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}
