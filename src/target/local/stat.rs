//! What is at a path, what is in it, and whether it may be written.

use std::fs::File;
use std::io::Read as _;

use camino::Utf8Path;
use rustix::fs::{Access, AtFlags, CWD, FileType, Mode, OFlags};
use rustix::io::{Errno, retry_on_intr};

use super::access;
use super::accounts::Accounts;
use super::errno::{refused, refused_io};
use crate::model::query::{Answer, FileKind, FileText, READ_LIMIT, Stat};

/// Answers `Stat` and, with `follow`, `Resolve`.
pub(super) fn stat(path: &Utf8Path, follow: bool, accounts: &Accounts) -> Answer {
    let flags = if follow { AtFlags::empty() } else { AtFlags::SYMLINK_NOFOLLOW };
    match rustix::fs::statat(CWD, path.as_std_path(), flags) {
        Ok(found) => describe(path, &found, !follow, accounts),
        Err(Errno::NOENT | Errno::NOTDIR) => Answer::Stat(None),
        Err(errno) => Answer::Failed(refused("look at", path, errno)),
    }
}

fn describe(path: &Utf8Path, found: &rustix::fs::Stat, lists: bool, accounts: &Accounts) -> Answer {
    let kind = kind(found.st_mode);
    let target = if kind == FileKind::Link {
        match rustix::fs::readlinkat(CWD, path.as_std_path(), Vec::new()) {
            Ok(target) => Some(String::from_utf8_lossy(target.as_bytes()).into_owned()),
            Err(errno) => return Answer::Failed(refused("read the link", path, errno)),
        }
    } else {
        None
    };
    Answer::Stat(Some(Stat {
        kind,
        mode: found.st_mode & 0o7777,
        owner: accounts.user_name(found.st_uid),
        group: accounts.group_name(found.st_gid),
        uid: found.st_uid,
        gid: found.st_gid,
        size: u64::try_from(found.st_size).unwrap_or(0),
        modified: found.st_mtime,
        inode: (found.st_dev, found.st_ino),
        target,
        access: if lists && matches!(kind, FileKind::File | FileKind::Directory) {
            access::look(path.as_str(), kind == FileKind::Directory, found.st_mode & 0o7777, accounts)
        } else {
            None
        },
    }))
}

fn kind(mode: u32) -> FileKind {
    match FileType::from_raw_mode(mode) {
        FileType::RegularFile => FileKind::File,
        FileType::Directory => FileKind::Directory,
        FileType::Symlink => FileKind::Link,
        _ => FileKind::Other,
    }
}

/// A regular file, open for reading.
pub(super) struct Opened {
    pub(super) file: File,
    /// Bytes in it, as it was opened; none of what lies under /proc.
    pub(super) size: u64,
}

/// Opens a regular file for reading, links followed; nothing when there is none. Never waits for a pipe's writer.
///
/// # Errors
/// The refusal, as an answer.
pub(super) fn open(path: &Utf8Path) -> Result<Option<Opened>, Answer> {
    // Devices may do something when they are opened, so the kind is looked at before and after.
    match rustix::fs::statat(CWD, path.as_std_path(), AtFlags::empty()) {
        Ok(found) if kind(found.st_mode) == FileKind::File => open_file(path),
        Ok(_) | Err(Errno::NOENT | Errno::NOTDIR) => Ok(None),
        Err(errno) => Err(Answer::Failed(refused("look at", path, errno))),
    }
}

/// The same for a path where a regular file was seen just now.
///
/// # Errors
/// As [`open`].
pub(super) fn open_file(path: &Utf8Path) -> Result<Option<Opened>, Answer> {
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let open = || rustix::fs::openat(CWD, path.as_std_path(), flags, Mode::empty());
    let file = match retry_on_intr(open) {
        Ok(file) => file,
        Err(Errno::NOENT) => return Ok(None),
        Err(errno) => return Err(Answer::Failed(refused("read", path, errno))),
    };
    match rustix::fs::fstat(&file) {
        Ok(found) if kind(found.st_mode) == FileKind::File => {
            Ok(Some(Opened { file: file.into(), size: u64::try_from(found.st_size).unwrap_or(0) }))
        }
        Ok(_) => Ok(None),
        Err(errno) => Err(Answer::Failed(refused("look at", path, errno))),
    }
}

/// Answers `Read`.
pub(super) fn read(path: &Utf8Path) -> Answer {
    let file = match open(path) {
        Ok(Some(opened)) => opened.file,
        Ok(None) => return Answer::Read(None),
        Err(answer) => return answer,
    };
    let mut bytes = Vec::new();
    // One byte more than the limit tells a file that is too large; sizes lie under /proc.
    if let Err(error) = file.take(READ_LIMIT + 1).read_to_end(&mut bytes) {
        return Answer::Failed(refused_io("read", path, &error));
    }
    if bytes.len() as u64 > READ_LIMIT {
        return Answer::Read(Some(FileText::Binary));
    }
    Answer::Read(Some(String::from_utf8(bytes).map_or(FileText::Binary, FileText::Text)))
}

/// Answers `List`.
pub(super) fn list(path: &Utf8Path) -> Answer {
    use std::io::ErrorKind::{NotADirectory, NotFound};
    let entries = match std::fs::read_dir(path) {
        Ok(entries) => entries,
        Err(error) if matches!(error.kind(), NotFound | NotADirectory) => return Answer::List(None),
        Err(error) => return Answer::Failed(refused_io("list", path, &error)),
    };
    let mut names = Vec::new();
    for entry in entries {
        match entry {
            Ok(entry) => names.push(entry.file_name().to_string_lossy().into_owned()),
            Err(error) => return Answer::Failed(refused_io("list", path, &error)),
        }
    }
    names.sort();
    Answer::List(Some(names))
}

/// Answers `Writable`: files are replaced by rename, so it is the nearest directory that must let us in.
pub(super) fn writable(path: &Utf8Path) -> Answer {
    let mut at = path;
    while let Some(parent) = at.parent() {
        at = parent;
        match rustix::fs::accessat(
            CWD,
            at.as_std_path(),
            Access::WRITE_OK | Access::EXEC_OK,
            AtFlags::EACCESS,
        ) {
            Ok(()) => return Answer::Writable(true),
            Err(Errno::NOENT | Errno::NOTDIR) => {}
            Err(_) => return Answer::Writable(false),
        }
    }
    Answer::Writable(false)
}
