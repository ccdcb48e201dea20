//! The store of blobs on a target, by digest. Blobs that are already there are not sent again.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, DirBuilder, File, FileTimes, OpenOptions};
use std::io::{self, Read as _, Write};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::time::{Duration, SystemTime};

use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::model::blob::{BlobRef, BlobSource, Blobs};
use crate::model::content::hex;
use crate::model::error::Failure;
use crate::model::sorted;

/// A blob that no run has used for this long is removed.
const KEPT: Duration = Duration::from_secs(30 * 86_400);

/// From this size on, a blob is not kept in addition to the file that it became, in bytes.
const LARGE: u64 = 1 << 20;

/// Limit for all stored blobs, in bytes. Exceeded only if one run needs more.
const MOST: u64 = 256 << 20;

/// A file on the machine that has the content of a blob, with all attributes that would show a change.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct PlacedFile {
    path: Utf8PathBuf,
    size: u64,
    device: u64,
    inode: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl PlacedFile {
    fn at(path: &Utf8Path) -> Option<Self> {
        let found = fs::symlink_metadata(path).ok().filter(fs::Metadata::is_file)?;
        Some(Self {
            path: path.to_owned(),
            size: found.len(),
            device: found.dev(),
            inode: found.ino(),
            modified: (found.mtime(), found.mtime_nsec()),
            changed: (found.ctime(), found.ctime_nsec()),
        })
    }
}

/// From this size on, an incomplete blob is kept when a connection breaks, in bytes.
const WORTH: u64 = 256 << 10;

/// A private directory with one file for each blob, named by its digest.
#[derive(Debug)]
pub struct Store {
    directory: Utf8PathBuf,
}

impl Store {
    /// Opens the store. Creates the directory if it is missing.
    ///
    /// # Errors
    /// It can't be created.
    pub fn open(directory: Utf8PathBuf) -> Result<Self, Failure> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&directory)
            .map_err(|error| Failure::new(format!("`{directory}` can't be made: {error}")))?;
        Ok(Self { directory })
    }

    /// The blobs that are not in the store, without duplicates.
    #[must_use]
    pub fn missing(&self, wanted: &[BlobRef]) -> Vec<BlobRef> {
        let mut missing: Vec<BlobRef> = wanted.iter().filter(|blob| !self.has(blob)).cloned().collect();
        sorted::sort_by(&mut missing, |a, b| a.sha256.cmp(&b.sha256));
        missing.dedup();
        missing
    }

    fn has(&self, blob: &BlobRef) -> bool {
        self.keeps(blob) || self.place_of(blob).is_some()
    }

    /// Only complete blobs get their final name, so name and size are sufficient.
    fn keeps(&self, blob: &BlobRef) -> bool {
        fs::metadata(self.path(blob)).is_ok_and(|found| found.is_file() && found.len() == blob.size)
    }

    /// A file on the machine with the content of the blob, if it has not changed since.
    fn place_of(&self, blob: &BlobRef) -> Option<Utf8PathBuf> {
        let record: PlacedFile = serde_json::from_slice(&fs::read(self.record(blob)).ok()?).ok()?;
        let now = PlacedFile::at(&record.path)?;
        (now == record && now.size == blob.size).then_some(record.path)
    }

    fn record(&self, blob: &BlobRef) -> Utf8PathBuf {
        self.directory.join(format!("{}.at", blob.sha256))
    }

    fn path(&self, blob: &BlobRef) -> Utf8PathBuf {
        self.directory.join(&blob.sha256)
    }

    /// Starts receiving a blob.
    ///
    /// # Errors
    /// Its name is no digest, or the file can't be created.
    pub fn incoming(&self, blob: &BlobRef) -> Result<Incoming, Failure> {
        if blob.sha256.len() != 64 || !blob.sha256.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(Failure::new("a blob has a name that is no digest"));
        }
        let draft = self.draft(blob);
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&draft)
            .map_err(|error| unwritable(&draft, &error))?;
        Ok(self.over(blob, file, Sha256::new(), 0))
    }

    /// Continues a blob that an interrupted connection has sent a part of.
    #[must_use]
    pub fn begun(&self, blob: &BlobRef) -> Option<Incoming> {
        // If several connections receive it, only one gets this part.
        let draft = self.draft(blob);
        fs::rename(self.part(blob), &draft).ok()?;
        let mut file = OpenOptions::new().read(true).write(true).open(&draft).ok()?;
        let mut digest = Sha256::new();
        let mut buffer = vec![0; 64 << 10];
        let mut length = 0;
        loop {
            match file.read(&mut buffer) {
                Ok(0) => break,
                Ok(n) => {
                    digest.update(&buffer[..n]);
                    length += n as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => return None,
            }
        }
        (length <= blob.size).then(|| self.over(blob, file, digest, length))
    }

    fn over(&self, blob: &BlobRef, file: File, digest: Sha256, length: u64) -> Incoming {
        Incoming {
            file,
            digest,
            length,
            draft: self.draft(blob),
            part: self.part(blob),
            path: self.path(blob),
            sha256: blob.sha256.clone(),
            is_wrong: false,
        }
    }

    fn draft(&self, blob: &BlobRef) -> Utf8PathBuf {
        self.directory.join(format!(".{}-{}", blob.sha256, std::process::id()))
    }

    fn part(&self, blob: &BlobRef) -> Utf8PathBuf {
        self.directory.join(format!(".{}.part", blob.sha256))
    }

    /// The files of these blobs, for steps to read.
    #[must_use]
    pub fn blobs(&self, wanted: &[BlobRef]) -> Blobs {
        let source = |blob: &BlobRef| match self.place_of(blob) {
            Some(place) if !self.keeps(blob) => place,
            _ => self.path(blob),
        };
        sorted::collected(wanted.iter().map(|blob| (blob.sha256.clone(), BlobSource::Path(source(blob)))))
    }

    /// After a run: removes large blobs that are now files on the machine, and records where. Errors are ignored; they
    /// only waste space.
    pub fn settle(&self, wanted: &[BlobRef], placed: &BTreeMap<String, Utf8PathBuf>) {
        for blob in wanted.iter().filter(|blob| blob.size >= LARGE) {
            let Some(place) = placed.get(&blob.sha256).and_then(|path| PlacedFile::at(path)) else {
                continue;
            };
            let Ok(json) = serde_json::to_vec(&place) else { continue };
            if place.size == blob.size && self.note(blob, &json).is_ok() {
                // Usually it is there.
                let _ = fs::remove_file(self.path(blob));
            }
        }
    }

    fn note(&self, blob: &BlobRef, json: &[u8]) -> io::Result<()> {
        let draft = self.directory.join(format!(".{}-{}.at", blob.sha256, std::process::id()));
        let options = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&draft);
        options.and_then(|mut file| file.write_all(json)).and_then(|()| fs::rename(&draft, self.record(blob)))
    }

    /// Marks these blobs as used, and removes those that were not used for a month. Errors are ignored; they only waste
    /// space.
    pub fn tidy(&self, wanted: &[BlobRef]) {
        let now = SystemTime::now();
        for blob in wanted {
            for path in [self.path(blob), self.record(blob)] {
                if let Ok(file) = File::open(path) {
                    let _ = file.set_times(FileTimes::new().set_modified(now));
                }
            }
        }
        let Ok(entries) = fs::read_dir(&self.directory) else { return };
        for entry in entries.flatten() {
            let modified = entry.metadata().and_then(|found| found.modified());
            if modified.is_ok_and(|modified| now.duration_since(modified).is_ok_and(|age| age > KEPT)) {
                let _ = fs::remove_file(entry.path());
            }
        }
        self.shrink(wanted);
    }

    /// Removes the blobs that were used the longest ago if the store is too large, except those in use now.
    fn shrink(&self, wanted: &[BlobRef]) {
        let Ok(entries) = fs::read_dir(&self.directory) else { return };
        let mut files: Vec<(SystemTime, u64, std::path::PathBuf)> = entries
            .flatten()
            .filter_map(|entry| {
                let found = entry.metadata().ok()?;
                Some((found.modified().ok()?, found.len(), entry.path()))
            })
            .collect();
        sorted::sort_by(&mut files, Ord::cmp);
        let mut all: u64 = files.iter().map(|(_, length, _)| length).sum();
        let wanted: BTreeSet<&str> = wanted.iter().map(|blob| blob.sha256.as_str()).collect();
        for (_, length, path) in files {
            if all <= MOST {
                return;
            }
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if !wanted.contains(name) && fs::remove_file(&path).is_ok() {
                all -= length;
            }
        }
    }
}

/// A blob that is being received. If it is dropped early, the part is kept for the next connection if it is large
/// enough.
#[derive(Debug)]
pub struct Incoming {
    file: File,
    digest: Sha256,
    length: u64,
    draft: Utf8PathBuf,
    part: Utf8PathBuf,
    path: Utf8PathBuf,
    sha256: String,
    is_wrong: bool,
}

impl Incoming {
    /// Number of bytes received.
    #[must_use]
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Appends bytes.
    ///
    /// # Errors
    /// They can't be written.
    pub fn take(&mut self, bytes: &[u8]) -> io::Result<()> {
        // If the disk is full, the part is not kept.
        self.file.write_all(bytes).inspect_err(|_| self.is_wrong = true)?;
        self.digest.update(bytes);
        self.length += bytes.len() as u64;
        Ok(())
    }

    /// Gives the blob its final name.
    ///
    /// # Errors
    /// The content does not match the digest, or can't be stored.
    pub fn finish(mut self) -> Result<(), Failure> {
        self.is_wrong = true;
        if hex(&self.digest.clone().finalize()) != self.sha256 {
            return Err(Failure::new(format!("the blob {} arrived with other bytes", self.sha256))
                .hint("a file of a cookbook was changed while the run began: run again"));
        }
        self.file.sync_data().map_err(|error| unwritable(&self.draft, &error))?;
        fs::rename(&self.draft, &self.path).map_err(|error| unwritable(&self.path, &error))
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        // After `finish` the draft is gone already. Errors only waste space.
        let _ = if self.is_wrong || self.length < WORTH {
            fs::remove_file(&self.draft)
        } else {
            fs::rename(&self.draft, &self.part)
        };
    }
}

fn unwritable(path: &Utf8Path, error: &io::Error) -> Failure {
    Failure::new(format!("`{path}` can't be written: {error}"))
}
