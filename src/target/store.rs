//! Blobs that arrived at a target, by digest: what is there need not be sent again.

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

/// A blob that no run has named for so long is dropped.
const KEPT: Duration = Duration::from_secs(30 * 86_400);

/// Bytes from which a blob is not kept beside the file that it has become.
const LARGE: u64 = 1 << 20;

/// Bytes of all blobs that are kept; more only where one run wants them.
const MOST: u64 = 256 << 20;

/// A file of the machine that holds the bytes of a blob, by all that would tell of a change.
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

/// Bytes of a blob that are worth to be kept when a connection breaks.
const WORTH: u64 = 256 << 10;

/// A directory of ours with one file for each blob, named by its digest.
#[derive(Debug)]
pub struct Store {
    directory: Utf8PathBuf,
}

impl Store {
    /// Opens it, and makes it where it is missing, readable for its owner alone.
    ///
    /// # Errors
    /// It can't be made.
    pub fn open(directory: Utf8PathBuf) -> Result<Self, Failure> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&directory)
            .map_err(|error| Failure::new(format!("`{directory}` can't be made: {error}")))?;
        Ok(Self { directory })
    }

    /// Those that are not here, each once.
    #[must_use]
    pub fn missing(&self, wanted: &[BlobRef]) -> Vec<BlobRef> {
        let mut missing: Vec<BlobRef> = wanted.iter().filter(|blob| !self.has(blob)).cloned().collect();
        missing.sort_by(|a, b| a.sha256.cmp(&b.sha256));
        missing.dedup();
        missing
    }

    fn has(&self, blob: &BlobRef) -> bool {
        self.keeps(blob) || self.place_of(blob).is_some()
    }

    /// Only whole blobs get their name, so name and size tell enough.
    fn keeps(&self, blob: &BlobRef) -> bool {
        fs::metadata(self.path(blob)).is_ok_and(|found| found.is_file() && found.len() == blob.size)
    }

    /// A file of the machine that holds these bytes, if nobody has touched it since.
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

    /// A place for the bytes of a blob that is on its way.
    ///
    /// # Errors
    /// Its name is no digest, or the file can't be made.
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

    /// The same for one of which some bytes have come over a connection that broke.
    #[must_use]
    pub fn begun(&self, blob: &BlobRef) -> Option<Incoming> {
        // Of several that come for it one gets it.
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

    /// The files of these, for steps to read.
    #[must_use]
    pub fn blobs(&self, wanted: &[BlobRef]) -> Blobs {
        let source = |blob: &BlobRef| match self.place_of(blob) {
            Some(place) if !self.keeps(blob) => place,
            _ => self.path(blob),
        };
        wanted.iter().map(|blob| (blob.sha256.clone(), BlobSource::Path(source(blob)))).collect()
    }

    /// After a run: of large blobs that are in files of the machine it is only noted where. What goes wrong costs some
    /// bytes at worst.
    pub fn settle(&self, wanted: &[BlobRef], placed: &BTreeMap<String, Utf8PathBuf>) {
        for blob in wanted.iter().filter(|blob| blob.size >= LARGE) {
            let Some(place) = placed.get(&blob.sha256).and_then(|path| PlacedFile::at(path)) else {
                continue;
            };
            let Ok(json) = serde_json::to_vec(&place) else { continue };
            if place.size == blob.size && self.note(blob, &json).is_ok() {
                // Mostly it is there.
                let _ = fs::remove_file(self.path(blob));
            }
        }
    }

    fn note(&self, blob: &BlobRef, json: &[u8]) -> io::Result<()> {
        let draft = self.directory.join(format!(".{}-{}.at", blob.sha256, std::process::id()));
        let options = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&draft);
        options.and_then(|mut file| file.write_all(json)).and_then(|()| fs::rename(&draft, self.record(blob)))
    }

    /// Notes that these were wanted, and drops what nobody has wanted for a month. What can't be noted or dropped costs
    /// some bytes at worst, so nothing is said of it.
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

    /// Drops those that were wanted the longest ago, where all take too much; what is wanted now stays.
    fn shrink(&self, wanted: &[BlobRef]) {
        let Ok(entries) = fs::read_dir(&self.directory) else { return };
        let mut files: Vec<(SystemTime, u64, std::path::PathBuf)> = entries
            .flatten()
            .filter_map(|entry| {
                let found = entry.metadata().ok()?;
                Some((found.modified().ok()?, found.len(), entry.path()))
            })
            .collect();
        files.sort();
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

/// A blob on its way; dropped before it is whole, what is worth it is kept for the next connection.
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
    /// Number of its bytes that are there.
    #[must_use]
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Takes the next bytes.
    ///
    /// # Errors
    /// They can't be written.
    pub fn take(&mut self, bytes: &[u8]) -> io::Result<()> {
        // Where the disk is full nothing is kept.
        self.file.write_all(bytes).inspect_err(|_| self.is_wrong = true)?;
        self.digest.update(bytes);
        self.length += bytes.len() as u64;
        Ok(())
    }

    /// Gives the blob its name, now that it is whole.
    ///
    /// # Errors
    /// Its bytes are not those of its digest, or it can't be kept.
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
        // After `finish` it is gone already. What can't be kept or removed costs some bytes.
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
