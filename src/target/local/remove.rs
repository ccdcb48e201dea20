//! Removes files and directories, name by name through open directories.

use std::ffi::{CStr, CString};
use std::os::fd::{AsFd, OwnedFd};

use camino::{Utf8Path, Utf8PathBuf};
use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags};
use rustix::io::Errno;

use super::errno::refused;
use super::path::OpenPlace;
use super::surroundings::Surroundings;
use super::write::Replaced;
use crate::model::error::Failure;

/// Applies `Step::Remove`. It is no failure if nothing is there.
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
            // Compared with the device of the parent, because the path itself may be a mount point.
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

/// Checks for mounts before anything is removed. If a symlink hides one here, the removal itself still finds it.
fn refuse_mounts(path: &Utf8Path) -> Result<(), Failure> {
    let mounts = std::fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
    match mount_below(&mounts, path) {
        Some(mount) => Err(mounted(Utf8Path::new(&mount))),
        None => Ok(()),
    }
}

/// The first mount point at or below a path, from the content of `/proc/self/mountinfo`.
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

/// A directory whose content is being removed.
struct RemovedDirectory {
    name: CString,
    /// Device and inode, to check that `..` leads back to it.
    id: (u64, u64),
    /// Names that are still to be removed.
    left: Vec<CString>,
}

/// Removes a directory and its content. Symlinks are removed, not followed, and other file systems are not entered. The
/// tree may be hostile, so it works without recursion and with one open directory, however deep the tree is.
///
/// # Errors
/// Something is mounted inside, a directory is moved meanwhile, or the kernel refused.
pub(super) fn remove_tree(
    parent: impl AsFd,
    name: &str,
    path: &Utf8Path,
    device: u64,
) -> Result<(), Failure> {
    let name = CString::new(name).map_err(|_| refused("remove", path, Errno::INVAL))?;
    let (mut dir, first) = enter(&parent, &name, device).map_err(|errno| stopped(errno, &[], &name, path))?;
    let mut levels = vec![first];
    while let Some(level) = levels.last_mut() {
        if let Some(entry) = level.left.pop() {
            let refusal = match rustix::fs::unlinkat(&dir, &entry, AtFlags::empty()) {
                Ok(()) | Err(Errno::NOENT) => continue,
                Err(errno) => errno,
            };
            // For a directory, Linux returns EISDIR; POSIX allows EPERM.
            if !matches!(refusal, Errno::ISDIR | Errno::PERM) {
                return Err(refused("remove", &inside(&levels, &entry, path), refusal));
            }
            match enter(&dir, &entry, device) {
                Ok((below, level)) => {
                    dir = below;
                    levels.push(level);
                }
                Err(Errno::NOENT) => {}
                Err(Errno::NOTDIR) => return Err(refused("remove", &inside(&levels, &entry, path), refusal)),
                Err(errno) => return Err(stopped(errno, &levels, &entry, path)),
            }
            continue;
        }
        let Some(done) = levels.pop() else { break };
        let Some(above) = levels.last() else {
            return gone(rustix::fs::unlinkat(&parent, &done.name, AtFlags::REMOVEDIR), || path.to_owned());
        };
        let at = || inside(&levels, &done.name, path);
        let up = rustix::fs::openat(&dir, c"..", DIRECTORY, Mode::empty())
            .map_err(|errno| refused("open", &at(), errno))?;
        if id(&up).map_err(|errno| refused("look at", &at(), errno))? != above.id {
            return Err(Failure::new(format!("`{}` was moved while it was being removed", at())));
        }
        dir = up;
        gone(rustix::fs::unlinkat(&dir, &done.name, AtFlags::REMOVEDIR), at)?;
    }
    Ok(())
}

const DIRECTORY: OFlags =
    OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

/// Opens a directory and reads all its names first, because a listing may skip names during removal.
fn enter(parent: impl AsFd, name: &CStr, device: u64) -> rustix::io::Result<(OwnedFd, RemovedDirectory)> {
    let dir = rustix::fs::openat(parent, name, DIRECTORY, Mode::empty())?;
    let id = id(&dir)?;
    if id.0 != device {
        return Err(Errno::XDEV);
    }
    let mut left = Vec::new();
    for entry in Dir::read_from(&dir)? {
        let entry = entry?;
        if entry.file_name() != c"." && entry.file_name() != c".." {
            left.push(entry.file_name().to_owned());
        }
    }
    Ok((dir, RemovedDirectory { name: name.to_owned(), id, left }))
}

fn id(dir: &OwnedFd) -> rustix::io::Result<(u64, u64)> {
    rustix::fs::fstat(dir).map(|stat| (stat.st_dev, stat.st_ino))
}

/// The path of a name in the innermost directory. The first level is `path` itself.
fn inside(levels: &[RemovedDirectory], name: &CStr, path: &Utf8Path) -> Utf8PathBuf {
    let names = levels.iter().skip(1).map(|level| level.name.as_c_str()).chain([name]);
    let names: Vec<String> = names.map(|name| name.to_string_lossy().into_owned()).collect();
    path.join(names.join("/"))
}

/// Why a directory was not entered. Without levels it is the one at `path`.
fn stopped(errno: Errno, levels: &[RemovedDirectory], name: &CStr, path: &Utf8Path) -> Failure {
    let at = if levels.is_empty() { path.to_owned() } else { inside(levels, name, path) };
    match errno {
        Errno::XDEV => mounted(&at),
        errno => refused("open", &at, errno),
    }
}

fn gone(removed: rustix::io::Result<()>, path: impl FnOnce() -> Utf8PathBuf) -> Result<(), Failure> {
    match removed {
        Ok(()) | Err(Errno::NOENT) => Ok(()),
        Err(errno) => Err(refused("remove", &path(), errno)),
    }
}
