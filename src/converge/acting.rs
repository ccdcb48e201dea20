//! The rows that would act, as a plan has found.

use rustc_hash::FxHashMap;

use crate::model::collection::Timing;

use super::turn::{Notice, Turn};

/// What a plan has found to act, and why.
#[derive(Debug, Default)]
pub(super) struct ActingRows(FxHashMap<usize, ActingRow>);

/// A row that would act.
#[derive(Debug)]
pub(super) struct ActingRow {
    /// How many acted before it.
    pub(super) place: usize,
    /// Whether its changes are made in every run.
    pub(super) repeats: bool,
    /// Who notified it: the resources as `type[name]`. None if it was its own turn.
    pub(super) notified_by: Option<Vec<String>>,
}

impl ActingRows {
    /// Adds a row that would act in this turn. The first turn counts.
    pub(super) fn note(&mut self, turn: &Turn) {
        // A notified custom resource around it is not looked at: then it is not certain to come again.
        if turn.notified && turn.notice.is_none() {
            return;
        }
        let place = self.0.len();
        self.0.entry(turn.row).or_insert_with(|| ActingRow {
            place,
            repeats: turn.repeats,
            notified_by: turn.notice.as_ref().map(notifiers),
        });
    }

    pub(super) fn get(&self, row: usize) -> Option<&ActingRow> {
        self.0.get(&row)
    }
}

/// Those who notify an action after they have changed something. What comes before a change comes once, as the run goes on
/// behind the restart.
pub(super) fn notifiers(notice: &Notice) -> Vec<String> {
    let after = notice.clears.iter().filter(|debt| debt.timing != Timing::Before);
    after.map(|debt| debt.from.clone()).collect()
}
