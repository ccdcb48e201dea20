//! What became of each row, and the count of it.

use crate::model::event::{Counts, Outcome};

/// The weightiest outcome of each row so far.
#[derive(Debug)]
pub(super) struct Tally {
    rows: Vec<Option<Outcome>>,
}

impl Tally {
    pub(super) fn new(rows: usize) -> Self {
        Self { rows: vec![None; rows] }
    }

    /// Notes an outcome; a weightier one that was noted before stays.
    pub(super) fn note(&mut self, row: usize, outcome: &Outcome) {
        let slot = &mut self.rows[row];
        if slot.as_ref().is_none_or(|noted| weight(outcome) > weight(noted)) {
            *slot = Some(outcome.clone());
        }
    }

    /// Whether anything was noted for the row.
    pub(super) fn has(&self, row: usize) -> bool {
        self.rows[row].is_some()
    }

    /// Whether the row failed, or has not had its turn.
    pub(super) fn held_up(&self, row: usize) -> bool {
        matches!(self.rows[row], None | Some(Outcome::Failed { .. } | Outcome::NotRun { .. }))
    }

    /// Counts the rows for which the function holds.
    pub(super) fn counts(&self, mut counted: impl FnMut(usize) -> bool) -> Counts {
        let mut counts = Counts::default();
        for (row, outcome) in self.rows.iter().enumerate() {
            if !counted(row) {
                continue;
            }
            match outcome {
                Some(Outcome::Updated) => counts.updated += 1,
                Some(Outcome::UpToDate) => counts.up_to_date += 1,
                Some(Outcome::Skipped { .. }) => counts.skipped += 1,
                Some(Outcome::Unknown { .. }) => counts.unknown += 1,
                Some(Outcome::Failed { ignored: true, .. }) => counts.ignored += 1,
                Some(Outcome::Failed { .. }) => counts.failed += 1,
                Some(Outcome::NotRun { .. }) | None => counts.not_run += 1,
            }
        }
        counts
    }
}

fn weight(outcome: &Outcome) -> u8 {
    match outcome {
        Outcome::Failed { ignored: false, .. } => 7,
        Outcome::Failed { .. } => 6,
        Outcome::Updated => 5,
        Outcome::Unknown { .. } => 4,
        Outcome::UpToDate => 3,
        Outcome::Skipped { .. } => 2,
        Outcome::NotRun { .. } => 1,
    }
}
