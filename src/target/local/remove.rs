//! Files and directories removed, name by name through open directories.

use std::ffi::CStr;
use std::os::fd::{AsFd, OwnedFd};

use camino::Utf8Path;
use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags};
use rustix::io::Errno;

use super::errno::refused;
use super::path::OpenPlace;
use super::surroundings::Surroundings;
use super::write::Replaced;
use crate::model::error::Failure;

/// `Step::Remove`. What is gone already is no failure.
///
/// # Errors
/// A directory is not empty and `recursive` is not set, something is mounted below, or the kernel refused.
pub(super) fn remove(
    path: &Utf8Path,
    recursive: bool,
    backup: u32,
    with: &Surroundings,
) -> Result<(), Failure> {
    if path == "/" {
        return Err(Failure::new("`/` is not removed"));
    }
    let place = match OpenPlace::find(path, &with.accounts) {
        Ok(place) => place,
        Err(_) if matches!(std::fs::symlink_metadata(path), Err(error) if is_gone(&error)) => return Ok(()),
        Err(failure) => return Err(failure),
    };
    let Some(stat) = place.stat()? else { return Ok(()) };
    match FileType::from_raw_mode(stat.st_mode) {
        FileType::Directory if recursive => {
            refuse_mounts(path)?;
            // The device of the directory above: a mount at the path itself counts too.
            let above = rustix::fs::fstat(place.dir()).map_err(|errno| refused("look at", path, errno))?;
            remove_tree(place.dir(), place.name.as_str(), path, above.st_dev)?;
        }
        FileType::Directory => remove_empty(&place)?,
        kind => {
            if kind == FileType::RegularFile && backup > 0 {
                Replaced::at(&place, false)?.back_up(path, backup, with)?;
            }
            unlink(&place, AtFlags::empty())?;
        }
    }
    place.sync_directory()
}

/// Looks for mounts before anything is removed; what a link hides from this look, the walk itself still meets.
fn refuse_mounts(path: &Utf8Path) -> Result<(), Failure> {
    let mounts = std::fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
    match mount_below(&mounts, path) {
        Some(mount) => Err(mounted(Utf8Path::new(&mount))),
        None => Ok(()),
    }
}

/// The first place at or below a path where something is mounted, by the text of `/proc/self/mountinfo`.
fn mount_below(mounts: &str, path: &Utf8Path) -> Option<String> {
    mounts
        .lines()
        .filter_map(|line| line.split(' ').nth(4))
        .map(|place| place.replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\"))
        .find(|place| Utf8Path::new(place).starts_with(path))
}

fn mounted(path: &Utf8Path) -> Failure {
    Failure::new(format!("something is mounted at `{path}`: it is not removed")).hint("unmount it first")
}

fn is_gone(error: &std::io::Error) -> bool {
    matches!(error.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory)
}

fn remove_empty(place: &OpenPlace) -> Result<(), Failure> {
    match rustix::fs::unlinkat(place.dir(), &place.name, AtFlags::REMOVEDIR) {
        Err(Errno::NOTEMPTY | Errno::EXIST) => {
            Err(Failure::new(format!("the directory `{}` is not empty", place.path))
                .hint("set `recursive = true` to remove it with all that is in it"))
        }
        other => other.map_err(|errno| refused("remove", &place.path, errno)),
    }
}

fn unlink(place: &OpenPlace, flags: AtFlags) -> Result<(), Failure> {
    match rustix::fs::unlinkat(place.dir(), &place.name, flags) {
        Ok(()) | Err(Errno::NOENT) => Ok(()),
        Err(errno) => Err(refused("remove", &place.path, errno)),
    }
}

/// Removes a directory with all that is in it. Links are removed, not followed; other file systems are not entered.
///
/// # Errors
/// Something is mounted inside, or the kernel refused.
pub(super) fn remove_tree<N: rustix::path::Arg + Copy>(
    parent: impl AsFd,
    name: N,
    path: &Utf8Path,
    device: u64,
) -> Result<(), Failure> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let dir: OwnedFd = rustix::fs::openat(&parent, name, flags, Mode::empty())
        .map_err(|errno| refused("open", path, errno))?;
    let stat = rustix::fs::fstat(&dir).map_err(|errno| refused("look at", path, errno))?;
    if stat.st_dev != device {
        return Err(mounted(path));
    }
    // Read whole first: a listing may skip names while others are being removed.
    let entries = Dir::read_from(&dir)
        .and_then(|listing| {
            listing.map(|entry| Ok(entry?.file_name().to_owned())).collect::<Result<Vec<_>, _>>()
        })
        .map_err(|errno| refused("list", path, errno))?;
    for entry in entries {
        if entry.as_c_str() != c"." && entry.as_c_str() != c".." {
            remove_entry(&dir, &entry, &path.join(&*entry.to_string_lossy()), device)?;
        }
    }
    match rustix::fs::unlinkat(&parent, name, AtFlags::REMOVEDIR) {
        Ok(()) | Err(Errno::NOENT) => Ok(()),
        Err(errno) => Err(refused("remove", path, errno)),
    }
}

fn remove_entry(dir: &OwnedFd, name: &CStr, path: &Utf8Path, device: u64) -> Result<(), Failure> {
    match rustix::fs::unlinkat(dir, name, AtFlags::empty()) {
        Ok(()) | Err(Errno::NOENT) => Ok(()),
        // Linux says EISDIR, POSIX allows EPERM.
        Err(Errno::ISDIR | Errno::PERM) => remove_tree(dir, name, path, device),
        Err(errno) => Err(refused("remove", path, errno)),
    }
}
