//! Why a command could not do what was asked, and the exit code that says so.

use std::io;

use crate::model::ending::Ending;
use crate::model::english::one_line;
use crate::model::error::{Diagnostic, Diagnostics, Failure};
use crate::model::exit::Exit;
use crate::model::fleet::TargetOutcome;

use super::terminal::Terminal;

/// The early end of a command.
#[derive(Debug)]
pub(super) enum EarlyEnd {
    /// Something is wrong with what was given.
    Findings(Exit, Vec<Diagnostic>),
    /// What was to be said can't be written.
    Output(io::Error),
}

impl EarlyEnd {
    /// The options or arguments are wrong.
    pub(super) fn usage(diagnostic: Diagnostic) -> Self {
        Self::Findings(Exit::Usage, vec![diagnostic])
    }

    /// What came of a run, and what its events have not told of it.
    pub(super) fn after(outcome: &TargetOutcome) -> Result<Exit, Self> {
        let exit = outcome.outcome.exit().unwrap_or(Exit::Success);
        let untold = outcome.untold();
        if untold.is_empty() { Ok(exit) } else { Err(Self::Findings(exit, untold)) }
    }

    /// What it comes to on a target where nothing was begun because of it.
    pub(super) fn outcome(&self, target: &str) -> Option<TargetOutcome> {
        let Self::Findings(exit, findings) = self else { return None };
        let outcome = TargetOutcome::new(target, Ending::of_exit(*exit as u8));
        Some(TargetOutcome { findings: findings.clone(), ..outcome })
    }

    /// The same, said of one machine of several.
    pub(super) fn named(mut self, target: &str) -> Self {
        if let Self::Findings(_, findings) = &mut self {
            for finding in findings {
                finding.message = format!("{}: {}", one_line(target), finding.message);
            }
        }
        self
    }

    /// Prints the findings on standard error.
    pub(super) fn tell(self, terminal: &Terminal) -> Exit {
        match self {
            Self::Findings(exit, findings) => {
                // There is no further place to tell that standard error is closed.
                let _ = terminal.tell(&findings);
                exit
            }
            // `chefrs resources | head`: the reader has what it wanted.
            Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => Exit::Success,
            Self::Output(error) => {
                let _ = terminal.tell(&[Diagnostic::error(format!("the output can't be written: {error}"))]);
                Exit::Failed
            }
        }
    }
}

impl From<io::Error> for EarlyEnd {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

impl From<Diagnostics> for EarlyEnd {
    fn from(findings: Diagnostics) -> Self {
        Self::Findings(Exit::Compile, findings.0)
    }
}

/// A failure outside of any run.
impl From<Failure> for EarlyEnd {
    fn from(failure: Failure) -> Self {
        let exit = Ending::from(failure.kind).exit().unwrap_or(Exit::Failed);
        Self::Findings(exit, vec![failure.into()])
    }
}
