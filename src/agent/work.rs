//! A collection and the machine that it is for, and how to tell of what comes of them.

use std::collections::BTreeMap;
use std::io;
use std::time::Duration;

use camino::Utf8PathBuf;

use crate::converge::{Foresight, OnFailure, Options, Summary};
use crate::hold::{self, Beginning, Hold, Peers, Terms};
use crate::model::blob::Blobs;
use crate::model::collection::{Collection, SCHEMA};
use crate::model::error::Failure;
use crate::model::event::Event;
use crate::model::message::{Begin, Finished, FromAgent};
use crate::model::redact::Redactor;
use crate::model::step::Restart;
use crate::target::interrupt::Interrupt;
use crate::target::local::Local;
use crate::target::{frame, pack};

/// Longest diff that an event carries: an eighth of the longest frame, since JSON may need six characters for one.
const DIFF: usize = frame::LIMIT / 8;

/// What a run or plan needs, complete.
pub(super) struct AgentWork {
    begin: Begin,
    collection: Collection,
    blobs: Blobs,
    machine: Local,
}

impl AgentWork {
    /// Reads the collection.
    ///
    /// # Errors
    /// It makes no sense, or is of another form than ours.
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

    /// Looks at the machine, and touches nothing; whether the run may begin. If it is refused that is told.
    ///
    /// # Errors
    /// The machine can't be looked at, or the run is not to begin.
    pub(super) fn look(
        mut self,
        interrupt: Interrupt,
        peers: &dyn Peers,
        say: &dyn Fn(FromAgent),
    ) -> Result<bool, Failure> {
        let options = self.options(interrupt);
        let secrets = options.secrets.clone();
        let beginning = Beginning { run: self.begin.run, ..Beginning::now() };
        let mut sink = |event: Event| say(FromAgent::Event(Box::new(shortened(event))));
        let (machine, terms) = (&mut self.machine, (&options, &beginning));
        let looked = hold::look_first(machine, &self.collection, terms, peers, &mut sink);
        match looked.map_err(|failure| masked(failure, &secrets))? {
            None => Ok(true),
            Some(summary) => {
                say(FromAgent::Finished(finished(&summary)));
                Ok(false)
            }
        }
    }

    /// Plans, or converges the machine and restarts it where that was asked for; `keep` sees to it that what was said
    /// survives that. Gives the files that hold blobs now, by digest.
    ///
    /// # Errors
    /// The machine can't be held for the run, was lost, or can't be restarted.
    pub(super) fn go(
        mut self,
        interrupt: Interrupt,
        say: &dyn Fn(FromAgent),
        keep: &dyn Fn() -> Result<(), Failure>,
    ) -> Result<BTreeMap<String, Utf8PathBuf>, Failure> {
        let options = self.options(interrupt);
        let secrets = options.secrets.clone();
        let Self { begin, collection, blobs, mut machine } = self;
        let beginning = Beginning { run: begin.run, ..Beginning::now() };
        let terms = Terms {
            options,
            beginning: &beginning,
            caller: &begin.caller,
            lock_timeout: Duration::from_secs(begin.lock_timeout),
            peers: None,
        };
        let mut sink = |event: Event| say(FromAgent::Event(Box::new(shortened(event))));
        let hold =
            Hold::begin(&mut machine, terms, &mut sink).map_err(|failure| masked(failure, &secrets))?;
        let work = hold::HeldWork { collection: &collection, blobs, foresight: Foresight::default() };
        // From there on everything may end at any moment, so all that was said must be on disk.
        let mut last = |summary: &Summary, _: &Restart, _: &mut dyn FnMut(Event)| {
            say(FromAgent::Finished(finished(summary)));
            keep()
        };
        let summary = hold.converge(&mut machine, work, &mut sink, &mut last);
        let summary = summary.map_err(|failure| masked(failure, &secrets))?;
        if summary.restart.is_none() {
            say(FromAgent::Finished(finished(&summary)));
        }
        Ok(machine.placed())
    }

    fn options(&mut self, interrupt: Interrupt) -> Options {
        let on_failure = if self.begin.keep_going { OnFailure::Continue } else { OnFailure::Stop };
        let secrets = std::mem::take(&mut self.begin.secrets.0);
        let no_commands = self.begin.no_commands;
        Options { on_failure, interrupt, no_commands, secrets, ..Options::new(self.begin.mode) }
    }
}

/// What ends a run is told as its events are.
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

/// An event that a frame can hold.
fn shortened(mut event: Event) -> Event {
    if let Event::Change { diff: Some(diff), .. } = &mut event
        && diff.len() > DIFF
    {
        *diff = format!("({} bytes of differences are not shown)", diff.len());
    }
    event
}
