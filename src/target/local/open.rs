//! Opens regular files for reading: no pipes, no devices, and no file that another user has planted.

use std::fs::File;
use std::os::fd::{AsFd as _, BorrowedFd};

use camino::Utf8Path;
use rustix::fs::{FileType, Mode, OFlags, Stat};
use rustix::io::{Errno, retry_on_intr};

use super::accounts::Accounts;
use super::errno::refused;
use super::path::OpenPlace;
use super::walk::Walk;
use crate::model::error::Failure;

/// A regular file, open for reading.
pub(super) struct Opened {
    pub(super) file: File,
    /// Size in bytes when it was opened. Files in /proc report 0.
    pub(super) size: u64,
}

/// Opens the file `name` in an open directory. `None` if it is gone, or is no longer the regular file that was seen.
///
/// # Errors
/// It can't be read, or is a hard link to another user's file.
pub(super) fn open_at(
    dir: BorrowedFd<'_>,
    name: &str,
    path: &Utf8Path,
    seen: &Stat,
    accounts: &Accounts,
) -> Result<Option<Opened>, Failure> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let file = match retry_on_intr(|| rustix::fs::openat(dir, name, flags, Mode::empty())) {
        Ok(file) => file,
        Err(Errno::NOENT) => return Ok(None),
        Err(Errno::LOOP) => return Err(changed(path)),
        Err(errno) => return Err(refused("read", path, errno)),
    };
    let found = rustix::fs::fstat(&file).map_err(|errno| refused("look at", path, errno))?;
    if FileType::from_raw_mode(found.st_mode) != FileType::RegularFile {
        return Ok(None);
    }
    if (found.st_dev, found.st_ino) != (seen.st_dev, seen.st_ino) && found.st_uid != seen.st_uid {
        return Err(changed(path));
    }
    if found.st_nlink > 1 {
        refuse_planted(dir, path, &found, accounts, "it is not read")?;
    }
    Ok(Some(Opened { file: file.into(), size: u64::try_from(found.st_size).unwrap_or(0) }))
}

fn changed(path: &Utf8Path) -> Failure {
    Failure::new(format!("`{path}` changed while it was being looked at"))
}

/// Opens a regular file by a safe walk. Symlinks are followed if that is safe.
///
/// # Errors
/// Nothing is there, it is no regular file, or it can't be read.
pub(super) fn open_source(path: &Utf8Path, accounts: &Accounts) -> Result<Opened, Failure> {
    let mut walk = Walk::new(path, accounts)?;
    let reached = walk.reach_anything(path).map_err(|failure| match walk.stopped {
        Some(errno) => refused("read", path, errno),
        None => failure,
    })?;
    if FileType::from_raw_mode(reached.stat.st_mode) != FileType::RegularFile {
        return Err(Failure::new(format!("`{path}` is not a regular file")));
    }
    let (dir, name) = &reached.holder;
    open_at(dir.as_fd(), name, path, &reached.stat, accounts)?.ok_or_else(|| changed(path))
}

/// Like [`open_source`], but the last component must not be a symlink.
///
/// # Errors
/// See [`open_source`].
pub(super) fn open_regular(path: &Utf8Path, accounts: &Accounts) -> Result<Opened, Failure> {
    let place = OpenPlace::find(path, accounts)?;
    let Some(seen) = place.stat()? else { return Err(refused("open", path, Errno::NOENT)) };
    match FileType::from_raw_mode(seen.st_mode) {
        FileType::RegularFile => {}
        FileType::Symlink => return Err(Failure::new(format!("`{path}` is a link, not a regular file"))),
        _ => return Err(Failure::new(format!("`{path}` is not a regular file"))),
    }
    open_at(place.dir(), &place.name, path, &seen, accounts)?.ok_or_else(|| changed(path))
}

/// Fails for a hard link that a user may have made to another user's file, so that root reads it or changes its owner.
/// `kept` says what is not done.
///
/// # Errors
/// It may be such a link.
pub(super) fn refuse_planted(
    dir: BorrowedFd<'_>,
    path: &Utf8Path,
    file: &Stat,
    accounts: &Accounts,
    kept: &str,
) -> Result<(), Failure> {
    let dir = rustix::fs::fstat(dir).map_err(|errno| refused("look at the directory of", path, errno))?;
    let foreign = dir.st_uid != 0 && dir.st_uid != file.st_uid;
    if FileType::from_raw_mode(file.st_mode) == FileType::Directory || file.st_nlink < 2 || !foreign {
        return Ok(());
    }
    Err(Failure::new(format!(
        "`{path}` has further names (hard links), belongs to `{}`, and lies in a directory of `{}`: {kept}",
        accounts.user_name(file.st_uid),
        accounts.user_name(dir.st_uid)
    ))
    .hint(format!("find out where it comes from: find / -xdev -samefile '{path}'")))
}
