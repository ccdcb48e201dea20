//! A run while it is written down, as the file sees it: events are gathered, and stored a batch at a time.

use std::time::{Duration, Instant};

use rusqlite::{Connection, Transaction, TransactionBehavior, params};
use serde::Serialize;

use super::alive::{self, Held};
use super::{Aim, Begun, Ended, History, chunk, file};
use crate::model::error::Failure;
use crate::model::event::{Counts, Event};
use crate::model::exit::Exit;

/// Bytes of JSON that are gathered before they are stored.
const BATCH: usize = 128 * 1024;

/// A run and what of it is not stored yet.
#[derive(Debug)]
pub(super) struct Writer {
    history: History,
    number: i64,
    targets: Vec<Track>,
    /// Bytes of JSON that wait.
    gathered: usize,
    stored_at: Instant,
    /// Bytes that are stored.
    bytes: u64,
    shortened: bool,
    _alive: Held,
}

/// What is to be stored of one target.
#[derive(Debug)]
struct Track {
    number: i64,
    name: String,
    own_run: Option<String>,
    counts: Option<Counts>,
    ended: Option<Ended>,
    /// The last event, where it is the start of an action: its end may make one line of both.
    started: Option<Event>,
    /// Events that wait, JSON, one a line.
    lines: Vec<u8>,
    /// Whether something waits.
    dirty: bool,
}

impl Writer {
    pub(super) fn begin(mut history: History, begun: &Begun<'_>) -> Result<Self, Failure> {
        let bounds = history.bounds;
        let inserted = write(&mut history.connection, |transaction| {
            let number = insert(transaction, begun)?;
            let mut targets = Vec::new();
            for aim in begun.targets {
                targets.push(Track::insert(transaction, number, aim)?);
            }
            bounds.prune(transaction)?;
            Ok((number, targets))
        });
        let (number, targets) = inserted.map_err(|error| history.refused("write", &error))?;
        let alive = alive::mark(&history.directory, number)?;
        Ok(Self {
            history,
            number,
            targets,
            gathered: 0,
            stored_at: Instant::now(),
            bytes: 0,
            shortened: false,
            _alive: alive,
        })
    }

    /// Something happened on a target. It is stored with others, once they are many or the last time is a pause ago.
    pub(super) fn event(&mut self, target: &str, event: Event, pause: Duration) -> Result<(), Failure> {
        let gathered = self.index(target).and_then(|index| self.gather(index, event));
        gathered.map_err(|error| self.refused(&error))?;
        if self.gathered >= BATCH || self.stored_at.elapsed() >= pause { self.flush() } else { Ok(()) }
    }

    /// Nothing more will happen on a target.
    pub(super) fn target_ended(&mut self, target: &str, ended: &Ended) -> Result<(), Failure> {
        let index = self.index(target).map_err(|error| self.refused(&error))?;
        let track = &mut self.targets[index];
        track.ended = Some(ended.clone());
        track.dirty = true;
        Ok(())
    }

    /// The run has come to its end.
    pub(super) fn end(&mut self, exit: Exit, ended: &str) -> Result<(), Failure> {
        let (number, bounds) = (self.number, self.history.bounds);
        self.room()?;
        let stored = self.store(|transaction| {
            let words = "UPDATE run SET exit = ?2, ended = ?3 WHERE number = ?1";
            transaction.execute(words, params![number, exit as u8, ended])?;
            bounds.prune(transaction)
        });
        stored.map_err(|error| self.refused(&error))
    }

    /// Stores what was gathered.
    pub(super) fn flush(&mut self) -> Result<(), Failure> {
        if self.targets.iter().all(|track| !track.dirty) {
            return Ok(());
        }
        self.room()?;
        self.store(|_| Ok(())).map_err(|error| self.refused(&error))
    }

    fn room(&self) -> Result<(), Failure> {
        file::room(&self.history.directory)
    }

    fn refused(&self, error: &rusqlite::Error) -> Failure {
        self.history.refused("write", error)
    }

    /// Where a target's events are gathered; one that was not known when the run began is added.
    fn index(&mut self, name: &str) -> rusqlite::Result<usize> {
        if let Some(index) = self.targets.iter().position(|track| track.name == name) {
            return Ok(index);
        }
        let run = self.number;
        let aim = Aim { name, is_node: true };
        let track = write(&mut self.history.connection, |transaction| Track::insert(transaction, run, &aim))?;
        self.targets.push(track);
        Ok(self.targets.len() - 1)
    }

    fn gather(&mut self, index: usize, event: Event) -> rusqlite::Result<()> {
        let whole = self.bytes < self.history.bounds.bytes_of_run;
        let event = if whole {
            Some(event)
        } else {
            self.shortened = true;
            without_bulk(event)
        };
        let Some(event) = event else { return Ok(()) };
        let track = &mut self.targets[index];
        track.note(&event);
        let before = track.lines.len();
        track.take(event).map_err(unwritable)?;
        self.gathered += track.lines.len() - before;
        Ok(())
    }

    /// One transaction with all that was gathered, and what belongs to it.
    fn store(&mut self, also: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<()>) -> rusqlite::Result<()> {
        let Self { history, number, targets, bytes, shortened, .. } = self;
        for track in targets.iter_mut() {
            track.let_go().map_err(unwritable)?;
        }
        let mut added = 0;
        write(&mut history.connection, |transaction| {
            for track in targets.iter().filter(|track| track.dirty) {
                added += track.store(transaction)?;
            }
            let words = "UPDATE run SET bytes = ?2, shortened = ?3 WHERE number = ?1";
            transaction.execute(words, params![*number, (*bytes + added).cast_signed(), *shortened])?;
            also(transaction)
        })?;
        self.bytes += added;
        self.gathered = 0;
        self.stored_at = Instant::now();
        for track in &mut self.targets {
            track.lines.clear();
            track.dirty = false;
        }
        Ok(())
    }
}

impl Track {
    fn insert(transaction: &Transaction<'_>, run: i64, aim: &Aim<'_>) -> rusqlite::Result<Self> {
        let words = "INSERT INTO target (run, name, is_node) VALUES (?1, ?2, ?3)";
        transaction.execute(words, params![run, aim.name, aim.is_node])?;
        Ok(Self {
            number: transaction.last_insert_rowid(),
            name: aim.name.to_owned(),
            own_run: None,
            counts: None,
            ended: None,
            started: None,
            lines: Vec::new(),
            dirty: false,
        })
    }

    /// What the table of targets says of it.
    fn note(&mut self, event: &Event) {
        match event {
            Event::RunStarted { run, .. } if !run.is_empty() => self.own_run = Some(run.clone()),
            Event::RunFinished { counts, .. } => self.counts = Some(*counts),
            _ => {}
        }
    }

    /// Makes a line of an event, or holds it back.
    fn take(&mut self, event: Event) -> serde_json::Result<()> {
        self.dirty = true;
        if matches!(event, Event::ActionStarted { .. }) {
            self.let_go()?;
            self.started = Some(event);
            return Ok(());
        }
        match self.started.take() {
            Some(started) => chunk::add_both(&mut self.lines, &started, &event),
            None => chunk::add(&mut self.lines, &event),
        }
    }

    /// Makes a line of what is held back.
    fn let_go(&mut self) -> serde_json::Result<()> {
        self.started.take().map_or(Ok(()), |started| chunk::add(&mut self.lines, &started))
    }

    /// Stores what is not stored yet; gives the number of bytes.
    fn store(&self, transaction: &Transaction<'_>) -> rusqlite::Result<u64> {
        let counts = self.counts.as_ref().map(json).transpose()?;
        let exit = self.ended.as_ref().map(|ended| ended.exit as u8);
        let failure = self.ended.as_ref().and_then(|ended| ended.failure.as_ref()).map(json).transpose()?;
        let words = "UPDATE target SET own_run = ?2, counts = ?3, exit = ?4, failure = ?5 WHERE number = ?1";
        transaction.execute(words, params![self.number, self.own_run, counts, exit, failure])?;
        if self.lines.is_empty() {
            return Ok(0);
        }
        let deflated = chunk::deflate(&self.lines).map_err(unwritable)?;
        let words = "INSERT INTO events (target, lines) VALUES (?1, ?2)";
        transaction.execute(words, params![self.number, deflated])?;
        Ok(deflated.len() as u64)
    }
}

/// All or nothing; the lock is taken first, so that waiting for it comes before work and not in its midst.
fn write<T>(
    connection: &mut Connection,
    what: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let value = what(&transaction)?;
    transaction.commit()?;
    Ok(value)
}

fn insert(transaction: &Transaction<'_>, begun: &Begun<'_>) -> rusqlite::Result<i64> {
    let words = "INSERT INTO run (id, mode, begun, user, project, run_list, version) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let mode = serde_json::to_value(begun.mode).map_err(unwritable)?;
    let run_list = json(&begun.run_list)?;
    transaction.execute(
        words,
        params![
            begun.run,
            mode.as_str(),
            begun.begun,
            begun.user,
            begun.project.as_str(),
            run_list,
            env!("CARGO_PKG_VERSION")
        ],
    )?;
    Ok(transaction.last_insert_rowid())
}

/// The event without what makes a run's record large; nothing where nothing else is in it.
fn without_bulk(event: Event) -> Option<Event> {
    match event {
        Event::Output { .. } => None,
        Event::Change { resource, summary, .. } => Some(Event::Change { resource, summary, diff: None }),
        other => Some(other),
    }
}

fn json(value: &impl Serialize) -> rusqlite::Result<String> {
    serde_json::to_string(value).map_err(unwritable)
}

fn unwritable(error: impl std::error::Error + Send + Sync + 'static) -> rusqlite::Error {
    rusqlite::Error::ToSqlConversionFailure(Box::new(error))
}
