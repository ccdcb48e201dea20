//! A path as an open directory and a name in it, so that nobody can exchange a directory for a symlink in between.

use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};

use camino::{Utf8Path, Utf8PathBuf};
use rustix::fs::{AtFlags, Mode, OFlags, Stat};
use rustix::io::Errno;

use super::accounts::Accounts;
use super::errno::{refused, refused_io};
use super::walk::Walk;
use crate::model::error::Failure;

/// A path as its open parent directory and the last component, which is never followed.
pub(super) struct OpenPlace {
    dir: OwnedFd,
    /// Name in the directory.
    pub(super) name: String,
    /// The whole path, for messages and commands.
    pub(super) path: Utf8PathBuf,
}

impl OpenPlace {
    /// Walks to a path whose parent exists.
    ///
    /// # Errors
    /// The path is not absolute or has no last component, its parent is missing, or a symlink in it is unsafe.
    pub(super) fn find(path: &Utf8Path, accounts: &Accounts) -> Result<Self, Failure> {
        let (parent, name) = split(path)?;
        let dir = Walk::new(path, accounts)?.reach_directory(parent)?;
        Ok(Self { dir, name: name.to_owned(), path: path.to_owned() })
    }

    /// Walks to a path, and creates missing parents with the user as owner and mode 0755.
    ///
    /// # Errors
    /// See [`OpenPlace::find`], or a parent could not be made.
    pub(super) fn find_or_make(path: &Utf8Path, accounts: &Accounts) -> Result<Self, Failure> {
        let (parent, name) = split(path)?;
        let dir = Walk::new(path, accounts)?.making().reach_directory(parent)?;
        Ok(Self { dir, name: name.to_owned(), path: path.to_owned() })
    }

    /// A name in a directory that a walk has come to.
    pub(super) fn held(dir: OwnedFd, name: String, path: Utf8PathBuf) -> Self {
        Self { dir, name, path }
    }

    /// The open parent.
    pub(super) fn dir(&self) -> BorrowedFd<'_> {
        self.dir.as_fd()
    }

    /// Another name in the same directory.
    pub(super) fn sibling(&self, name: String) -> Result<Self, Failure> {
        let path = self.path.parent().unwrap_or(Utf8Path::new("/")).join(&name);
        let dir = self.dir.try_clone().map_err(|error| refused_io("open", &path, &error))?;
        Ok(Self { dir, name, path })
    }

    /// What is there now. A symlink is not followed.
    ///
    /// # Errors
    /// The kernel refused.
    pub(super) fn stat(&self) -> Result<Option<Stat>, Failure> {
        match rustix::fs::statat(&self.dir, &self.name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => Ok(Some(stat)),
            Err(Errno::NOENT) => Ok(None),
            Err(errno) => Err(refused("look at", &self.path, errno)),
        }
    }

    /// Opens what is there with `O_PATH`. A symlink is opened itself.
    ///
    /// # Errors
    /// It does not exist, or can't be opened.
    pub(super) fn open(&self) -> Result<OwnedFd, Failure> {
        let flags = OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        rustix::fs::openat(&self.dir, &self.name, flags, Mode::empty())
            .map_err(|errno| refused("open", &self.path, errno))
    }

    /// Syncs the directory, so that new and removed names survive a power failure.
    ///
    /// # Errors
    /// The disk reported an error.
    pub(super) fn sync_directory(&self) -> Result<(), Failure> {
        // A descriptor opened with `O_PATH` can't be synced.
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        match rustix::fs::openat(&self.dir, ".", flags, Mode::empty()) {
            Ok(dir) => match rustix::fs::fsync(dir) {
                // Some file systems don't support it for directories.
                Ok(()) | Err(Errno::INVAL) => Ok(()),
                Err(errno) => Err(refused("sync the directory of", &self.path, errno)),
            },
            // The directory is writable but not readable.
            Err(Errno::ACCESS) => Ok(()),
            Err(errno) => Err(refused("sync the directory of", &self.path, errno)),
        }
    }
}

/// A path as it is seen from `/`.
///
/// # Errors
/// The path of the working directory is not known, or not valid UTF-8.
pub(super) fn absolute(path: &Utf8Path) -> Result<Utf8PathBuf, Failure> {
    let absolute = std::path::absolute(path).map_err(|error| refused_io("find", path, &error))?;
    Utf8PathBuf::try_from(absolute).map_err(|_| Failure::new("the path of this directory is not valid UTF-8"))
}

fn split(path: &Utf8Path) -> Result<(&Utf8Path, &str), Failure> {
    if !path.is_absolute() {
        return Err(Failure::new(format!("`{path}` is not an absolute path")));
    }
    // `file_name` is `None` for `/` and for a path that ends in `..`.
    match (path.parent(), path.file_name()) {
        (Some(parent), Some(name)) => Ok((parent, name)),
        _ => Err(Failure::new(format!("`{path}` does not name a thing inside a directory"))),
    }
}
