//! Floor 6: a run that is held on its target, on one page: the lock is taken, the rows converged, the history written, and
//! the machine restarted where that was asked for.
//!
//! A plan writes nothing, so it needs no lock and leaves no trace; all else is the same.

use std::time::Duration;

use crate::converge::{self, Foresight, Options, Summary};
use crate::model::blob::Blobs;
use crate::model::collection::Collection;
use crate::model::ending::Ending;
use crate::model::error::Failure;
use crate::model::event::{Event, Mode};
use crate::model::journal::{Caller, Debt, Holder, Record, RunRecord};
use crate::model::step::{Restart, Step};
use crate::target::interrupt::Interrupt;
use crate::target::{RunTarget, Target};

mod identity;
mod lock;
mod peers;

pub use identity::{Beginning, caller, now};
pub use lock::interrupted;
pub use peers::{Peers, look_first};

/// What a run needs to know before it holds its target.
#[derive(Debug)]
pub struct Terms<'a> {
    /// Run or plan, and what to do when something goes wrong.
    pub options: Options,
    /// Its id, and when it began.
    pub beginning: &'a Beginning,
    pub caller: &'a Caller,
    /// How long to wait for another run to give the target free.
    pub lock_timeout: Duration,
    /// The other targets, where this one is not to be touched before all of them have been looked at.
    pub peers: Option<&'a dyn Peers>,
}

/// What is to be converged.
#[derive(Debug)]
pub struct HeldWork<'a> {
    pub collection: &'a Collection,
    /// Bytes that they name by digest.
    pub blobs: Blobs,
    /// What was seen of the target while the collection was still being made.
    pub foresight: Foresight,
}

/// A target that is held by this run; the kernel lets go of it when this process ends.
#[derive(Debug)]
pub struct Hold {
    options: Options,
    /// A plan holds nothing.
    holder: Option<Holder>,
}

impl Hold {
    /// Takes the target for a run; waits for another one, and says for whom.
    ///
    /// # Errors
    /// Another run holds it for too long, it has no lock, or somebody interrupted the waiting. Nothing was touched.
    pub fn begin(
        target: &mut dyn RunTarget,
        terms: Terms<'_>,
        sink: &mut dyn FnMut(Event),
    ) -> Result<Self, Failure> {
        let Terms { mut options, beginning, caller, lock_timeout, .. } = terms;
        if options.mode == Mode::Plan {
            return Ok(Self { options, holder: None });
        }
        let holder = identity::holder(beginning, caller.clone(), target.process());
        let mut waiting = |text| sink(Event::Note { text });
        lock::take(target, &holder, lock_timeout, &options.interrupt, &mut waiting)?;
        options.run.clone_from(&holder.run);
        Ok(Self { options, holder: Some(holder) })
    }

    /// Converges the rows (or plans to), adds the run to the target's history, and restarts the machine as the last thing
    /// of all; `last` is called right before that.
    ///
    /// # Errors
    /// The target was lost, or could not be restarted; the events tell how far it came.
    pub fn converge(
        self,
        target: &mut dyn RunTarget,
        work: HeldWork<'_>,
        sink: &mut dyn FnMut(Event),
        last: &mut dyn FnMut(&Summary, &Restart, &mut dyn FnMut(Event)) -> Result<(), Failure>,
    ) -> Result<Summary, Failure> {
        let HeldWork { collection, blobs, foresight } = work;
        target.provide(blobs);
        let summary = converge::converge_foreseen(collection, target, &self.options, foresight, sink)?;
        let Some(holder) = self.holder else { return Ok(summary) };
        let run = record(holder, &collection.run_list, &summary);
        if let Err(failure) = target.apply(&Step::Record(Record::Run(run)), &mut |_| {}) {
            // What became of the machine is told already, and the outcome stands.
            sink(Event::Note { text: format!("the history does not tell of this run: {failure}") });
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

/// Drops these notifications from what is owed on a target, for good.
///
/// # Errors
/// A run is under way there, or they can't be struck out.
pub fn give_up(target: &mut dyn Target, debts: &[Debt]) -> Result<(), Failure> {
    let caller = caller(target)?;
    let holder = identity::holder(&Beginning::now(), caller, target.process());
    lock::take(target, &holder, Duration::ZERO, &Interrupt::default(), &mut |_| {})?;
    target.apply(&Step::Record(Record::Struck(debts.to_vec())), &mut |_| {})
}

/// What the target's history tells of the run.
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
