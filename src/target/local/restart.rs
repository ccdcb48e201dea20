//! Requested restarts, recorded before the machine goes down, so that each is made exactly once.

use std::io::{Read as _, Write as _};

use camino::Utf8Path;

use super::errno::refused_io;
use super::host::boot_id;
use super::state;
use crate::model::error::Failure;
use crate::model::journal::Restarts;
use crate::model::kept;
use crate::model::step::Restart;

const NAME: &str = kept::RESTARTS.name;

/// Restarts that are requested and not settled. Writes nothing.
///
/// # Errors
/// The file exists and can't be read.
pub(super) fn look(directory: &Utf8Path) -> Result<Restarts, Failure> {
    let Some(mut file) = state::look(directory, NAME)? else { return Ok(Restarts::default()) };
    let mut text = String::new();
    file.read_to_string(&mut text).map_err(|error| refused_io("read", &directory.join(NAME), &error))?;
    Ok(Restarts::read(&text, &boot_id()))
}

/// Records a request. It is on disk when this returns.
///
/// # Errors
/// It can't be written, so the machine must not be restarted.
pub(super) fn ask(directory: &Utf8Path, restart: &Restart, run: &str) -> Result<(), Failure> {
    let mut known = look(directory)?;
    known.ask(restart.asked_by(run, &boot_id()));
    keep(directory, &known)
}

/// Cancels the request.
///
/// # Errors
/// It can't be written.
pub(super) fn take_back(directory: &Utf8Path) -> Result<(), Failure> {
    let mut known = look(directory)?;
    known.take_back();
    keep(directory, &known)
}

/// Removes restarts that were made.
///
/// # Errors
/// It can't be written.
pub(super) fn settle(directory: &Utf8Path) -> Result<(), Failure> {
    let mut known = look(directory)?;
    known.settle();
    keep(directory, &known)
}

fn keep(directory: &Utf8Path, known: &Restarts) -> Result<(), Failure> {
    // Creates the directory and checks its permissions.
    let _ = state::open(directory, NAME)?;
    let path = directory.join(NAME);
    let write = || -> std::io::Result<()> {
        let mut draft = tempfile::NamedTempFile::new_in(directory)?;
        draft.write_all(known.text()?.as_bytes())?;
        draft.as_file().sync_all()?;
        draft.persist(&path)?;
        std::fs::File::open(directory)?.sync_all()
    };
    write().map_err(|error| refused_io("write", &path, &error))
}
