//! The file of the history: private, with a versioned schema, and opened so that nobody waits long.

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

/// Version of the schema, stored as `user_version`.
const VERSION: i64 = 4;

/// The schema. Texts are RFC 3339 times, JSON, or plain words; `lines` are compressed events.
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
  bytes INTEGER NOT NULL DEFAULT 0,
  lock TEXT
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

/// Migration from version 1 to 2. Which targets were nodes is unknown; assuming that all were is safe.
const SECOND: &str = "ALTER TABLE target ADD COLUMN is_node INTEGER NOT NULL DEFAULT 1";

/// Migration from version 2 to 3. Old rows have only an exit code.
const THIRD: &str = "ALTER TABLE target ADD COLUMN outcome TEXT";

/// Migration from version 3 to 4. Which cookbooks old runs had is unknown.
const FOURTH: &str = "ALTER TABLE run ADD COLUMN lock TEXT";

/// The migrations, each from the version of its position plus one.
const MIGRATIONS: [&str; 3] = [SECOND, THIRD, FOURTH];

/// Transactions take milliseconds. Whatever locks the file for longer is not a run.
const PATIENCE: Duration = Duration::from_secs(2);

/// Bytes that must stay free on the disk.
const RESERVE: u64 = 4 << 20;

/// Pages of the log before a checkpoint, which syncs both files: one megabyte.
const LOG: i64 = 256;

/// Size in bytes from which the log is emptied before a run: some fifteen runs that find nothing to do. The only
/// process that has the file open reads the whole log.
const LONG: u64 = 400 << 10;

/// Opens the file. Creates the directory and the file if they are missing.
pub(super) fn open(directory: &Utf8Path) -> Result<Connection, Failure> {
    // SQLite would make the file readable for others, and would follow a symlink.
    drop(state::open(directory, NAME)?);
    room(directory)?;
    let connection = connect(directory)?;
    empty_log(&connection, directory);
    Ok(connection)
}

/// Moves a long log into the file. The library's automatic checkpoint does not empty the log: each run that comes alone
/// repeats it, and the log grows without limit. A run has time for this at its start, while it compiles.
fn empty_log(connection: &Connection, directory: &Utf8Path) {
    let log = directory.join(format!("{NAME}-wal"));
    if std::fs::symlink_metadata(log).is_ok_and(|found| found.len() >= LONG) {
        // Do not wait for other processes; the next run tries again. If it can't be done at all, the next write reports
        // why.
        let _ = connection.busy_timeout(Duration::ZERO);
        let _ = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        let _ = connection.busy_timeout(PATIENCE);
    }
}

/// Fails if the disk is nearly full, because locks and journals of runs are on the same disk.
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

/// Opens the file if it exists.
pub(super) fn look(directory: &Utf8Path) -> Result<Option<Connection>, Failure> {
    let Some(file) = state::look(directory, NAME)? else { return Ok(None) };
    drop(file);
    connect(directory).map(Some)
}

fn connect(directory: &Utf8Path) -> Result<Connection, Failure> {
    let path = directory.join(NAME);
    let refused = |error: &rusqlite::Error| refused("open", &path, error);
    // The library follows no symlink in the whole path, but the path of the directory may have some.
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
        // Two runs may create it at the same time.
        let _turn = alive::turn(directory)?;
        make(&mut connection).map_err(|error| refused(&error))?;
        found = version(&connection).map_err(|error| refused(&error))?;
    }
    match found {
        VERSION => Ok(connection),
        later => Err(Failure::new(format!(
            "`{path}` has version {later}, but this chefrs knows version {VERSION}"
        ))
        .hint("it was written by a later version: use that one, or move the file away")),
    }
}

fn set(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(PATIENCE)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    // Otherwise each run would sync at its end.
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
    let found = version(&transaction)?;
    if found == 0 {
        transaction.execute_batch(FORM)?;
    } else {
        let done = usize::try_from(found - 1).unwrap_or(MIGRATIONS.len());
        for migration in MIGRATIONS.iter().skip(done) {
            transaction.execute_batch(migration)?;
        }
    }
    // Another process may have been faster, perhaps a later version.
    if found < VERSION {
        transaction.pragma_update(None, "user_version", VERSION)?;
    }
    transaction.commit()
}

/// The failure of an operation on the file, with a hint.
pub(super) fn refused(verb: &str, path: &Utf8Path, error: &rusqlite::Error) -> Failure {
    let because = |reason: &str| Failure::new(format!("can't {verb} `{path}`: {reason}"));
    let full = || because("the disk is full").hint("free some space there");
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => because("the file is damaged")
            .hint(format!("move it away, and the next run starts a new one: mv {path} {path}.broken")),
        Some(ErrorCode::SystemIoFailure) if is_index(error) => full(),
        Some(ErrorCode::DiskFull) => full(),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => because("another program holds it")
            .hint("a run holds it only for milliseconds; `fuser` shows which process has it open"),
        _ => because(&error.to_string()),
    }
}

/// Whether the index of the log could not grow. The library does not report this as a full disk.
fn is_index(error: &rusqlite::Error) -> bool {
    error.sqlite_error().is_some_and(|error| error.extended_code == rusqlite::ffi::SQLITE_IOERR_SHMSIZE)
}
