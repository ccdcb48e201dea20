//! Writes a run to the file: compresses batches of events, and stores them in few transactions.

use camino::Utf8PathBuf;
use rusqlite::{Connection, Transaction, TransactionBehavior, params};
use serde::Serialize;

use super::alive::{self, Held};
use super::buffer::{EventBatch, TargetBatch};
use super::run_notes::{Begun, EndedTarget};
use super::store::History;
use super::{chunk, file};
use crate::model::error::Failure;
use crate::model::event::Counts;
use crate::model::exit::Exit;

/// Compressed bytes that are buffered at most.
const FULL: usize = 512 * 1024;

/// A run, with everything that is not stored yet.
#[derive(Debug)]
pub(super) struct Writer {
    history: History,
    start: NewRun,
    /// Its number in the file, once it is stored.
    number: Option<i64>,
    targets: Vec<StoredTarget>,
    end: Option<(Exit, String)>,
    shortened: bool,
    /// Bytes that are stored.
    bytes: u64,
    /// Bytes that are buffered.
    waiting: usize,
    alive: Option<Held>,
}

/// A run at its start.
#[derive(Debug)]
pub(super) struct NewRun {
    run: String,
    begun: String,
    mode: String,
    user: String,
    project: Utf8PathBuf,
    run_list: String,
    lock: Option<String>,
    targets: Vec<(String, bool)>,
}

/// The data of one target.
#[derive(Debug, Default)]
struct StoredTarget {
    name: String,
    is_node: bool,
    /// Its number in the file, once it is stored.
    number: Option<i64>,
    own_run: Option<String>,
    counts: Option<Counts>,
    ended: Option<EndedTarget>,
    /// Compressed events that are not stored yet.
    chunks: Vec<Vec<u8>>,
    dirty: bool,
}

impl NewRun {
    pub(super) fn of(begun: &Begun<'_>) -> Result<Self, Failure> {
        let unwritable = |error: serde_json::Error| Failure::new(format!("can't be written: {error}"));
        let mode = serde_json::to_value(begun.mode).map_err(unwritable)?;
        Ok(Self {
            run: begun.run.to_owned(),
            begun: begun.begun.to_owned(),
            mode: mode.as_str().unwrap_or_default().to_owned(),
            user: begun.user.to_owned(),
            project: begun.project.to_owned(),
            run_list: serde_json::to_string(begun.run_list).map_err(unwritable)?,
            lock: begun.lock.map(serde_json::to_string).transpose().map_err(unwritable)?,
            targets: begun.targets.iter().map(|aim| (aim.name.to_owned(), aim.is_node)).collect(),
        })
    }
}

impl Writer {
    /// Writes nothing until [`Writer::store`].
    pub(super) fn new(history: History, mut start: NewRun) -> Self {
        let targets = std::mem::take(&mut start.targets);
        Self {
            history,
            start,
            number: None,
            targets: targets.into_iter().map(|(name, is_node)| StoredTarget::new(name, is_node)).collect(),
            end: None,
            shortened: false,
            bytes: 0,
            waiting: 0,
            alive: None,
        }
    }

    /// Whether the buffer should be stored.
    pub(super) fn is_full(&self) -> bool {
        self.waiting >= FULL
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Takes a batch.
    pub(super) fn take(&mut self, batch: EventBatch) -> Result<(), Failure> {
        self.shortened |= batch.shortened;
        self.end = batch.end.or(self.end.take());
        if let Some(error) = batch.failed {
            return Err(self.refused(&unwritable(error)));
        }
        for part in batch.targets {
            self.waiting += self.target(&part.name).take(part).map_err(|error| self.refused(&error))?;
        }
        Ok(())
    }

    /// Stores everything in one transaction: the start of the run, the buffer, and its end if it has ended.
    pub(super) fn store(&mut self) -> Result<(), Failure> {
        if self.number.is_some() && self.end.is_none() && self.targets.iter().all(|target| !target.dirty) {
            return Ok(());
        }
        file::room(&self.history.directory)?;
        let Self { history, start, number, targets, end, shortened, bytes, waiting, .. } = self;
        let total = *bytes + *waiting as u64;
        let state = (end.as_ref(), total.cast_signed(), *shortened);
        let bounds = history.bounds;
        let stored = write(&mut history.connection, |transaction| {
            let is_new = number.is_none();
            let number = match *number {
                Some(number) => update(transaction, number, state)?,
                None => insert(transaction, start, state)?,
            };
            for target in targets.iter_mut() {
                target.store(transaction, number)?;
            }
            if is_new || state.0.is_some() {
                bounds.prune(transaction)?;
            }
            Ok(number)
        });
        let stored = stored.map_err(|error| self.refused(&error))?;
        self.number = Some(stored);
        (self.bytes, self.waiting) = (total, 0);
        for target in &mut self.targets {
            target.chunks.clear();
            target.dirty = false;
        }
        if self.end.is_none() && self.alive.is_none() {
            self.alive = Some(alive::mark(&self.history.directory, stored)?);
        }
        Ok(())
    }

    /// A target. Unknown targets are added.
    fn target(&mut self, name: &str) -> &mut StoredTarget {
        let found = self.targets.iter().position(|target| target.name == name);
        let index = found.unwrap_or_else(|| {
            self.targets.push(StoredTarget::new(name.to_owned(), true));
            self.targets.len() - 1
        });
        &mut self.targets[index]
    }

    fn refused(&self, error: &rusqlite::Error) -> Failure {
        self.history.refused("write", error)
    }
}

impl StoredTarget {
    fn new(name: String, is_node: bool) -> Self {
        Self { name, is_node, ..Self::default() }
    }

    /// Takes the new part of a target. Returns the number of bytes that were added to the buffer.
    fn take(&mut self, part: TargetBatch) -> rusqlite::Result<usize> {
        let TargetBatch { own_run, counts, ended, lines, .. } = part;
        (self.own_run, self.counts, self.ended, self.dirty) = (own_run, counts, ended, true);
        if lines.is_empty() {
            return Ok(0);
        }
        let deflated = chunk::deflate(&lines).map_err(unwritable)?;
        let bytes = deflated.len();
        self.chunks.push(deflated);
        Ok(bytes)
    }

    /// Stores what is not stored yet.
    fn store(&mut self, transaction: &Transaction<'_>, run: i64) -> rusqlite::Result<()> {
        let counts = self.counts.as_ref().map(json).transpose()?;
        let ended = self.ended.as_ref();
        let exit = ended.and_then(|ended| ended.outcome.exit()).map(|exit| exit as u8);
        let outcome = ended.map(|ended| word(ended.outcome)).transpose()?;
        let failure = self.ended.as_ref().and_then(|ended| ended.failure.as_ref()).map(json).transpose()?;
        let number = match self.number {
            Some(number) => {
                if self.dirty {
                    let words = "UPDATE target SET own_run = ?2, counts = ?3, exit = ?4, failure = ?5, outcome = ?6 \
                                 WHERE number = ?1";
                    let values = params![number, self.own_run, counts, exit, failure, outcome];
                    transaction.execute(words, values)?;
                }
                number
            }
            None => {
                let words = "INSERT INTO target (run, name, is_node, own_run, counts, exit, failure, outcome) \
                             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
                let values =
                    params![run, self.name, self.is_node, self.own_run, counts, exit, failure, outcome];
                transaction.execute(words, values)?;
                transaction.last_insert_rowid()
            }
        };
        self.number = Some(number);
        for chunk in &self.chunks {
            transaction
                .execute("INSERT INTO events (target, lines) VALUES (?1, ?2)", params![number, chunk])?;
        }
        Ok(())
    }
}

/// Runs a transaction. It takes the lock at its start, so that it waits before the work and not in the middle.
fn write<T>(
    connection: &mut Connection,
    what: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let value = what(&transaction)?;
    transaction.commit()?;
    Ok(value)
}

/// The end of a run, its bytes, and whether it was shortened.
type RunStanding<'a> = (Option<&'a (Exit, String)>, i64, bool);

fn insert(
    transaction: &Transaction<'_>,
    start: &NewRun,
    (end, bytes, shortened): RunStanding<'_>,
) -> rusqlite::Result<i64> {
    let words = "INSERT INTO run \
                 (id, mode, begun, user, project, run_list, version, exit, ended, bytes, shortened, lock) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
    transaction.execute(
        words,
        params![
            start.run,
            start.mode,
            start.begun,
            start.user,
            start.project.as_str(),
            start.run_list,
            env!("CARGO_PKG_VERSION"),
            end.map(|(exit, _)| *exit as u8),
            end.map(|(_, at)| at),
            bytes,
            shortened,
            start.lock,
        ],
    )?;
    Ok(transaction.last_insert_rowid())
}

fn update(
    transaction: &Transaction<'_>,
    number: i64,
    (end, bytes, shortened): RunStanding<'_>,
) -> rusqlite::Result<i64> {
    let words = "UPDATE run SET exit = ?2, ended = ?3, bytes = ?4, shortened = ?5 WHERE number = ?1";
    let (exit, at) = (end.map(|(exit, _)| *exit as u8), end.map(|(_, at)| at));
    transaction.execute(words, params![number, exit, at, bytes, shortened])?;
    Ok(number)
}

/// A value as text, in the words of its JSON.
pub(super) fn word(value: impl Serialize) -> rusqlite::Result<String> {
    match serde_json::to_value(value).map_err(unwritable)? {
        serde_json::Value::String(word) => Ok(word),
        other => Ok(other.to_string()),
    }
}

fn json(value: &impl Serialize) -> rusqlite::Result<String> {
    serde_json::to_string(value).map_err(unwritable)
}

fn unwritable(error: impl std::error::Error + Send + Sync + 'static) -> rusqlite::Error {
    rusqlite::Error::ToSqlConversionFailure(Box::new(error))
}
