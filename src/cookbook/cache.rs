//! The cache of the user: clones of repositories, and the files of cookbooks by their sum.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};

use camino::{Utf8Path, Utf8PathBuf};

use super::lock_file::digits;
use super::source::plain;
use super::tree_sum::{SharedFile, sum, sum_of_directory};
use crate::model::content::sha256;
use crate::model::error::Diagnostic;
use crate::model::variables::{CACHE_HOME, HOME};

/// The directory.
#[derive(Debug, Clone)]
pub(super) struct CacheDirectory {
    root: Utf8PathBuf,
}

impl CacheDirectory {
    /// The directory of this user. Nothing is made yet.
    pub(super) fn of_user() -> Result<Self, Diagnostic> {
        let absolute = |name: &str| {
            let path =
                std::env::var_os(name).and_then(|value| value.into_string().ok()).map(Utf8PathBuf::from);
            path.filter(|path| path.is_absolute())
        };
        let home = || absolute(HOME.name).map(|home| home.join(".cache"));
        let root = absolute(CACHE_HOME.name).or_else(home).ok_or_else(|| {
            Diagnostic::error("there is no directory for the cache: neither XDG_CACHE_HOME nor HOME is set")
                .hint("set XDG_CACHE_HOME to an absolute path")
        })?;
        Ok(Self { root: root.join("chefrs") })
    }

    /// The place of the clone of a URL.
    pub(super) fn clone_of(&self, url: &str) -> Utf8PathBuf {
        self.root.join("git").join(&sha256(url.as_bytes())[..32])
    }

    /// The place of a file of an index, by the sum of its address.
    pub(super) fn index(&self, sum: &str) -> Utf8PathBuf {
        self.root.join("index").join(&sum[..32])
    }

    /// The place of the files with a sum.
    pub(super) fn tree(&self, sum: &str) -> Utf8PathBuf {
        self.root.join("trees").join(digits(sum).unwrap_or("none"))
    }

    /// Whether the files with a sum are there as they should be.
    pub(super) fn has(&self, sum: &str) -> bool {
        sum_of_directory(&self.tree(sum)).is_ok_and(|found| found == *sum)
    }

    /// Adds files, and returns their sum.
    pub(super) fn put(&self, files: &[SharedFile]) -> Result<String, Diagnostic> {
        let sum = sum(files);
        if self.has(&sum) {
            return Ok(sum);
        }
        let place = self.tree(&sum);
        let trees = self.root.join("trees");
        make(&trees)?;
        write_tree(files, &trees, &place).map_err(|error| unwritten(&place, &error))?;
        Ok(sum)
    }

    /// The place of the signature of a statement.
    fn signature_place(&self, statement: &str) -> Utf8PathBuf {
        self.root.join("signatures").join(sha256(statement.as_bytes()))
    }

    /// The signature of a statement, if it was kept.
    pub(super) fn signature(&self, statement: &str) -> Option<String> {
        let bytes = super::source::read(&self.signature_place(statement), 64 << 10).ok()?;
        String::from_utf8(bytes).ok()
    }

    /// Keeps the signature of a statement, so that it can be verified again without a network.
    pub(super) fn keep_signature(&self, statement: &str, signature: &str) -> Result<(), Diagnostic> {
        keep(&self.signature_place(statement), signature.as_bytes())
    }

    /// Holds a lock on a place in the cache until the file is dropped.
    pub(super) fn locked(&self, place: &Utf8Path) -> Result<File, Diagnostic> {
        make(place.parent().unwrap_or(&self.root))?;
        let path = place.with_extension("lock");
        let lock = || {
            let file = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&path)?;
            file.lock()?;
            Ok(file)
        };
        lock().map_err(|error| unwritten(&path, &error))
    }
}

/// Keeps a file in the cache: whole, or nothing of it.
pub(super) fn keep(place: &Utf8Path, bytes: &[u8]) -> Result<(), Diagnostic> {
    let folder = place.parent().unwrap_or(place);
    make(folder)?;
    let write = || -> io::Result<()> {
        let mut draft = tempfile::NamedTempFile::new_in(folder)?;
        draft.write_all(bytes)?;
        draft.persist(place).map(drop).map_err(|error| error.error)
    };
    write().map_err(|error| unwritten(place, &error))
}

/// Makes a directory in the cache, which only its owner can enter.
pub(super) fn make(directory: &Utf8Path) -> Result<(), Diagnostic> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory)
        .map_err(|error| unwritten(directory, &error))
}

/// Writes files into a new directory beside the place, and then puts it there as a whole.
pub(super) fn write_tree(files: &[SharedFile], beside: &Utf8Path, place: &Utf8Path) -> io::Result<()> {
    let draft = tempfile::Builder::new().prefix(".new-").tempdir_in(beside)?;
    let root = Utf8Path::from_path(draft.path()).ok_or(io::ErrorKind::InvalidInput)?.join("tree");
    DirBuilder::new().mode(0o755).create(&root)?;
    for file in files {
        let path = root.join(&file.path);
        if let Some(folder) = path.parent() {
            DirBuilder::new().recursive(true).mode(0o755).create(folder)?;
        }
        let mode = if file.executable { 0o755 } else { 0o644 };
        OpenOptions::new().write(true).create_new(true).mode(mode).open(&path)?.write_all(&file.bytes)?;
    }
    match fs::rename(&root, place) {
        Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => {}
        done => return done,
    }
    // Another process was faster, or what is there is damaged.
    if sum_of_directory(place).is_ok_and(|found| found == sum(files)) {
        return Ok(());
    }
    fs::rename(place, draft.path().join("old"))?;
    fs::rename(&root, place)
}

fn unwritten(place: &Utf8Path, error: &io::Error) -> Diagnostic {
    Diagnostic::error(format!("`{place}` in the cache can't be written: {}", plain(error)))
        .hint("make room there, or set XDG_CACHE_HOME to another directory")
}
