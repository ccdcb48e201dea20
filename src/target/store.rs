//! Blobs that arrived at a target, by digest: what is there need not be sent again.

use std::fs::{self, DirBuilder, File, FileTimes, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::time::{Duration, SystemTime};

use camino::{Utf8Path, Utf8PathBuf};
use sha2::{Digest as _, Sha256};

use crate::model::blob::{BlobRef, BlobSource, Blobs};
use crate::model::content::hex;
use crate::model::error::Failure;

/// A blob that no run has named for so long is dropped.
const KEPT: Duration = Duration::from_secs(30 * 86_400);

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

    /// Only whole blobs get their name, so name and size tell enough.
    fn has(&self, blob: &BlobRef) -> bool {
        fs::metadata(self.path(blob)).is_ok_and(|found| found.is_file() && found.len() == blob.size)
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
        let draft = self.directory.join(format!(".{}-{}", blob.sha256, std::process::id()));
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&draft)
            .map_err(|error| unwritable(&draft, &error))?;
        Ok(Incoming {
            file,
            digest: Sha256::new(),
            draft,
            path: self.path(blob),
            sha256: blob.sha256.clone(),
        })
    }

    /// The files of these, for steps to read.
    #[must_use]
    pub fn blobs(&self, wanted: &[BlobRef]) -> Blobs {
        wanted.iter().map(|blob| (blob.sha256.clone(), BlobSource::Path(self.path(blob)))).collect()
    }

    /// Notes that these were wanted, and drops what nobody has wanted for a month. What can't be noted or dropped costs
    /// some bytes at worst, so nothing is said of it.
    pub fn tidy(&self, wanted: &[BlobRef]) {
        let now = SystemTime::now();
        for blob in wanted {
            if let Ok(file) = File::open(self.path(blob)) {
                let _ = file.set_times(FileTimes::new().set_modified(now));
            }
        }
        let Ok(entries) = fs::read_dir(&self.directory) else { return };
        for entry in entries.flatten() {
            let modified = entry.metadata().and_then(|found| found.modified());
            if modified.is_ok_and(|modified| now.duration_since(modified).is_ok_and(|age| age > KEPT)) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}

/// A blob on its way; dropped before it is whole, nothing is left of it.
#[derive(Debug)]
pub struct Incoming {
    file: File,
    digest: Sha256,
    draft: Utf8PathBuf,
    path: Utf8PathBuf,
    sha256: String,
}

impl Incoming {
    /// Takes the next bytes.
    ///
    /// # Errors
    /// They can't be written.
    pub fn take(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.digest.update(bytes);
        self.file.write_all(bytes)
    }

    /// Gives the blob its name, now that it is whole.
    ///
    /// # Errors
    /// Its bytes are not those of its digest, or it can't be kept.
    pub fn finish(self) -> Result<(), Failure> {
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
        // After `finish` it is gone already.
        let _ = fs::remove_file(&self.draft);
    }
}

fn unwritable(path: &Utf8Path, error: &io::Error) -> Failure {
    Failure::new(format!("`{path}` can't be written: {error}"))
}
