//! A run that was cut off here may have continued on a target. Records its end once the target has reported it.

use rusqlite::params;

use super::runs::State;
use super::store::History;
use super::writer::word;
use crate::model::ending::{self, Ending};
use crate::model::error::Failure;
use crate::model::event::Counts;
use crate::model::journal::RunRecord;

/// The end of a run on a target, as reported by the target.
#[derive(Debug)]
pub struct SeenEnd<'a> {
    pub run: &'a str,
    pub outcome: Ending,
    pub exit: u8,
    /// Rows by outcome, if they are known.
    pub counts: Option<Counts>,
    /// When it ended, if that is known.
    pub ended: &'a str,
}

impl History {
    /// Records the end of a run on a target, from the target's own history, if it was not seen here.
    ///
    /// # Errors
    /// The file can't be read or written.
    pub fn settle(&self, target: &str, told: &RunRecord) -> Result<(), Failure> {
        let RunRecord { run, exit, counts, ended, .. } = told;
        let (outcome, exit, counts) = (Ending::of_exit(*exit), *exit, *counts);
        self.see_end(target, &SeenEnd { run, outcome, exit, counts, ended })
    }

    /// Records the end of a run that was seen by following the run.
    ///
    /// # Errors
    /// The file can't be read or written.
    pub fn see_end(&self, target: &str, told: &SeenEnd<'_>) -> Result<(), Failure> {
        let Ok(run) = self.run(told.run) else { return Ok(()) };
        let open = |name: &str| run.targets.iter().any(|open| open.target == name && open.outcome.is_none());
        if run.run != told.run || run.state != State::CutOff || !open(target) {
            return Ok(());
        }
        let others = run.targets.iter().filter(|other| other.target != target);
        let all: Option<Vec<Ending>> =
            others.map(|other| other.outcome).chain([Some(told.outcome)]).collect();
        let write = || {
            let counts = told.counts.as_ref().map(serde_json::to_string).transpose().unwrap_or_default();
            self.connection.execute(
                "UPDATE target SET outcome = ?3, exit = ?4, counts = ?5 WHERE run = ?1 AND name = ?2",
                params![run.number, target, word(told.outcome)?, told.exit, counts],
            )?;
            // The run has ended once all its targets have.
            if let Some(endings) = all {
                let exit = ending::exit(endings, false) as u8;
                self.connection.execute(
                    "UPDATE run SET exit = ?2, ended = ?3 WHERE number = ?1",
                    params![run.number, exit, told.ended],
                )?;
            }
            Ok(())
        };
        write().map_err(|error| self.refused("write", &error))
    }
}
