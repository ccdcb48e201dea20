//! Why a command could not do what was asked, and the exit code that says so.

use std::io;

use crate::model::english::one_line;
use crate::model::error::{Diagnostic, Diagnostics, Failure};
use crate::model::exit::Exit;
use crate::run::Stopped;

use super::terminal::Terminal;

/// The early end of a command.
#[derive(Debug)]
pub(super) enum Stop {
    /// Something is wrong with what was given.
    Findings(Exit, Vec<Diagnostic>),
    /// What was to be said can't be written.
    Output(io::Error),
}

impl Stop {
    /// The words typed make no sense.
    pub(super) fn usage(diagnostic: Diagnostic) -> Self {
        Self::Findings(Exit::Usage, vec![diagnostic])
    }

    /// Something of our own can't be used.
    pub(super) fn failed(failure: Failure) -> Self {
        Self::Findings(Exit::Failed, vec![failure.into()])
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

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

impl From<Diagnostics> for Stop {
    fn from(findings: Diagnostics) -> Self {
        Self::Findings(Exit::Compile, findings.0)
    }
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Findings(Exit::Unreachable, vec![failure.into()])
    }
}

impl From<Stopped> for Stop {
    fn from(stopped: Stopped) -> Self {
        match stopped {
            Stopped::Compile(findings) => findings.into(),
            Stopped::Target(failure) => failure.into(),
            Stopped::Locked(failure) => Self::Findings(Exit::Locked, vec![failure.into()]),
            // The signal has said so itself.
            Stopped::Interrupted => Self::Findings(Exit::Interrupted, Vec::new()),
            Stopped::Report(error) => error.into(),
        }
    }
}
