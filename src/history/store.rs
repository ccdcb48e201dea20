//! The history in a state directory, opened to record a run or to read.

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

    /// Why something could not be done with the file.
    pub(super) fn refused(&self, verb: &str, error: &rusqlite::Error) -> Failure {
        file::refused(verb, &self.directory.join(NAME), error)
    }
}
