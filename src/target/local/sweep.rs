//! Removes the drafts that a killed run has left.

use std::os::fd::OwnedFd;

use camino::Utf8Path;
use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags, Stat};
use rustix::io::Errno;

use super::access;
use super::accounts::Accounts;
use super::drafts::{DraftRecord, LeftDraft};
use super::errno::refused;
use super::path::OpenPlace;
use super::remove::remove_tree;
use crate::model::error::Failure;

/// Suffixes of the files that the shell target makes beside a draft.
const BESIDE: [&str; 4] = ["", ".pin", ".archive", ".in"];
/// Suffix of the old tree that an archive replaces.
const ASIDE: &str = ".old";

/// Removes the drafts of earlier runs. Returns the record for the drafts of this run. Drafts that can't be removed stay
/// recorded.
///
/// # Errors
/// The record can't be read.
pub(super) fn sweep(state: &Utf8Path, accounts: &Accounts) -> Result<DraftRecord, Failure> {
    let (record, mut left) = DraftRecord::begin(state)?;
    left.retain(|draft| remove(draft, accounts).is_err());
    record.keep(&left);
    Ok(record)
}

fn remove(draft: &LeftDraft, accounts: &Accounts) -> Result<(), Failure> {
    // If the directory was removed or replaced by a symlink, the draft is no longer ours to remove.
    let Ok(place) = OpenPlace::find(&draft.path, accounts) else { return Ok(()) };
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let parent = rustix::fs::openat(place.dir(), ".", flags, Mode::empty())
        .map_err(|errno| refused("open the directory of", &place.path, errno))?;
    let above = rustix::fs::fstat(&parent).map_err(|errno| refused("look at", &place.path, errno))?;
    let is_ours = is_ours(&parent, &above);
    // Until the new tree is in place, the old one may be the only one.
    let is_placed = place.stat()?.is_none();
    for more in BESIDE.into_iter().chain(is_placed.then_some(ASIDE)) {
        let place = place.sibling(format!("{}{more}", place.name))?;
        let Some(found) = place.stat()? else { continue };
        match FileType::from_raw_mode(found.st_mode) {
            FileType::Directory if is_ours => {
                remove_tree(place.dir(), &place.name, &place.path, above.st_dev)?;
            }
            FileType::Directory => remove_among_others(&place, &found, draft.id)?,
            _ => unlink(&place, AtFlags::empty())?,
        }
    }
    Ok(())
}

/// If others can rename files in the directory, a matching name alone justifies only removing an empty directory.
fn remove_among_others(place: &OpenPlace, found: &Stat, id: Option<(u64, u64)>) -> Result<(), Failure> {
    let is_known = id == Some((found.st_dev, found.st_ino));
    if is_known {
        empty(place, found)?;
    }
    match unlink(place, AtFlags::REMOVEDIR) {
        Err(_) if !is_known => Ok(()),
        done => done,
    }
}

/// Whether only we and root can create or rename files in a directory.
fn is_ours(directory: &OwnedFd, found: &Stat) -> bool {
    let own = found.st_uid == 0 || found.st_uid == rustix::process::geteuid().as_raw();
    own && found.st_mode & 0o022 == 0 && access::is_there(directory) == Ok(false)
}

/// Removes the content of the directory, if it is the one that was seen.
fn empty(place: &OpenPlace, seen: &Stat) -> Result<(), Failure> {
    let failed = |errno| refused("remove", &place.path, errno);
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let dir = rustix::fs::openat(place.dir(), &place.name, flags, Mode::empty()).map_err(failed)?;
    let found = rustix::fs::fstat(&dir).map_err(failed)?;
    if (found.st_dev, found.st_ino) != (seen.st_dev, seen.st_ino) {
        return Ok(());
    }
    let entries: Vec<_> = Dir::read_from(&dir).and_then(Iterator::collect).map_err(failed)?;
    for entry in entries {
        let name = entry.file_name();
        if name == c"." || name == c".." {
            continue;
        }
        match rustix::fs::unlinkat(&dir, name, AtFlags::empty()) {
            Ok(()) | Err(Errno::NOENT) => {}
            // For a directory, Linux returns EISDIR; POSIX allows EPERM.
            Err(Errno::ISDIR | Errno::PERM) => {
                let name = name.to_str().map_err(|_| failed(Errno::ILSEQ))?;
                remove_tree(&dir, name, &place.path.join(name), found.st_dev)?;
            }
            Err(errno) => return Err(failed(errno)),
        }
    }
    Ok(())
}

fn unlink(place: &OpenPlace, flags: AtFlags) -> Result<(), Failure> {
    match rustix::fs::unlinkat(place.dir(), &place.name, flags) {
        Ok(()) | Err(Errno::NOENT) => Ok(()),
        Err(errno) => Err(refused("remove", &place.path, errno)),
    }
}
