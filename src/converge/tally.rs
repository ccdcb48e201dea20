//! The outcome of each row, and their counts.

use crate::model::event::{Counts, Outcome};

/// An outcome without its details. The order is by precedence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Standing {
    /// Its turn never came.
    NotRun,
    /// Its turn came, and it was not run.
    Stopped,
    Skipped,
    UpToDate,
    Unknown,
    Updated,
    Ignored,
    Failed,
}

impl Standing {
    fn of(outcome: &Outcome) -> Self {
        match outcome {
            Outcome::NotRun { .. } => Self::NotRun,
            Outcome::Skipped { .. } => Self::Skipped,
            Outcome::UpToDate => Self::UpToDate,
            Outcome::Unknown { .. } => Self::Unknown,
            Outcome::Updated => Self::Updated,
            Outcome::Failed { ignored: true, .. } => Self::Ignored,
            Outcome::Failed { ignored: false, .. } => Self::Failed,
        }
    }
}

/// For each row, the outcome with the highest precedence so far.
#[derive(Debug)]
pub(super) struct Tally {
    rows: Vec<Option<Standing>>,
}

impl Tally {
    pub(super) fn new(rows: usize) -> Self {
        Self { rows: vec![None; rows] }
    }

    /// Records an outcome. One with a higher precedence stays.
    pub(super) fn note(&mut self, row: usize, outcome: &Outcome) {
        let slot = &mut self.rows[row];
        // `None` is less than any outcome.
        *slot = (*slot).max(Some(Standing::of(outcome)));
    }

    /// Records the outcome of a turn.
    pub(super) fn note_turn(&mut self, row: usize, outcome: &Outcome) {
        self.note(row, outcome);
        self.rows[row] = self.rows[row].max(Some(Standing::Stopped));
    }

    /// Whether the row had a turn.
    pub(super) fn had_turn(&self, row: usize) -> bool {
        self.rows[row].is_some_and(|standing| standing != Standing::NotRun)
    }

    /// Whether the row has an outcome.
    pub(super) fn has(&self, row: usize) -> bool {
        self.rows[row].is_some()
    }

    /// Whether the row has an outcome other than "not run".
    pub(super) fn was_run(&self, row: usize) -> bool {
        self.rows[row].is_some_and(|standing| standing > Standing::Stopped)
    }

    /// Resets a row for another attempt, if it failed or was not run.
    pub(super) fn reopen(&mut self, row: usize) {
        if self.rows[row].is_some_and(|standing| {
            use Standing::{Failed, Ignored, NotRun, Skipped, Stopped};
            matches!(standing, Failed | Ignored | NotRun | Stopped | Skipped)
        }) {
            self.rows[row] = None;
        }
    }

    /// Whether the row failed, even if the failure is ignored.
    pub(super) fn has_failed(&self, row: usize) -> bool {
        matches!(self.rows[row], Some(Standing::Failed | Standing::Ignored))
    }

    /// Whether the row failed, or has not run.
    pub(super) fn is_held_up(&self, row: usize) -> bool {
        use Standing::{Failed, Ignored, NotRun, Stopped};
        matches!(self.rows[row], None | Some(Failed | Ignored | NotRun | Stopped))
    }

    /// Whether the row failed, or was not run for some reason.
    pub(super) fn is_kept_back(&self, row: usize) -> bool {
        self.rows[row].is_some() && self.is_held_up(row)
    }

    /// Counts rows. Each must be given once.
    pub(super) fn counts(&self, rows: impl Iterator<Item = usize>) -> Counts {
        let mut counts = Counts::default();
        for row in rows {
            match self.rows[row] {
                Some(Standing::Updated) => counts.updated += 1,
                Some(Standing::UpToDate) => counts.up_to_date += 1,
                Some(Standing::Skipped) => counts.skipped += 1,
                Some(Standing::Unknown) => counts.unknown += 1,
                Some(Standing::Ignored) => counts.ignored += 1,
                Some(Standing::Failed) => counts.failed += 1,
                Some(Standing::NotRun | Standing::Stopped) | None => counts.not_run += 1,
            }
        }
        counts
    }
}
