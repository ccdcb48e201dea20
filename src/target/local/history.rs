//! The last runs on this machine, one line each.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};

use camino::Utf8Path;

use super::errno::refused_io;
use super::state;
use crate::model::error::Failure;
use crate::model::journal::{HISTORY, RunRecord, SLACK, history};
use crate::model::kept;

const NAME: &str = kept::HISTORY.name;

/// The last runs, oldest first. Writes nothing.
///
/// # Errors
/// The file exists and can't be read.
pub(super) fn look(directory: &Utf8Path) -> Result<Vec<RunRecord>, Failure> {
    let path = directory.join(NAME);
    let Some(mut file) = state::look(directory, NAME)? else { return Ok(Vec::new()) };
    let text = read(&mut file).map_err(|error| refused_io("read", &path, &error))?;
    Ok(history(&text))
}

/// Adds a run.
///
/// # Errors
/// It could not be written.
pub(super) fn add(directory: &Utf8Path, run: &RunRecord) -> Result<(), Failure> {
    let mut file = state::open(directory, NAME)?;
    write(&mut file, run, directory).map_err(|error| refused_io("write", &directory.join(NAME), &error))
}

fn write(file: &mut File, run: &RunRecord, directory: &Utf8Path) -> std::io::Result<()> {
    let mut text = read(file)?;
    // Keeps an incomplete last line apart from the new one.
    let gap = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
    let line = format!("{gap}{}\n", serde_json::to_string(run)?);
    if text.lines().count() < HISTORY + SLACK {
        file.seek(SeekFrom::End(0))?;
        return file.write_all(line.as_bytes());
    }
    text.push_str(&line);
    let lines: Vec<&str> = text.lines().collect();
    let mut kept = lines[lines.len() - HISTORY..].join("\n");
    kept.push('\n');
    let mut draft = tempfile::NamedTempFile::new_in(directory)?;
    draft.write_all(kept.as_bytes())?;
    draft.as_file().sync_data()?;
    draft.persist(directory.join(NAME))?;
    Ok(())
}

fn read(file: &mut File) -> std::io::Result<String> {
    let mut bytes = Vec::new();
    file.rewind()?;
    file.read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
