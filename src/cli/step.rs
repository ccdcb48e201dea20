//! `run --step`: asks before each change of a resource.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::converge::Approval;
use crate::fleet::FleetHost;
use crate::model::decision::{Decision, PATIENCE};
use crate::model::english::count;
use crate::model::error::Diagnostic;
use crate::report::format::FormatKind;
use crate::target::interrupt::Interrupt;

use super::early_end::EarlyEnd;
use super::question::TerminalQuestion;
use super::reports::ReportArguments;

/// Asks on the terminal. Once everything is approved, it does not ask again, even if the machine restarts.
#[derive(Debug)]
pub(super) struct Steps {
    question: Mutex<TerminalQuestion>,
    approves_all: AtomicBool,
}

impl Steps {
    /// Opens the terminal.
    ///
    /// # Errors
    /// There is no terminal, or the report does not show each change when it is asked for.
    pub(super) fn open(reports: &ReportArguments) -> Result<Arc<Self>, EarlyEnd> {
        if reports.kind() != FormatKind::Watched || reports.is_quiet() {
            let wrong = Diagnostic::error("`--step` asks about changes that the report must show");
            return Err(EarlyEnd::usage(wrong.hint("leave out `--format` and `--quiet`")));
        }
        let question = TerminalQuestion::open("--step", "use `chefrs plan`, then `chefrs run`")?;
        Ok(Arc::new(Self { question: Mutex::new(question), approves_all: AtomicBool::new(false) }))
    }

    /// Checks that there is only one target: the questions of several would be mixed.
    ///
    /// # Errors
    /// There are several.
    pub(super) fn require_one(hosts: &[FleetHost]) -> Result<(), EarlyEnd> {
        if hosts.len() == 1 {
            return Ok(());
        }
        let targets = count(hosts.len(), "target");
        let wrong = Diagnostic::error(format!("`--step` works on one target, and `-t` names {targets}"));
        Err(EarlyEnd::usage(wrong.hint("name one of them, or use `--confirm`, which asks once for all")))
    }
}

impl Approval for Steps {
    fn decide(&self, interrupt: &Interrupt) -> Decision {
        if self.approves_all.load(Ordering::Relaxed) {
            return Decision::All;
        }
        let mut question = self.question.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let answer = question.ask("apply? [y/n/a/q] ", interrupt, PATIENCE);
            match answer.as_deref() {
                Some("y" | "yes") => return Decision::Yes,
                Some("n" | "no") => return Decision::No,
                Some("a" | "all") => {
                    self.approves_all.store(true, Ordering::Relaxed);
                    return Decision::All;
                }
                Some("q" | "quit") | None => return Decision::Quit,
                Some(_) => {
                    question.tell("y: apply it; n: leave it out; a: apply everything; q: end the run\n");
                }
            }
        }
    }
}
