//! Questions of a run that asks before each change. They are messages; the decisions come back in a file.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::spool::Spool;
use crate::converge::Approval;
use crate::model::decision::{Decision, PATIENCE};
use crate::model::message::FromAgent;
use crate::target::interrupt::Interrupt;
use crate::target::local::runs::Runs;

/// Interval of checks for a decision.
const GLANCE: Duration = Duration::from_millis(50);

/// How much longer than the control side this side waits, so that the end of the wait is told there.
const LONGER: Duration = Duration::from_secs(30);

const NOBODY: &str = "nobody has answered, so the run ends";

/// Asks the user at the other end of the connection.
#[derive(Debug)]
pub(super) struct RemoteQuestions {
    runs: Runs,
    run: String,
    spool: Arc<Spool>,
    asked: AtomicU64,
}

impl RemoteQuestions {
    pub(super) fn new(runs: Runs, run: &str, spool: &Arc<Spool>) -> Self {
        Self { runs, run: run.to_owned(), spool: Arc::clone(spool), asked: AtomicU64::new(0) }
    }
}

impl Approval for RemoteQuestions {
    fn decide(&self, interrupt: &Interrupt) -> Decision {
        if interrupt.is_wanted() {
            return Decision::Quit;
        }
        let question = self.asked.fetch_add(1, Ordering::Relaxed) + 1;
        self.spool.say(FromAgent::Question(question));
        let end = Instant::now() + PATIENCE + LONGER;
        while !interrupt.is_wanted() {
            if let Some(decision) = self.runs.decision(&self.run, question) {
                return decision;
            }
            if Instant::now() >= end {
                self.spool.note(NOBODY);
                break;
            }
            thread::sleep(GLANCE);
        }
        Decision::Quit
    }
}
