//! The outcomes of an action, for documents: one table with names and classes.

use crate::model::event::{Mode, Outcome};

/// The outcome of an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Verdict {
    Failed,
    Ignored,
    Updated,
    Unknown,
    UpToDate,
    Skipped,
    NotRun,
    /// The run was not asked for it.
    LeftOut,
    /// Its end was not seen.
    Unseen,
}

impl Verdict {
    /// All outcomes, most important first.
    pub(super) const ALL: [Self; 9] = [
        Self::Failed,
        Self::Unseen,
        Self::Ignored,
        Self::Updated,
        Self::Unknown,
        Self::UpToDate,
        Self::Skipped,
        Self::NotRun,
        Self::LeftOut,
    ];

    pub(super) fn of(outcome: Option<&Outcome>) -> Self {
        match outcome {
            None => Self::Unseen,
            Some(Outcome::Failed { ignored: false, .. }) => Self::Failed,
            Some(Outcome::Failed { ignored: true, .. }) => Self::Ignored,
            Some(Outcome::Updated) => Self::Updated,
            Some(Outcome::Unknown { .. }) => Self::Unknown,
            Some(Outcome::UpToDate) => Self::UpToDate,
            Some(Outcome::Skipped { .. }) => Self::Skipped,
            Some(Outcome::NotRun { .. }) => Self::NotRun,
        }
    }

    /// The words for people.
    pub(super) fn words(self, mode: Mode) -> &'static str {
        match (self, mode) {
            (Self::Failed, Mode::Run) => "failed",
            (Self::Failed, Mode::Plan) => "would fail",
            (Self::Ignored, _) => "failed but ignored",
            (Self::Updated, Mode::Run) => "updated",
            (Self::Updated, Mode::Plan) => "would change",
            (Self::Unknown, _) => "unknown",
            (Self::UpToDate, _) => "up to date",
            (Self::Skipped, _) => "skipped",
            (Self::NotRun, _) => "not run",
            (Self::LeftOut, _) => "left out",
            (Self::Unseen, _) => "no end seen",
        }
    }

    /// The CSS class.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Ignored => "ignored",
            Self::Updated => "updated",
            Self::Unknown => "unknown",
            Self::UpToDate => "same",
            Self::Skipped => "skipped",
            Self::NotRun => "not-run",
            Self::LeftOut => "left-out",
            Self::Unseen => "unseen",
        }
    }

    /// Whether it needs no attention.
    pub(super) fn is_quiet(self) -> bool {
        matches!(self, Self::UpToDate | Self::Skipped | Self::NotRun | Self::LeftOut)
    }
}
