//! Early ends of commands, with the exit code.

use std::io;

use camino::Utf8Path;

use crate::model::ending::Ending;
use crate::model::english::one_line;
use crate::model::error::{Diagnostic, Diagnostics, Failure};
use crate::model::exit::Exit;
use crate::model::fleet::TargetOutcome;

use super::terminal::Terminal;

/// Why a command ended early.
#[derive(Debug)]
pub(super) enum EarlyEnd {
    /// Errors in the input, with the exit code.
    Findings(Exit, Vec<Diagnostic>),
    /// The output can't be written.
    Output(io::Error),
}

impl EarlyEnd {
    /// An error in options or arguments.
    pub(super) fn usage(diagnostic: Diagnostic) -> Self {
        Self::Findings(Exit::Usage, vec![diagnostic])
    }

    /// Documents that can't be written to a directory. The hints of the failure are about recipes.
    pub(super) fn unwritten(what: &str, directory: &Utf8Path, failure: Failure, hint: &str) -> Self {
        let mut wrong = Diagnostic::from(failure);
        let directory = one_line(directory.as_str());
        wrong.message = format!("{what} can't be written to `{directory}`: {}", wrong.message);
        wrong.hints = vec![hint.to_owned()];
        Self::Findings(Exit::Failed, vec![wrong])
    }

    /// The exit code of a run, or the errors that its events have not reported.
    pub(super) fn after(outcome: &TargetOutcome) -> Result<Exit, Self> {
        let exit = outcome.outcome.exit().unwrap_or(Exit::Success);
        let untold = outcome.untold();
        if untold.is_empty() { Ok(exit) } else { Err(Self::Findings(exit, untold)) }
    }

    /// The outcome for a target that was not started because of this error.
    pub(super) fn outcome(&self, target: &str) -> Option<TargetOutcome> {
        let Self::Findings(exit, findings) = self else { return None };
        let outcome = TargetOutcome::new(target, Ending::of_exit(*exit as u8));
        Some(TargetOutcome { findings: findings.clone(), ..outcome })
    }

    /// Adds the name of the machine to the findings, for one of several.
    pub(super) fn named(mut self, target: &str) -> Self {
        if let Self::Findings(_, findings) = &mut self {
            for finding in findings {
                finding.message = format!("{}: {}", one_line(target), finding.message);
            }
        }
        self
    }

    /// Prints the findings to standard error.
    pub(super) fn tell(self, terminal: &Terminal) -> Exit {
        match self {
            Self::Findings(exit, findings) => {
                // If standard error is closed, there is no other place.
                let _ = terminal.tell(&findings);
                exit
            }
            // `chefrs resources | head`: the reader has read enough.
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

/// A failure outside of a run.
impl From<Failure> for EarlyEnd {
    fn from(failure: Failure) -> Self {
        let exit = Ending::from(failure.kind).exit().unwrap_or(Exit::Failed);
        Self::Findings(exit, vec![failure.into()])
    }
}
