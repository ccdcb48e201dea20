//! Floor 4: a run's hold on its target: who runs, the lock, and the line in the target's history.

use std::sync::atomic::AtomicBool;
use std::time::Duration;

use crate::model::error::Failure;
use crate::model::event::{Counts, Mode};
use crate::model::exit::Exit;
use crate::model::journal::{Caller, Holder, Record, RunRecord};
use crate::model::step::Step;
use crate::target::Target;

mod identity;
mod lock;

pub use identity::{Beginning, caller, now};

/// Why a run may not begin; nothing was touched.
#[derive(Debug)]
pub enum Refused {
    /// Another run holds the target.
    Locked(Failure),
    /// It was interrupted while it waited.
    Interrupted,
    /// The target could not be reached, or has no lock.
    Target(Failure),
}

impl From<Failure> for Refused {
    fn from(failure: Failure) -> Self {
        Self::Target(failure)
    }
}

/// A target that is held by this run; the kernel lets go of it when this process ends.
#[derive(Debug)]
pub struct Hold(Holder);

impl Hold {
    /// Takes the target for a run; waits for another one so long, and says for whom.
    ///
    /// # Errors
    /// See [`Refused`].
    pub fn take(
        target: &mut dyn Target,
        beginning: &Beginning,
        caller: Caller,
        patience: Duration,
        interrupted: &AtomicBool,
        waiting: &mut dyn FnMut(&str),
    ) -> Result<Self, Refused> {
        let holder = identity::holder(beginning, caller, target.process());
        lock::take(target, &holder, patience, interrupted, waiting)?;
        Ok(Self(holder))
    }

    /// Id of the run.
    #[must_use]
    pub fn run(&self) -> &str {
        &self.0.run
    }

    /// Adds the run to the target's history.
    ///
    /// # Errors
    /// It can't be written.
    pub fn record(
        &self,
        target: &mut dyn Target,
        run_list: &[String],
        counts: Option<Counts>,
        exit: Exit,
        restart: Option<&str>,
    ) -> Result<(), Failure> {
        let run = RunRecord {
            run: self.0.run.clone(),
            user: self.0.user.clone(),
            run_list: run_list.to_vec(),
            mode: Mode::Run,
            started: self.0.since.clone(),
            ended: identity::now(),
            counts,
            exit: exit as u8,
            restart: restart.map(str::to_owned),
        };
        target.apply(&Step::Record(Record::Run(run)), &mut |_| {})
    }
}
