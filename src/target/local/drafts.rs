//! The record of drafts. Each is recorded before it is made, so that the next run can remove the drafts of a killed
//! one.
//!
//! Each line of the file has device and inode of a directory (`-` for anything else) and the path. Drafts of finished
//! steps are removed from it.

use std::fs::File;
use std::hash::BuildHasher as _;
use std::io::Read as _;
use std::os::unix::fs::FileExt as _;
use std::sync::{Mutex, MutexGuard, PoisonError};

use camino::{Utf8Path, Utf8PathBuf};

use super::errno::refused_io;
use super::state;
use crate::model::error::Failure;
use crate::model::kept;

const NAME: &str = kept::DRAFTS.name;
/// Prefix of the names of drafts.
const PREFIX: &str = ".chefrs-";

/// A draft that an earlier run may have left.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct LeftDraft {
    pub(super) path: Utf8PathBuf,
    /// Device and inode, for a directory.
    pub(super) id: Option<(u64, u64)>,
}

impl LeftDraft {
    fn parse(line: &str) -> Option<Self> {
        let (id, path) = line.split_once(' ')?;
        let id = match id.split_once(':') {
            Some((device, inode)) => Some((device.parse().ok()?, inode.parse().ok()?)),
            None if id == "-" => None,
            None => return None,
        };
        let path = Utf8PathBuf::from(plain(path));
        (path.is_absolute() && is_name(path.file_name()?)).then_some(Self { path, id })
    }

    fn line(&self) -> String {
        let id = self.id.map_or_else(|| "-".to_owned(), |(device, inode)| format!("{device}:{inode}"));
        format!("{id} {}\n", self.path.as_str().replace('\\', "\\\\").replace('\n', "\\n"))
    }
}

/// Unescapes a path from [`LeftDraft::line`].
fn plain(path: &str) -> String {
    let mut plain = String::new();
    let mut letters = path.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' if letters.as_str().starts_with('n') => {
                letters.next();
                plain.push('\n');
            }
            '\\' => plain.extend(letters.next()),
            letter => plain.push(letter),
        }
    }
    plain
}

/// A name with twelve random digits.
pub(super) fn temporary_name() -> String {
    let random = std::hash::RandomState::new().hash_one(std::process::id());
    format!("{PREFIX}{:012x}", random & 0xffff_ffff_ffff)
}

/// Whether a name is that of a draft.
fn is_name(name: &str) -> bool {
    name.strip_prefix(PREFIX).is_some_and(|rest| {
        rest.len() == 12 && rest.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    })
}

fn read(text: &str) -> Vec<LeftDraft> {
    // An incomplete last line belongs to a draft that was never made.
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    whole.lines().filter_map(LeftDraft::parse).collect()
}

/// The paths of drafts that still exist. Writes nothing.
///
/// # Errors
/// The file exists and can't be read.
pub(super) fn look(directory: &Utf8Path) -> Result<Vec<String>, Failure> {
    let Some(mut file) = state::look(directory, NAME)? else { return Ok(Vec::new()) };
    let mut text = String::new();
    file.read_to_string(&mut text).map_err(|error| refused_io("read", &directory.join(NAME), &error))?;
    let mut paths: Vec<String> = read(&text).into_iter().map(|draft| draft.path.into_string()).collect();
    // A name is all that is checked.
    paths.retain(|path| std::fs::symlink_metadata(path).is_ok());
    paths.dedup();
    Ok(paths)
}

/// The record of the run that holds the lock. `None` records nothing.
#[derive(Debug, Default)]
pub(super) struct DraftRecord(Mutex<Option<OpenRecord>>);

#[derive(Debug)]
struct OpenRecord {
    file: File,
    /// Length of the part about drafts of earlier runs that still exist.
    kept: u64,
    /// Length of the valid part.
    end: u64,
    /// Length of the file.
    length: u64,
}

impl DraftRecord {
    /// Opens the record. Returns the drafts that earlier runs have left.
    ///
    /// # Errors
    /// It can't be created, or others can write it.
    pub(super) fn begin(directory: &Utf8Path) -> Result<(Self, Vec<LeftDraft>), Failure> {
        let mut file = state::open(directory, NAME)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(|error| refused_io("read", &directory.join(NAME), &error))?;
        let length = bytes.len() as u64;
        let record = OpenRecord { file, kept: 0, end: 0, length };
        Ok((Self(Mutex::new(Some(record))), read(&String::from_utf8_lossy(&bytes))))
    }

    fn open_record(&self) -> MutexGuard<'_, Option<OpenRecord>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps these entries, and removes all others.
    pub(super) fn keep(&self, left: &[LeftDraft]) {
        for draft in left {
            self.write(draft);
        }
        if let Some(record) = &mut *self.open_record() {
            record.kept = record.end;
            record.cut();
        }
    }

    /// Starts a step. The drafts of earlier steps are in place or removed.
    pub(super) fn begin_step(&self) {
        if let Some(record) = &mut *self.open_record() {
            record.end = record.kept;
        }
    }

    /// Records that a draft will be made at a path.
    pub(super) fn will_make(&self, path: &Utf8Path) {
        self.write(&LeftDraft { path: path.to_owned(), id: None });
    }

    /// Records that the draft at a path is this directory.
    pub(super) fn made_directory(&self, path: &Utf8Path, id: (u64, u64)) {
        self.write(&LeftDraft { path: path.to_owned(), id: Some(id) });
    }

    fn write(&self, draft: &LeftDraft) {
        let Some(record) = &mut *self.open_record() else { return };
        record.cut();
        let line = draft.line();
        // A failure is ignored: on a full disk, the step itself may need no space.
        if record.file.write_all_at(line.as_bytes(), record.end).is_ok() {
            record.end += line.len() as u64;
            record.length = record.end;
        }
    }
}

impl OpenRecord {
    /// Cuts off what is no longer valid. If that fails, the next run looks for drafts that are gone.
    fn cut(&mut self) {
        if self.length > self.end && self.file.set_len(self.end).is_ok() {
            self.length = self.end;
        }
    }
}

impl Drop for OpenRecord {
    fn drop(&mut self) {
        self.end = self.kept;
        self.cut();
    }
}
