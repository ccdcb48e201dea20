//! Floor 6: a run on its target, on one page: takes the lock, converges the rows, writes the history, and restarts the
//! machine if that was requested.
//!
//! A plan writes nothing, so it takes no lock. Everything else is the same.

use std::time::Duration;

use crate::converge::{self, EarlyAnswers, Options, Summary};
use crate::model::blob::Blobs;
use crate::model::collection::Collection;
use crate::model::ending::Ending;
use crate::model::error::Failure;
use crate::model::event::{Event, Mode};
use crate::model::journal::{Caller, Debt, Holder, Record, RunRecord};
use crate::model::secrets::Secrets;
use crate::model::step::{Restart, Step};
use crate::target::interrupt::Interrupt;
use crate::target::{RunTarget, Target};

mod identity;
mod lock;
mod peers;

pub use identity::{RunIdentity, caller, now};
pub use lock::interrupted;
pub use peers::{Peers, look_first};

/// What must be known before the target is locked.
#[derive(Debug)]
pub struct Terms<'a> {
    pub options: Options,
    /// Its id and start time.
    pub run_identity: &'a RunIdentity,
    /// The user who runs it.
    pub caller: &'a Caller,
    /// How long to wait for the lock.
    pub lock_timeout: Duration,
    /// The other targets, if no target may be changed before all of them were examined.
    pub peers: Option<&'a dyn Peers>,
}

/// What to converge.
#[derive(Debug)]
pub struct RunWork<'a> {
    pub collection: &'a Collection,
    /// The blobs that the rows refer to.
    pub blobs: Blobs,
    /// Answers that were collected while the recipes were still being compiled.
    pub early_answers: EarlyAnswers,
}

/// A target that this run has locked. The kernel releases the lock when the process ends.
#[derive(Debug)]
pub struct LockedRun {
    options: Options,
    /// `None` for a plan.
    holder: Option<Holder>,
}

impl LockedRun {
    /// Locks the target for a run. While it waits for another run, it reports which one.
    ///
    /// # Errors
    /// Another run holds the lock for too long, there is no lock, or the wait was interrupted. Nothing was changed.
    pub fn begin(
        target: &mut dyn RunTarget,
        terms: Terms<'_>,
        sink: &mut dyn FnMut(Event),
    ) -> Result<Self, Failure> {
        let Terms { mut options, run_identity, caller, lock_timeout, .. } = terms;
        if options.mode == Mode::Plan {
            return Ok(Self { options, holder: None });
        }
        let holder = identity::holder(run_identity, caller.clone(), target.process());
        let mut waiting = |text| sink(Event::Note { text });
        lock::take(target, &holder, lock_timeout, &options.interrupt, &mut waiting)?;
        options.run.clone_from(&holder.run);
        Ok(Self { options, holder: Some(holder) })
    }

    /// Gives the run the secrets of its rows.
    #[must_use]
    pub fn with_secrets(self, secrets: Secrets) -> Self {
        Self { options: Options { secrets, ..self.options }, ..self }
    }

    /// Converges (or plans) the rows, adds the run to the target's history, and restarts the machine if that was
    /// requested; `last` is called right before the restart.
    ///
    /// # Errors
    /// The target was lost, or could not be restarted. The events up to then have been sent.
    pub fn converge(
        self,
        target: &mut dyn RunTarget,
        work: RunWork<'_>,
        sink: &mut dyn FnMut(Event),
        last: &mut dyn FnMut(&Summary, &Restart, &mut dyn FnMut(Event)) -> Result<(), Failure>,
    ) -> Result<Summary, Failure> {
        let RunWork { collection, blobs, early_answers } = work;
        target.provide(blobs);
        let summary =
            converge::converge_with_early_answers(collection, target, &self.options, early_answers, sink)?;
        let Some(holder) = self.holder else { return Ok(summary) };
        let run = record(holder, &collection.run_list, &summary);
        if let Err(failure) = target.apply(&Step::Record(Record::Run(run)), &mut |_| {}) {
            // The outcome was reported already and does not change.
            sink(Event::Note { text: format!("this run can't be added to the history: {failure}") });
        }
        if summary.restart.is_some()
            && let Some(restart) = target.restart()
        {
            last(&summary, restart, sink)?;
            target.go_down().map_err(|failure| Failure {
                message: format!("the machine could not be restarted: {}", failure.message),
                ..failure
            })?;
        }
        Ok(summary)
    }
}

/// Drops owed notifications from the target's journal.
///
/// # Errors
/// A run is in progress there, or the journal can't be written.
pub fn give_up(target: &mut dyn Target, debts: &[Debt]) -> Result<(), Failure> {
    let caller = caller(target)?;
    let holder = identity::holder(&RunIdentity::now(), caller, target.process());
    lock::take(target, &holder, Duration::ZERO, &Interrupt::default(), &mut |_| {})?;
    target.apply(&Step::Record(Record::Struck(debts.to_vec())), &mut |_| {})
}

/// The entry of the run in the target's history.
fn record(holder: Holder, run_list: &[String], summary: &Summary) -> RunRecord {
    let Holder { run, user, since, .. } = holder;
    let ending: Ending = summary.ending(Mode::Run);
    RunRecord {
        run,
        user,
        run_list: run_list.to_vec(),
        mode: Mode::Run,
        started: since,
        ended: identity::now(),
        counts: summary.counts,
        exit: ending.exit().map_or(0, |exit| exit as u8),
        restart: summary.restart.clone(),
    }
}
