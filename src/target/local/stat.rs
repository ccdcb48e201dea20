//! Answers about a path: what is there, its content, and whether it can be written.

use std::io::Read as _;
use std::os::fd::{AsRawFd as _, BorrowedFd};

use camino::Utf8Path;
use rustix::fs::{Access, AtFlags, CWD, Dir, FileType, Mode, OFlags, StatxAttributes, StatxFlags};
use rustix::io::Errno;

use super::access;
use super::accounts::Accounts;
use super::errno::{refused, refused_io};
use super::open::Opened;
use crate::model::query::{Answer, FileKind, FileText, READ_LIMIT, Stat};

/// First read of a file of unknown size, in bytes.
const PAGE: u64 = 4096;

/// Answers `Query::Stat` for a name in an open directory. `is_straight`: its path has no symlink.
pub(super) fn describe(
    (dir, name): (BorrowedFd<'_>, &str),
    (path, is_straight): (&Utf8Path, bool),
    found: &rustix::fs::Stat,
    accounts: &Accounts,
) -> Answer {
    let mut stat = plain(found, accounts);
    match stat.kind {
        FileKind::Link => match rustix::fs::readlinkat(dir, name, Vec::new()) {
            Ok(target) => stat.target = Some(String::from_utf8_lossy(target.as_bytes()).into_owned()),
            Err(errno) => return Answer::Failed(refused("read the link", path, errno)),
        },
        FileKind::File | FileKind::Directory => {
            let is_directory = stat.kind == FileKind::Directory;
            // Asking by path takes a third of the time. If a symlink appears in the path meanwhile, only the answer is
            // wrong: changes go through open descriptors.
            stat.access = if is_straight {
                access::look(path.as_str(), is_directory, stat.mode, accounts)
            } else {
                let held = format!("/proc/self/fd/{}/{name}", dir.as_raw_fd());
                access::look(&held, is_directory, stat.mode, accounts)
            };
        }
        FileKind::Other => {}
    }
    Answer::Stat(Some(stat))
}

/// Answers `Query::Resolve` for the end of all symlinks.
pub(super) fn describe_end(found: &rustix::fs::Stat, accounts: &Accounts) -> Answer {
    Answer::Stat(Some(plain(found, accounts)))
}

fn plain(found: &rustix::fs::Stat, accounts: &Accounts) -> Stat {
    Stat {
        kind: kind(found.st_mode),
        mode: found.st_mode & 0o7777,
        owner: accounts.user_name(found.st_uid),
        group: accounts.group_name(found.st_gid),
        uid: found.st_uid,
        gid: found.st_gid,
        size: u64::try_from(found.st_size).unwrap_or(0),
        modified: found.st_mtime,
        inode: (found.st_dev, found.st_ino),
        target: None,
        access: None,
    }
}

/// The file type in a mode.
pub(super) fn kind(mode: u32) -> FileKind {
    match FileType::from_raw_mode(mode) {
        FileType::RegularFile => FileKind::File,
        FileType::Directory => FileKind::Directory,
        FileType::Symlink => FileKind::Link,
        _ => FileKind::Other,
    }
}

/// Answers `Query::Read`.
///
/// # Errors
/// The failure, as an answer.
pub(super) fn read(opened: Opened, path: &Utf8Path) -> Result<Answer, Answer> {
    // With room for one byte more than the file has, one call reads it all and one sees its end. Files in
    // /proc report no size; most fit in a page.
    let room = if opened.size == 0 { PAGE } else { opened.size.min(READ_LIMIT) + 1 };
    let mut bytes = Vec::with_capacity(usize::try_from(room).unwrap_or_default());
    // One byte more than the limit shows that a file is too large, even if its reported size is wrong, as in
    // /proc.
    if let Err(error) = opened.file.take(READ_LIMIT + 1).read_to_end(&mut bytes) {
        return Err(Answer::Failed(refused_io("read", path, &error)));
    }
    if bytes.len() as u64 > READ_LIMIT {
        return Ok(Answer::Read(Some(FileText::Binary)));
    }
    Ok(Answer::Read(Some(String::from_utf8(bytes).map_or(FileText::Binary, FileText::Text))))
}

/// Answers `Query::List` for a name in an open directory.
///
/// # Errors
/// The failure, as an answer.
pub(super) fn list(dir: BorrowedFd<'_>, name: &str, path: &Utf8Path) -> Result<Answer, Answer> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let listed = || {
        let directory = rustix::fs::openat(dir, name, flags, Mode::empty())?;
        let mut names = Vec::new();
        for entry in Dir::new(directory)? {
            let entry = entry?;
            if entry.file_name() != c"." && entry.file_name() != c".." {
                names.push(entry.file_name().to_string_lossy().into_owned());
            }
        }
        names.sort();
        Ok(names)
    };
    match listed() {
        Ok(names) => Ok(Answer::List(Some(names))),
        Err(Errno::NOENT | Errno::NOTDIR) => Ok(Answer::List(None)),
        Err(errno) => Err(Answer::Failed(refused("list", path, errno))),
    }
}

/// Answers `Query::Writable`. Files are replaced by rename, so the nearest existing directory must be writable. Not
/// even root can replace a file that is immutable or append-only.
pub(super) fn writable(path: &Utf8Path) -> Answer {
    if is_fixed(path) {
        return Answer::Writable(false);
    }
    let mut at = path;
    while let Some(parent) = at.parent() {
        at = parent;
        match rustix::fs::accessat(
            CWD,
            at.as_std_path(),
            Access::WRITE_OK | Access::EXEC_OK,
            AtFlags::EACCESS,
        ) {
            Ok(()) => return Answer::Writable(!is_fixed(at)),
            Err(Errno::NOENT | Errno::NOTDIR) => {}
            Err(_) => return Answer::Writable(false),
        }
    }
    Answer::Writable(false)
}

/// Whether a file is immutable or append-only.
fn is_fixed(path: &Utf8Path) -> bool {
    let found = rustix::fs::statx(CWD, path.as_std_path(), AtFlags::SYMLINK_NOFOLLOW, StatxFlags::empty());
    found.is_ok_and(|found| {
        found.stx_attributes.intersects(StatxAttributes::IMMUTABLE | StatxAttributes::APPEND)
    })
}
