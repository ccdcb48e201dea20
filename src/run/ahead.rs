//! Asks this machine for the declared resources while the recipes are still being compiled. With many resources this is done
//! on a second thread, and the output of the compile is read meanwhile.
//!
//! Measured with 2000 files and nothing to change, on two processors: a fifth less time, the same processor time.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{Builder, Scope, ScopedJoinHandle};

use crate::compile::Compiled;
use crate::confined::AT_ONCE;
use crate::converge::EarlyAnswers;
use crate::model::error::Diagnostics;
use crate::provider::Upcoming;
use crate::target::local::Local;

/// Batches that can wait. When they are full the compile waits, which bounds the memory.
const WAITING: usize = 4;

/// Runs a compile, and asks the machine for its declarations.
pub(super) fn compile(
    target: &mut Local,
    compile: impl FnOnce(&mut dyn FnMut(Vec<Upcoming>)) -> Result<Compiled, Diagnostics>,
) -> Result<(Compiled, EarlyAnswers), Diagnostics> {
    std::thread::scope(|scope| {
        let mut looker = Looker::Here { target, early_answers: Box::default() };
        let compiled = compile(&mut |upcoming| looker.take(upcoming, scope))?;
        let early_answers = looker.end().placed(&compiled.rows);
        Ok((compiled, early_answers))
    })
}

/// Where the machine is asked.
enum Looker<'scope, 'target> {
    /// On this thread. A single batch is not worth a second one.
    Here { target: &'target mut Local, early_answers: Box<EarlyAnswers> },
    /// On a second thread.
    Thread { batches: SyncSender<Vec<Upcoming>>, thread: ScopedJoinHandle<'scope, EarlyAnswers> },
    /// Not at all, as no thread could be started. The run asks later.
    Nobody,
}

impl<'scope, 'target: 'scope> Looker<'scope, 'target> {
    fn take(&mut self, upcoming: Vec<Upcoming>, scope: &'scope Scope<'scope, '_>) {
        match self {
            Self::Here { target, early_answers } if upcoming.len() < AT_ONCE => {
                early_answers.look(*target, &upcoming);
            }
            Self::Here { .. } => {
                if let Self::Here { target, early_answers } = std::mem::replace(self, Self::Nobody) {
                    *self = Self::thread(target, *early_answers, scope);
                    self.take(upcoming, scope);
                }
            }
            // Fails only after a panic, which `end` passes on.
            Self::Thread { batches, .. } => drop(batches.send(upcoming)),
            Self::Nobody => {}
        }
    }

    fn thread(
        target: &'target mut Local,
        early_answers: EarlyAnswers,
        scope: &'scope Scope<'scope, '_>,
    ) -> Self {
        let (batches, come) = sync_channel(WAITING);
        let look = move || look(target, early_answers, &come);
        match Builder::new().name("look".into()).spawn_scoped(scope, look) {
            Ok(thread) => Self::Thread { batches, thread },
            Err(_) => Self::Nobody,
        }
    }

    /// Waits until all is asked, and returns the answers.
    fn end(self) -> EarlyAnswers {
        match self {
            Self::Here { early_answers, .. } => *early_answers,
            Self::Thread { batches, thread } => {
                drop(batches);
                thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            }
            Self::Nobody => EarlyAnswers::default(),
        }
    }
}

fn look(
    target: &mut Local,
    mut early_answers: EarlyAnswers,
    batches: &Receiver<Vec<Upcoming>>,
) -> EarlyAnswers {
    while let Ok(upcoming) = batches.recv() {
        early_answers.look(target, &upcoming);
    }
    early_answers
}
