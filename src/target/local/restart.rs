//! Restarts that runs have asked for: written down before the machine goes down, so that each is made, and made once.

use std::io::{Read as _, Write as _};

use camino::Utf8Path;

use super::errno::refused_io;
use super::{boot_id, state};
use crate::model::error::Failure;
use crate::model::journal::Restarted;

/// Name of the file in the state directory.
const NAME: &str = "restarts";

/// Those that were asked for and are not settled, in that order. Nothing is written.
///
/// # Errors
/// The file is there and can't be read.
pub(super) fn look(directory: &Utf8Path) -> Result<Vec<Restarted>, Failure> {
    let Some(mut file) = state::look(directory, NAME)? else { return Ok(Vec::new()) };
    let mut text = String::new();
    file.read_to_string(&mut text).map_err(|error| refused_io("read", &directory.join(NAME), &error))?;
    let boot = boot_id();
    let known = text.lines().filter_map(|line| serde_json::from_str::<Restarted>(line).ok());
    Ok(known.map(|restarted| Restarted { made: restarted.boot != boot, ..restarted }).collect())
}

/// Writes down that a resource asks for one; it is on disk when this returns.
///
/// # Errors
/// It can't be written: the machine must not be restarted.
pub(super) fn ask(directory: &Utf8Path, by: &str, run: &str) -> Result<(), Failure> {
    let mut known = look(directory)?;
    known.retain(|other| other.by != by);
    known.push(Restarted { by: by.to_owned(), run: run.to_owned(), boot: boot_id(), made: false });
    keep(directory, &known)
}

/// Nobody asks for one any more.
///
/// # Errors
/// It can't be written.
pub(super) fn take_back(directory: &Utf8Path) -> Result<(), Failure> {
    let mut known = look(directory)?;
    known.retain(|restarted| restarted.made);
    keep(directory, &known)
}

/// Forgets those that were made.
///
/// # Errors
/// It can't be written.
pub(super) fn settle(directory: &Utf8Path) -> Result<(), Failure> {
    let mut known = look(directory)?;
    known.retain(|restarted| !restarted.made);
    keep(directory, &known)
}

fn keep(directory: &Utf8Path, known: &[Restarted]) -> Result<(), Failure> {
    // The directory is made, and found safe.
    let _ = state::open(directory, NAME)?;
    let path = directory.join(NAME);
    let write = || -> std::io::Result<()> {
        let mut draft = tempfile::NamedTempFile::new_in(directory)?;
        for restarted in known {
            writeln!(draft, "{}", serde_json::to_string(restarted)?)?;
        }
        draft.as_file().sync_all()?;
        draft.persist(&path)?;
        std::fs::File::open(directory)?.sync_all()
    };
    write().map_err(|error| refused_io("write", &path, &error))
}
