//! A collection and the machine that it is for: planned, or converged with lock and history.

use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use crate::converge::{self, OnFailure, Options, Summary};
use crate::hold::{Beginning, Hold, Refused};
use crate::model::collection::{Collection, SCHEMA};
use crate::model::error::Failure;
use crate::model::event::{Event, Mode};
use crate::model::message::{Begin, Finished, FromAgent};
use crate::model::step::Step;
use crate::target::Target as _;
use crate::target::local::Local;
use crate::target::{frame, pack};

/// Longest diff that an event carries: an eighth of the longest frame, since JSON may need six characters for one.
const DIFF: usize = frame::LIMIT / 8;

/// What a run or plan needs, complete.
pub(super) struct Work {
    begin: Begin,
    collection: Collection,
    machine: Local,
}

impl Work {
    /// Reads the collection.
    ///
    /// # Errors
    /// It makes no sense, or is of another form than ours.
    pub(super) fn new(begin: Begin, packed: &[u8], machine: Local) -> Result<Self, Failure> {
        let unread = |error: io::Error| Failure::new(format!("the collection can't be read: {error}"));
        let json = pack::unpack(packed).map_err(unread)?;
        let collection: Collection = serde_json::from_slice(&json).map_err(|error| unread(error.into()))?;
        if collection.schema != SCHEMA {
            return Err(Failure::new(format!(
                "the collection is of form {}, not {SCHEMA}",
                collection.schema
            )));
        }
        Ok(Self { begin, collection, machine })
    }

    /// Plans, and leaves no trace.
    ///
    /// # Errors
    /// The machine was lost.
    pub(super) fn plan(
        mut self,
        interrupted: Arc<AtomicBool>,
        say: &dyn Fn(FromAgent),
    ) -> Result<(), Failure> {
        let summary = self.converge(Mode::Plan, String::new(), interrupted, say)?;
        say(FromAgent::Finished(finished(&summary)));
        Ok(())
    }

    /// Takes the machine, converges it, leaves a line in its history, and restarts it where that was asked for; `keep`
    /// sees to it that what was said survives that.
    ///
    /// # Errors
    /// The machine has no lock to take, was lost, or can't be restarted.
    pub(super) fn run(
        mut self,
        run: String,
        interrupted: Arc<AtomicBool>,
        say: &dyn Fn(FromAgent),
        keep: &dyn Fn() -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let patience = Duration::from_secs(self.begin.lock_timeout);
        let beginning = Beginning { run: run.clone(), ..Beginning::now() };
        let caller = self.begin.caller.clone();
        let mut waiting = |words: &str| say(FromAgent::Note(words.to_owned()));
        let taken = Hold::take(&mut self.machine, &beginning, caller, patience, &interrupted, &mut waiting);
        let hold = match taken {
            Ok(hold) => hold,
            Err(Refused::Target(failure)) => return Err(failure),
            Err(Refused::Locked(failure)) => {
                say(FromAgent::Locked(failure));
                return Ok(());
            }
            Err(Refused::Interrupted) => {
                say(FromAgent::Finished(Finished { interrupted: true, ..Finished::default() }));
                return Ok(());
            }
        };
        let summary = self.converge(Mode::Run, run, interrupted, say)?;
        let run_list = &self.collection.run_list;
        let exit = summary.exit(Mode::Run);
        if let Err(failure) =
            hold.record(&mut self.machine, run_list, summary.counts, exit, summary.restart.as_deref())
        {
            say(FromAgent::Note(format!("the history does not tell of this run: {failure}")));
        }
        say(FromAgent::Finished(finished(&summary)));
        if let Some(command) = summary.restart.and_then(|_| self.machine.restart()).map(|r| r.command.clone())
        {
            // From here on everything may end at any moment, so all that was said must be on disk.
            keep()?;
            self.machine.apply(&Step::Run(command), &mut |_| {})?;
        }
        Ok(())
    }

    fn converge(
        &mut self,
        mode: Mode,
        run: String,
        interrupted: Arc<AtomicBool>,
        say: &dyn Fn(FromAgent),
    ) -> Result<Summary, Failure> {
        let on_failure = if self.begin.keep_going { OnFailure::Continue } else { OnFailure::Stop };
        let secrets = std::mem::take(&mut self.begin.secrets.0);
        let options = Options { on_failure, interrupted, secrets, run, ..Options::new(mode) };
        let mut sink = |event: Event| say(FromAgent::Event(Box::new(shortened(event))));
        converge::converge(&self.collection, &mut self.machine, &options, &mut sink)
    }
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
