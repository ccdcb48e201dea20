//! Reads the recorded runs.

use rusqlite::{Row, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::store::History;
use super::{alive, chunk};
use crate::model::ending::Ending;
use crate::model::english::{list, nearest};
use crate::model::error::{Diagnostic, Failure};
use crate::model::event::{Counts, Event, Mode};
use crate::model::locked_cookbooks::LockedCookbooks;

/// The word for the newest run.
const LAST: &str = "last";

/// Number of runs that an error message lists.
const NAMED: usize = 3;

/// Columns of [`RecordedRun`], in the order of its fields.
const COLUMNS: &str =
    "number, id, mode, begun, ended, exit, user, project, run_list, version, shortened, lock";

/// A run in the history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RecordedRun {
    #[serde(skip)]
    pub(super) number: i64,
    /// Id. Sorts by start time.
    pub run: String,
    pub mode: Mode,
    /// Start time, RFC 3339 in UTC, whole seconds.
    pub begun: String,
    /// End time, if it has ended.
    pub ended: Option<String>,
    pub state: State,
    /// Exit code, if it has ended.
    pub exit: Option<u8>,
    /// The user who started it.
    pub user: String,
    pub project: String,
    /// The run list of all its targets. Empty if each had its own.
    pub run_list: Vec<String>,
    pub version: String,
    /// The cookbooks from elsewhere that it was compiled with, if there were any.
    pub lock: Option<LockedCookbooks>,
    /// Whether output and diffs were dropped because the run was too large.
    pub shortened: bool,
    /// Its targets, in their order.
    pub targets: Vec<TargetRecord>,
}

impl RecordedRun {
    /// What ran, in words.
    #[must_use]
    pub fn what(&self) -> String {
        if self.run_list.is_empty() { "own run lists".to_owned() } else { self.run_list.join(", ") }
    }
}

/// The state of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It has ended.
    Ended,
    /// It is in progress.
    UnderWay,
    /// It was killed, or could not be recorded to its end.
    CutOff,
}

/// The part of a run on one target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TargetRecord {
    #[serde(skip)]
    pub(super) number: i64,
    pub target: String,
    /// Whether it was a node of the project's inventory. Otherwise its name is an address.
    #[serde(skip)]
    pub is_node: bool,
    /// Id of the run in the target's own journal, if it started there.
    pub run: Option<String>,
    /// How it ended; `None` if it did not.
    pub outcome: Option<Ending>,
    /// The exit code of a run on this target alone; `None` if it did not end.
    pub exit: Option<u8>,
    /// Rows by outcome, if they were counted.
    pub counts: Option<Counts>,
    /// Why it did not finish.
    pub failure: Option<Failure>,
}

/// Why a run can't be shown.
#[derive(Debug)]
pub enum NotShown {
    /// No run matches the word, or several do.
    Unknown(Diagnostic),
    /// The file can't be read.
    Unreadable(Failure),
}

impl From<Failure> for NotShown {
    fn from(failure: Failure) -> Self {
        Self::Unreadable(failure)
    }
}

impl History {
    /// The last runs, newest first. With a target, only its runs.
    ///
    /// # Errors
    /// The file can't be read.
    pub fn runs(&self, most: usize, target: Option<&str>) -> Result<Vec<RecordedRun>, Failure> {
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        self.select(
            "?1 IS NULL OR EXISTS (SELECT 1 FROM target WHERE run = run.number AND name = ?1) \
             ORDER BY number DESC LIMIT ?2",
            params![target, most],
        )
    }

    /// Finds a run by its id, by a prefix of its id, or by `last`.
    ///
    /// # Errors
    /// See [`NotShown`].
    pub fn run(&self, word: &str) -> Result<RecordedRun, NotShown> {
        if word == LAST {
            return self.runs(1, None)?.pop().ok_or_else(|| NotShown::Unknown(self::none()));
        }
        let mut found = self.select(
            "id = ?1 OR substr(id, 1, length(?1)) = ?1 ORDER BY id = ?1 DESC, number DESC LIMIT ?2",
            params![word, i64::try_from(NAMED).unwrap_or(i64::MAX)],
        )?;
        match found.as_slice() {
            [] => Err(NotShown::Unknown(self.unknown(word)?)),
            [first, ..] if found.len() == 1 || first.run == word => Ok(found.swap_remove(0)),
            several => Err(NotShown::Unknown(
                Diagnostic::error(format!("several runs begin with `{word}`"))
                    .note(format!("the last of them are {}", names(several)))
                    .hint("type more of its id"),
            )),
        }
    }

    /// The targets of a run that did not converge: failed, not reached, cut off, or not started.
    #[must_use]
    pub fn failed_targets<'a>(&self, run: &'a RecordedRun) -> Vec<&'a TargetRecord> {
        run.targets.iter().filter(|target| !target.outcome.is_some_and(Ending::is_well)).collect()
    }

    /// Passes the events of a run on a target to `give`, in order.
    ///
    /// # Errors
    /// The file can't be read, or has events that this version does not know.
    pub fn replay(&self, target: &TargetRecord, give: &mut dyn FnMut(Event)) -> Result<(), Failure> {
        let unreadable = |error: rusqlite::Error| self.refused("read", &error);
        let mut statement = self
            .connection
            .prepare("SELECT lines FROM events WHERE target = ?1 ORDER BY number")
            .map_err(unreadable)?;
        let mut chunks = statement.query([target.number]).map_err(unreadable)?;
        while let Some(row) = chunks.next().map_err(unreadable)? {
            let lines: Vec<u8> = row.get(0).map_err(unreadable)?;
            chunk::inflate(&lines, give).map_err(|error| {
                Failure::new(format!("the events on `{}` can't be parsed: {error}", target.target))
            })?;
        }
        Ok(())
    }

    /// Names of the targets of all recorded runs.
    ///
    /// # Errors
    /// The file can't be read.
    pub fn targets(&self) -> Result<Vec<String>, Failure> {
        let read = || -> rusqlite::Result<Vec<String>> {
            let mut statement = self.connection.prepare("SELECT DISTINCT name FROM target ORDER BY name")?;
            statement.query_map([], |row| row.get(0))?.collect()
        };
        read().map_err(|error| self.refused("read", &error))
    }

    fn unknown(&self, word: &str) -> Result<Diagnostic, Failure> {
        let runs = self.runs(self.bounds.runs, None)?;
        if runs.is_empty() {
            return Ok(none());
        }
        let unknown = Diagnostic::error(format!("no run `{word}` is recorded"));
        Ok(match nearest(word, runs.iter().map(|run| run.run.as_str())) {
            Some(near) => unknown.hint(format!("did you mean `{near}`?")),
            None => unknown.hint(format!(
                "the last are {}; `chefrs log` shows more, and `last` is the last one",
                names(&runs[..runs.len().min(NAMED)])
            )),
        })
    }

    fn select(
        &self,
        condition: &str,
        parameters: impl rusqlite::Params,
    ) -> Result<Vec<RecordedRun>, Failure> {
        let read = || {
            let words = format!("SELECT {COLUMNS} FROM run WHERE {condition}");
            let mut statement = self.connection.prepare(&words)?;
            let runs = statement.query_map(parameters, run)?;
            runs.map(|run| self.complete(run?)).collect::<rusqlite::Result<_>>()
        };
        read().map_err(|error| self.refused("read", &error))
    }

    /// Adds the targets, and whether the run is in progress.
    fn complete(&self, run: RecordedRun) -> rusqlite::Result<RecordedRun> {
        let words = "SELECT number, name, own_run, exit, counts, failure, is_node, outcome FROM target WHERE run = ?1 ORDER BY number";
        let mut statement = self.connection.prepare(words)?;
        let targets = statement.query_map([run.number], target)?.collect::<rusqlite::Result<_>>()?;
        let state = match run.ended {
            Some(_) => State::Ended,
            None if alive::is_marked(&self.directory, run.number) => State::UnderWay,
            None => State::CutOff,
        };
        Ok(RecordedRun { state, targets, ..run })
    }
}

fn none() -> Diagnostic {
    Diagnostic::error("no run is recorded yet").hint("`chefrs run` records every run; plans are not recorded")
}

fn names(runs: &[RecordedRun]) -> String {
    let names: Vec<String> = runs.iter().map(|run| format!("`{}`", run.run)).collect();
    list(&names, "and")
}

fn run(row: &Row<'_>) -> rusqlite::Result<RecordedRun> {
    Ok(RecordedRun {
        number: row.get(0)?,
        run: row.get(1)?,
        mode: named(2, row.get(2)?)?,
        begun: row.get(3)?,
        ended: row.get(4)?,
        state: State::CutOff,
        exit: row.get(5)?,
        user: row.get(6)?,
        project: row.get(7)?,
        run_list: parsed(8, &row.get::<_, String>(8)?)?,
        version: row.get(9)?,
        shortened: row.get(10)?,
        lock: row.get::<_, Option<String>>(11)?.map(|text| parsed(11, &text)).transpose()?,
        targets: Vec::new(),
    })
}

fn target(row: &Row<'_>) -> rusqlite::Result<TargetRecord> {
    let optional = |column| row.get::<_, Option<String>>(column);
    let exit: Option<u8> = row.get(3)?;
    let outcome = row.get::<_, Option<String>>(7)?.map(|word| named(7, word)).transpose()?;
    Ok(TargetRecord {
        number: row.get(0)?,
        target: row.get(1)?,
        run: row.get(2)?,
        outcome: outcome.or(exit.map(Ending::of_exit)),
        exit,
        counts: optional(4)?.map(|text| parsed(4, &text)).transpose()?,
        failure: optional(5)?.map(|text| parsed(5, &text)).transpose()?,
        is_node: row.get(6)?,
    })
}

fn parsed<T: DeserializeOwned>(column: usize, text: &str) -> rusqlite::Result<T> {
    serde_json::from_slice(text.as_bytes()).map_err(|error| senseless(column, error))
}

/// Parses the name of an enum variant.
fn named<T: DeserializeOwned>(column: usize, word: String) -> rusqlite::Result<T> {
    serde_json::from_value(word.into()).map_err(|error| senseless(column, error))
}

fn senseless(column: usize, error: serde_json::Error) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, Box::new(error))
}
