//! Opens the history of a state directory.

use camino::{Utf8Path, Utf8PathBuf};
use rusqlite::Connection;

use super::bounds::Bounds;
use super::file;
use crate::model::error::Failure;

pub use super::file::NAME;

/// The runs that were started here.
#[derive(Debug)]
pub struct History {
    pub(super) connection: Connection,
    pub(super) directory: Utf8PathBuf,
    pub(super) bounds: Bounds,
}

impl History {
    /// Opens the history to record a run. Creates file and directory if they are missing.
    ///
    /// # Errors
    /// It can't be created or read, is damaged, or was written by a later version.
    pub fn open(directory: &Utf8Path) -> Result<Self, Failure> {
        let connection = file::open(directory)?;
        Ok(Self { connection, directory: directory.to_owned(), bounds: Bounds::default() })
    }

    /// Opens the history for reading. `None` if no run was ever recorded. Creates nothing.
    ///
    /// # Errors
    /// See [`History::open`].
    pub fn look(directory: &Utf8Path) -> Result<Option<Self>, Failure> {
        let Some(connection) = file::look(directory)? else { return Ok(None) };
        Ok(Some(Self { connection, directory: directory.to_owned(), bounds: Bounds::default() }))
    }

    /// Sets other limits.
    #[must_use]
    pub fn within(self, bounds: Bounds) -> Self {
        Self { bounds, ..self }
    }

    /// The failure of an operation on the file.
    pub(super) fn refused(&self, verb: &str, error: &rusqlite::Error) -> Failure {
        file::refused(verb, &self.directory.join(NAME), error)
    }
}
