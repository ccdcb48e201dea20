//! A collection and its machine, and how its results are reported.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use camino::Utf8PathBuf;

use crate::converge::{Approval, EarlyAnswers, OnFailure, Options, Summary};
use crate::locked_run::{self, LockedRun, Peers, RunIdentity, Terms};
use crate::model::blob::Blobs;
use crate::model::collection::{Collection, SCHEMA};
use crate::model::error::Failure;
use crate::model::event::Event;
use crate::model::foreseen::not_shown;
use crate::model::message::{Begin, Finished, FromAgent};
use crate::model::redact::Redactor;
use crate::model::step::Restart;
use crate::target::interrupt::Interrupt;
use crate::target::local::Local;
use crate::target::{frame, pack};

/// Longest diff in an event: an eighth of the largest frame, because JSON may need six bytes for one.
const DIFF: usize = frame::LIMIT / 8;

/// Everything that a run or plan needs.
pub(super) struct AgentWork {
    begin: Begin,
    collection: Collection,
    blobs: Blobs,
    machine: Local,
}

impl AgentWork {
    /// Parses the collection.
    ///
    /// # Errors
    /// It is invalid, or of another version.
    pub(super) fn new(begin: Begin, packed: &[u8], blobs: Blobs, machine: Local) -> Result<Self, Failure> {
        let unread = |error: io::Error| Failure::new(format!("the collection can't be read: {error}"));
        let json = pack::unpack(packed).map_err(unread)?;
        let collection: Collection = serde_json::from_slice(&json).map_err(|error| unread(error.into()))?;
        if collection.schema != SCHEMA {
            return Err(Failure::new(format!(
                "the collection is of form {}, not {SCHEMA}",
                collection.schema
            )));
        }
        collection
            .check_links()
            .map_err(|why| Failure::new(format!("the collection can't be read: {why}")))?;
        Ok(Self { begin, collection, blobs, machine })
    }

    /// Examines the machine without changing it. Returns whether the run may begin. If it is refused, that is reported.
    ///
    /// # Errors
    /// The machine can't be examined, or the run was cancelled.
    pub(super) fn look(
        mut self,
        interrupt: Interrupt,
        peers: &dyn Peers,
        say: &dyn Fn(FromAgent),
    ) -> Result<bool, Failure> {
        let options = self.options(interrupt);
        let secrets = options.secrets.clone();
        let run_identity = RunIdentity { run: self.begin.run, ..RunIdentity::now() };
        let mut sink = |event: Event| say(FromAgent::Event(Box::new(shortened(event))));
        let (machine, terms) = (&mut self.machine, (&options, &run_identity));
        let looked = locked_run::look_first(machine, &self.collection, terms, peers, &mut sink);
        match looked.map_err(|failure| masked(failure, &secrets))? {
            None => Ok(true),
            Some(summary) => {
                say(FromAgent::Finished(finished(&summary)));
                Ok(false)
            }
        }
    }

    /// Plans, or converges the machine as far as `approval` allows, and restarts it if that was requested; before that, `keep` syncs the messages.
    /// Returns the files that have the content of blobs now, by digest.
    ///
    /// # Errors
    /// The machine can't be locked, was lost, or can't be restarted.
    pub(super) fn go(
        mut self,
        interrupt: Interrupt,
        approval: Option<Arc<dyn Approval>>,
        say: &dyn Fn(FromAgent),
        keep: &dyn Fn() -> Result<(), Failure>,
    ) -> Result<BTreeMap<String, Utf8PathBuf>, Failure> {
        let options = Options { approval, ..self.options(interrupt) };
        let secrets = options.secrets.clone();
        let Self { begin, collection, blobs, mut machine } = self;
        let run_identity = RunIdentity { run: begin.run, ..RunIdentity::now() };
        let terms = Terms {
            options,
            run_identity: &run_identity,
            caller: &begin.caller,
            lock_timeout: Duration::from_secs(begin.lock_timeout),
            peers: None,
        };
        let mut sink = |event: Event| say(FromAgent::Event(Box::new(shortened(event))));
        let locked =
            LockedRun::begin(&mut machine, terms, &mut sink).map_err(|failure| masked(failure, &secrets))?;
        let work =
            locked_run::RunWork { collection: &collection, blobs, early_answers: EarlyAnswers::default() };
        // From here on everything may end at any moment, so the messages must be on disk.
        let mut last = |summary: &Summary, _: &Restart, _: &mut dyn FnMut(Event)| {
            say(FromAgent::Finished(finished(summary)));
            keep()
        };
        let summary = locked.converge(&mut machine, work, &mut sink, &mut last);
        let summary = summary.map_err(|failure| masked(failure, &secrets))?;
        if summary.restart.is_none() {
            say(FromAgent::Finished(finished(&summary)));
        }
        Ok(machine.placed())
    }

    fn options(&mut self, interrupt: Interrupt) -> Options {
        let on_failure = if self.begin.keep_going { OnFailure::Continue } else { OnFailure::Stop };
        let secrets = std::mem::take(&mut self.begin.secrets);
        let no_commands = self.begin.no_commands;
        Options { on_failure, interrupt, no_commands, secrets, ..Options::new(self.begin.mode) }
    }
}

/// Masks secrets, as in events.
fn masked(failure: Failure, secrets: &BTreeMap<String, String>) -> Failure {
    Redactor::new(secrets).failure(failure)
}

fn finished(summary: &Summary) -> Finished {
    Finished {
        success: summary.success,
        changed: summary.changed,
        interrupted: summary.interrupted,
        restarts: summary.restart.is_some(),
    }
}

/// Shortens an event to fit in a frame.
fn shortened(mut event: Event) -> Event {
    if let Event::Change { diff: Some(diff), .. } = &mut event
        && diff.len() > DIFF
    {
        *diff = not_shown(diff.len());
    }
    event
}
