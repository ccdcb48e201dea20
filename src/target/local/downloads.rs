//! The memory of downloaded files. It only saves requests: what can't be read or written is forgotten.

use std::io::{Read as _, Write as _};

use camino::Utf8Path;

use super::state;
use crate::model::downloaded::{Downloaded, MEMORY_LIMIT, read, with};
use crate::model::kept;

const NAME: &str = kept::DOWNLOADS.name;

/// The files that are remembered. Writes nothing.
pub(super) fn look(directory: &Utf8Path) -> Vec<Downloaded> {
    read(&text(directory))
}

/// Remembers a file, or forgets it.
pub(super) fn remember(directory: &Utf8Path, path: &Utf8Path, file: Option<&Downloaded>) {
    let Some(text) = with(&text(directory), path, file) else { return };
    // It makes the directory, and looks whether others can write there.
    if state::open(directory, NAME).is_err() {
        return;
    }
    let written = tempfile::NamedTempFile::new_in(directory).and_then(|mut draft| {
        draft.write_all(text.as_bytes())?;
        Ok(draft.persist(directory.join(NAME))?)
    });
    // An old memory is as good as none: its digest is no longer that of the file.
    let _ = written;
}

fn text(directory: &Utf8Path) -> String {
    let Ok(Some(file)) = state::look(directory, NAME) else { return String::new() };
    let mut bytes = Vec::new();
    // What was read until an error is used line by line.
    let _ = file.take(MEMORY_LIMIT).read_to_end(&mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}
