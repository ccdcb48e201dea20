//! The journal of owed notifications: appended and on disk before the change that earns them, emptied once all have run.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};

use camino::Utf8Path;

use super::errno::refused_io;
use super::state;
use crate::model::error::Failure;
use crate::model::journal::{Debt, Journal, Line, text};
use crate::model::kept;

/// Name of the file in the state directory.
const NAME: &str = kept::JOURNAL.name;

/// The journal as this run has it open; only the holder of the lock writes.
#[derive(Debug, Default)]
pub(super) struct Ledger(Option<(File, Journal)>);

/// The journal as it stands. Nothing is written.
///
/// # Errors
/// It is there and can't be read.
pub(super) fn look(directory: &Utf8Path) -> Result<Journal, Failure> {
    let path = directory.join(NAME);
    let journal = match state::look(directory, NAME)? {
        None => Journal::default(),
        Some(mut file) => read(&mut file).map_err(|error| refused_io("read", &path, &error))?,
    };
    Ok(Journal { path: path.into(), ..journal })
}

impl Ledger {
    /// Writes down what will be owed; it is on disk when this returns.
    ///
    /// # Errors
    /// It could not be written: the change must not be made.
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

    /// Strikes out what has run. This is not waited for: lost with the power, it makes an action run once more, and
    /// that is the safe side.
    ///
    /// # Errors
    /// It could not be written: the next run will pay again.
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
        // Whatever goes wrong, the file is read afresh the next time.
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

/// Adds whole lines, over what a write that was cut off has left of another.
fn append(file: &mut File, lines: impl Iterator<Item = Line>) -> std::io::Result<()> {
    let text = text(lines)?;
    let end = whole(file)?;
    file.set_len(end)?;
    file.seek(SeekFrom::Start(end))?;
    let written = file.write_all(text.as_bytes());
    if written.is_err() {
        // Half a line does not count, so what can't be taken back does no harm.
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
