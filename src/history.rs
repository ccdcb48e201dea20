//! Floor 4: what the control side keeps of its runs: one SQLite file in its state directory.
//!
//! A run is written by a thread of its own, in few and short transactions: one before its first change or half a second
//! after its begin, one for each further half second in which something happens, one when it ends. A run that finds
//! nothing to do in less than half a second is one transaction. The file is in WAL mode, so readers never wait, and two runs
//! at once wait for each other no longer than such a transaction takes. No write is synced by itself: after a crash of the
//! whole machine the last runs may be missing, the file is whole.
//!
//! What is kept is bounded, see [`Bounds`]; older runs go when a run begins or ends, in the same transaction.
//!
//! Nothing here may spoil a run. The first failure is told when the run ends, and what is recorded after it goes nowhere.

use camino::{Utf8Path, Utf8PathBuf};
use rusqlite::Connection;

use crate::model::ending::Ending;
use crate::model::error::Failure;
use crate::model::event::Mode;

mod alive;
mod bounds;
mod chunk;
mod desk;
mod file;
mod gathered;
mod recording;
mod replay;
mod runs;
mod writer;

pub use bounds::Bounds;
pub use recording::Recording;
pub use runs::{Refused, RunRecord, State, TargetRecord};

/// Name of the file in the state directory.
pub const NAME: &str = "history.sqlite";

/// The runs that were started here.
#[derive(Debug)]
pub struct History {
    connection: Connection,
    directory: Utf8PathBuf,
    bounds: Bounds,
}

/// A run, as it begins.
#[derive(Debug, Clone)]
pub struct Begun<'a> {
    /// Its id, of the shape that a target's runs have: sorts by the time it began.
    pub run: &'a str,
    /// When, RFC 3339 in UTC, whole seconds.
    pub begun: &'a str,
    /// What is done; a plan writes nothing, so it is never kept.
    pub mode: Mode,
    /// User that started it.
    pub user: &'a str,
    /// The project's directory.
    pub project: &'a Utf8Path,
    /// What was asked for.
    pub run_list: &'a [String],
    /// The targets, each once.
    pub targets: &'a [Aim<'a>],
}

/// A target, as a run begins.
#[derive(Debug, Clone, Copy)]
pub struct Aim<'a> {
    /// Its name.
    pub name: &'a str,
    /// Whether it is a node of the project's inventory; else its name is an address.
    pub is_node: bool,
}

/// What became of a run on one target.
#[derive(Debug, Clone)]
pub struct Ended {
    /// In a word.
    pub outcome: Ending,
    /// Why it came to no end of its own: not reached, locked, does not compile. Resources that failed are in the events.
    pub failure: Option<Failure>,
}

impl History {
    /// The history in a state directory, to record a run; file and directory are made where they are missing.
    ///
    /// # Errors
    /// It can't be made or read, is damaged, or was written by a later version.
    pub fn open(directory: &Utf8Path) -> Result<Self, Failure> {
        let connection = file::open(directory)?;
        Ok(Self { connection, directory: directory.to_owned(), bounds: Bounds::default() })
    }

    /// The history in a state directory, to read; nothing where no run was ever recorded. Nothing is made.
    ///
    /// # Errors
    /// See [`History::open`].
    pub fn look(directory: &Utf8Path) -> Result<Option<Self>, Failure> {
        let Some(connection) = file::look(directory)? else { return Ok(None) };
        Ok(Some(Self { connection, directory: directory.to_owned(), bounds: Bounds::default() }))
    }

    /// The same, kept within other bounds.
    #[must_use]
    pub fn within(self, bounds: Bounds) -> Self {
        Self { bounds, ..self }
    }

    /// Records a run with the history in a state directory, which the recording opens itself while the run goes on. What is
    /// wrong with it is told at the end. Before the run's first change the history tells of it.
    ///
    /// # Errors
    /// No recording can be made.
    pub fn record(directory: &Utf8Path, begun: &Begun<'_>) -> Result<Recording, Failure> {
        Recording::soon(directory, begun)
    }

    /// Writes down that a run has begun. If nothing more comes, the run was cut off.
    ///
    /// # Errors
    /// It can't be written.
    pub fn begin(self, begun: &Begun<'_>) -> Result<Recording, Failure> {
        Recording::begin(self, begun)
    }

    fn refused(&self, verb: &str, error: &rusqlite::Error) -> Failure {
        file::refused(verb, &self.directory.join(NAME), error)
    }
}
