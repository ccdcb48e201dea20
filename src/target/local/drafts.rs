//! Which drafts are being made, written down before they are: a run that is killed leaves them, and the next one finds them.
//!
//! The file has a line for each: what the kernel calls a directory (`-` for all else) and the path, without the drafts of
//! steps that have come to their end.

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

/// Name of the file in the state directory.
const NAME: &str = kept::DRAFTS.name;
/// What the name of a draft begins with.
const PREFIX: &str = ".chefrs-";

/// A draft that a run may have left.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct LeftDraft {
    pub(super) path: Utf8PathBuf,
    /// Device and inode of a directory that was made.
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

/// A path as it was before [`LeftDraft::line`] put it on one line.
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

/// Twelve letters that nobody can foresee, behind what names of drafts begin with.
pub(super) fn temporary_name() -> String {
    let random = std::hash::RandomState::new().hash_one(std::process::id());
    format!("{PREFIX}{:012x}", random & 0xffff_ffff_ffff)
}

/// Whether that is how drafts are called.
fn is_name(name: &str) -> bool {
    name.strip_prefix(PREFIX).is_some_and(|rest| {
        rest.len() == 12 && rest.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    })
}

fn read(text: &str) -> Vec<LeftDraft> {
    // What was cut off while it was written was never made.
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    whole.lines().filter_map(LeftDraft::parse).collect()
}

/// Paths of those that are still there. Nothing is written.
///
/// # Errors
/// The file is there and can't be read.
pub(super) fn look(directory: &Utf8Path) -> Result<Vec<String>, Failure> {
    let Some(mut file) = state::look(directory, NAME)? else { return Ok(Vec::new()) };
    let mut text = String::new();
    file.read_to_string(&mut text).map_err(|error| refused_io("read", &directory.join(NAME), &error))?;
    let mut paths: Vec<String> = read(&text).into_iter().map(|draft| draft.path.into_string()).collect();
    // Only whether there is something by that name is told.
    paths.retain(|path| std::fs::symlink_metadata(path).is_ok());
    paths.dedup();
    Ok(paths)
}

/// Where the holder of the lock writes them down. Without one nothing is written.
#[derive(Debug, Default)]
pub(super) struct DraftRecord(Mutex<Option<OpenRecord>>);

#[derive(Debug)]
struct OpenRecord {
    file: File,
    /// Length of what earlier runs have left and is left still.
    kept: u64,
    /// Length of what counts.
    end: u64,
    /// Length of the file.
    length: u64,
}

impl DraftRecord {
    /// Opens it; what runs have left comes with it.
    ///
    /// # Errors
    /// It can't be made, or is not to be trusted.
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

    /// These stay, the others are gone.
    pub(super) fn keep(&self, left: &[LeftDraft]) {
        for draft in left {
            self.write(draft);
        }
        if let Some(record) = &mut *self.open_record() {
            record.kept = record.end;
            record.cut();
        }
    }

    /// A step begins: those before it have put their drafts in place, or taken them away.
    pub(super) fn begin_step(&self) {
        if let Some(record) = &mut *self.open_record() {
            record.end = record.kept;
        }
    }

    /// A draft will be made at a path.
    pub(super) fn will_make(&self, path: &Utf8Path) {
        self.write(&LeftDraft { path: path.to_owned(), id: None });
    }

    /// The draft at a path is a directory, which the kernel calls so.
    pub(super) fn made_directory(&self, path: &Utf8Path, id: (u64, u64)) {
        self.write(&LeftDraft { path: path.to_owned(), id: Some(id) });
    }

    fn write(&self, draft: &LeftDraft) {
        let Some(record) = &mut *self.open_record() else { return };
        record.cut();
        let line = draft.line();
        // A full disk is no reason to leave undone what may need no room.
        if record.file.write_all_at(line.as_bytes(), record.end).is_ok() {
            record.end += line.len() as u64;
            record.length = record.end;
        }
    }
}

impl OpenRecord {
    /// Drops what does not count any more; where that fails, what is named there is looked for once too often.
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
