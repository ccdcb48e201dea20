//! The journal of owed notifications. Entries are on disk before the change that triggers them. The file is emptied
//! once all have run.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};

use camino::Utf8Path;

use super::errno::refused_io;
use super::state;
use crate::model::error::Failure;
use crate::model::journal::{Debt, Journal, Line, text};
use crate::model::kept;

const NAME: &str = kept::JOURNAL.name;

/// The open journal. Only the holder of the lock writes it.
#[derive(Debug, Default)]
pub(super) struct Ledger(Option<(File, Journal)>);

/// Reads the journal. Writes nothing.
///
/// # Errors
/// It exists and can't be read.
pub(super) fn look(directory: &Utf8Path) -> Result<Journal, Failure> {
    let path = directory.join(NAME);
    let journal = match state::look(directory, NAME)? {
        None => Journal::default(),
        Some(mut file) => read(&mut file).map_err(|error| refused_io("read", &path, &error))?,
    };
    Ok(Journal { path: path.into(), ..journal })
}

impl Ledger {
    /// Adds owed notifications. They are on disk when this returns.
    ///
    /// # Errors
    /// They could not be written, so the change must not be made.
    pub(super) fn owe(&mut self, directory: &Utf8Path, debts: &[Debt]) -> Result<(), Failure> {
        self.with(directory, |file, journal| {
            append(file, debts.iter().cloned().map(Line::Owed))?;
            file.sync_data()?;
            for debt in debts {
                journal.owe(debt.clone());
            }
            Ok(())
        })
    }

    /// Removes notifications that have run. The write is not synced: if it is lost, the action runs once more, which is
    /// safe.
    ///
    /// # Errors
    /// It could not be written, so the next run repeats the actions.
    pub(super) fn strike(&mut self, directory: &Utf8Path, debts: &[Debt]) -> Result<(), Failure> {
        self.with(directory, |file, journal| {
            for debt in debts {
                journal.strike(debt);
            }
            if journal.owed.is_empty() && journal.unread == 0 {
                return file.set_len(0);
            }
            append(file, debts.iter().cloned().map(Line::Struck))
        })
    }

    fn with(
        &mut self,
        directory: &Utf8Path,
        work: impl FnOnce(&mut File, &mut Journal) -> std::io::Result<()>,
    ) -> Result<(), Failure> {
        let path = directory.join(NAME);
        let failed = |error: &std::io::Error| refused_io("write", &path, error);
        // After an error, the file is read again the next time.
        let (mut file, mut journal) = match self.0.take() {
            Some(open) => open,
            None => {
                let mut file = state::open(directory, NAME)?;
                let journal = read(&mut file).map_err(|error| failed(&error))?;
                (file, journal)
            }
        };
        work(&mut file, &mut journal).map_err(|error| failed(&error))?;
        self.0 = Some((file, journal));
        Ok(())
    }
}

fn read(file: &mut File) -> std::io::Result<Journal> {
    let mut bytes = Vec::new();
    file.rewind()?;
    file.read_to_end(&mut bytes)?;
    Ok(Journal::read(&String::from_utf8_lossy(&bytes)))
}

/// Appends lines, over an incomplete last line.
fn append(file: &mut File, lines: impl Iterator<Item = Line>) -> std::io::Result<()> {
    let text = text(lines)?;
    let end = whole(file)?;
    file.set_len(end)?;
    file.seek(SeekFrom::Start(end))?;
    let written = file.write_all(text.as_bytes());
    if written.is_err() {
        // If that fails too: an incomplete line is ignored by readers.
        let _ = file.set_len(end);
    }
    written
}

/// Length of the file up to its last newline.
fn whole(file: &mut File) -> std::io::Result<u64> {
    let mut end = file.seek(SeekFrom::End(0))?;
    let mut byte = [0];
    while end > 0 {
        file.seek(SeekFrom::Start(end - 1))?;
        file.read_exact(&mut byte)?;
        if byte == *b"\n" {
            break;
        }
        end -= 1;
    }
    Ok(end)
}
