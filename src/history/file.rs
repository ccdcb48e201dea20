//! The file: private, of a known form, and opened so that nobody waits long.

use std::time::Duration;

use camino::Utf8Path;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};

use super::alive;
use crate::model::error::Failure;
use crate::model::kept;
use crate::target::local::state;

/// Name of the file in the state directory.
pub const NAME: &str = kept::STARTED.name;

/// Version of the form, kept as the file's `user_version`.
const VERSION: i64 = 3;

/// Texts are RFC 3339 times, JSON, or what they say; `lines` are deflated events, JSON, one a line.
const FORM: &str = "
CREATE TABLE run (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  mode TEXT NOT NULL,
  begun TEXT NOT NULL,
  ended TEXT,
  exit INTEGER,
  user TEXT NOT NULL,
  project TEXT NOT NULL,
  run_list TEXT NOT NULL,
  version TEXT NOT NULL,
  shortened INTEGER NOT NULL DEFAULT 0,
  bytes INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE target (
  number INTEGER PRIMARY KEY,
  run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
  name TEXT NOT NULL,
  own_run TEXT,
  exit INTEGER,
  counts TEXT,
  failure TEXT,
  is_node INTEGER NOT NULL DEFAULT 1,
  outcome TEXT,
  UNIQUE (run, name)
) STRICT;
CREATE TABLE events (
  number INTEGER PRIMARY KEY,
  target INTEGER NOT NULL REFERENCES target ON DELETE CASCADE,
  lines BLOB NOT NULL
) STRICT;
CREATE INDEX events_of_target ON events (target);
";

/// From form 1 to form 2. What was no node then is not known; whoever takes all of them for nodes reaches no stranger.
const SECOND: &str = "ALTER TABLE target ADD COLUMN is_node INTEGER NOT NULL DEFAULT 1";

/// From form 2 to form 3. What there was tells its exit code alone.
const THIRD: &str = "ALTER TABLE target ADD COLUMN outcome TEXT";

/// A transaction takes milliseconds; who holds the file for longer is no run.
const PATIENCE: Duration = Duration::from_secs(2);

/// Bytes that stay free on the disk.
const RESERVE: u64 = 4 << 20;

/// Pages in the log before they are moved into the file, which syncs both: a megabyte.
const LOG: i64 = 256;

/// Bytes of a log that is emptied before another run is added to it: some fifteen runs that find nothing to do. Whoever
/// opens the file alone reads all of the log.
const LONG: u64 = 400 << 10;

/// Opens the file; directory and file are made where they are missing.
pub(super) fn open(directory: &Utf8Path) -> Result<Connection, Failure> {
    // SQLite would make it readable for others, and would follow a link.
    drop(state::open(directory, NAME)?);
    room(directory)?;
    let connection = connect(directory)?;
    empty_log(&connection, directory);
    Ok(connection)
}

/// Moves a long log into the file. What the library moves by itself it moves again for each run that comes alone, since
/// nobody is left who knows of it, and the log grows for ever. A run has the time for it as it begins, while it compiles.
fn empty_log(connection: &Connection, directory: &Utf8Path) {
    let log = directory.join(format!("{NAME}-wal"));
    if std::fs::symlink_metadata(log).is_ok_and(|found| found.len() >= LONG) {
        // Whoever reads or writes now is not waited for: the next run empties it. Where it can't be done at all, what is
        // recorded next tells why.
        let _ = connection.busy_timeout(Duration::ZERO);
        let _ = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        let _ = connection.busy_timeout(PATIENCE);
    }
}

/// The runs' own locks and journals lie on the same disk; its last room is theirs.
///
/// # Errors
/// Less than [`RESERVE`] is free.
pub(super) fn room(directory: &Utf8Path) -> Result<(), Failure> {
    let path = directory.join(NAME);
    let found = rustix::fs::statvfs(directory.as_std_path())
        .map_err(|errno| Failure::new(format!("can't look at `{directory}`: {errno}")))?;
    if found.f_bavail.saturating_mul(found.f_frsize) >= RESERVE {
        return Ok(());
    }
    let full = format!("can't write `{path}`: less than {} MiB are free there", RESERVE >> 20);
    Err(Failure::new(full).hint("free some space: the last of it is left to what runs need"))
}

/// Opens the file where it is.
pub(super) fn look(directory: &Utf8Path) -> Result<Option<Connection>, Failure> {
    let Some(file) = state::look(directory, NAME)? else { return Ok(None) };
    drop(file);
    connect(directory).map(Some)
}

fn connect(directory: &Utf8Path) -> Result<Connection, Failure> {
    let path = directory.join(NAME);
    let refused = |error: &rusqlite::Error| refused("open", &path, error);
    // No link is followed on the whole way, and the way to the directory may have some.
    let real = directory
        .canonicalize_utf8()
        .map_err(|error| Failure::new(format!("can't look at `{directory}`: {error}")))?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_NOFOLLOW
        | OpenFlags::SQLITE_OPEN_EXRESCODE;
    let mut connection = Connection::open_with_flags(real.join(NAME), flags).map_err(|e| refused(&e))?;
    set(&connection).map_err(|error| refused(&error))?;
    let mut found = version(&connection).map_err(|error| refused(&error))?;
    if found < VERSION {
        // Two runs may be the first.
        let _turn = alive::turn(directory)?;
        make(&mut connection).map_err(|error| refused(&error))?;
        found = version(&connection).map_err(|error| refused(&error))?;
    }
    match found {
        VERSION => Ok(connection),
        later => {
            Err(Failure::new(format!("`{path}` is of form {later}, and this chefrs knows form {VERSION}"))
                .hint("it was written by a later version: use that one, or move the file away"))
        }
    }
}

fn set(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(PATIENCE)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    // Each run would sync at its end otherwise.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.pragma_update(None, "wal_autocheckpoint", LOG)
}

fn version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

fn make(connection: &mut Connection) -> rusqlite::Result<()> {
    connection.pragma_update(None, "journal_mode", "WAL")?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    match version(&transaction)? {
        0 => transaction.execute_batch(FORM)?,
        1 => {
            transaction.execute_batch(SECOND)?;
            transaction.execute_batch(THIRD)?;
        }
        2 => transaction.execute_batch(THIRD)?,
        _ => return Ok(()),
    }
    transaction.pragma_update(None, "user_version", VERSION)?;
    transaction.commit()
}

/// Why the file could not be used, with the way out.
pub(super) fn refused(verb: &str, path: &Utf8Path, error: &rusqlite::Error) -> Failure {
    let because = |reason: &str| Failure::new(format!("can't {verb} `{path}`: {reason}"));
    let full = || because("the disk is full").hint("free some space there");
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => because("the file is damaged")
            .hint(format!("move it away, the next run begins a new one: mv {path} {path}.broken")),
        Some(ErrorCode::SystemIoFailure) if is_index(error) => full(),
        Some(ErrorCode::DiskFull) => full(),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => because("another program holds it")
            .hint("a run holds it for milliseconds only; `fuser` names who has it open"),
        _ => because(&error.to_string()),
    }
}

/// Whether the index could not grow, which the library does not count as a full disk.
fn is_index(error: &rusqlite::Error) -> bool {
    error.sqlite_error().is_some_and(|error| error.extended_code == rusqlite::ffi::SQLITE_IOERR_SHMSIZE)
}
