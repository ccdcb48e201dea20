//! A new directory of documents: all of them are there, or none.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write as _;
use std::os::fd::{AsFd, OwnedFd};

use camino::{Utf8Path, Utf8PathBuf};
use rustix::fs::{Mode, OFlags, RenameFlags};
use rustix::io::Errno;

use super::accounts::Accounts;
use super::drafts::temporary_name;
use super::errno::{refused, refused_io};
use super::path::{OpenPlace, absolute};
use super::remove::remove_tree;
use crate::model::error::Failure;

/// Mode of a new directory, without what the umask takes away.
const DIRECTORY_MODE: u32 = 0o777;
/// Mode of a new document, without what the umask takes away.
const MODE: u32 = 0o666;

/// Makes a directory with documents. It is written under another name, synced as a whole, and gets its name last: a sync for
/// each of thousands of files would take most of the time.
///
/// `documents` are paths below the directory, with their bytes.
///
/// # Errors
/// Something is there already, a link on the way is unsafe, or the disk is full. Nothing is left of it then.
pub fn make_tree(path: &Utf8Path, documents: &BTreeMap<String, Vec<u8>>) -> Result<(), Failure> {
    let path = absolute(path)?;
    let mut accounts = Accounts::default();
    accounts.refresh();
    let place = OpenPlace::find_or_make(&path, &accounts)?;
    if place.stat()?.is_some() {
        return Err(Failure::new(format!("`{path}` is there already")));
    }
    let draft = place.sibling(temporary_name())?;
    let placed = fill(&draft, &path, documents)
        .and_then(|()| name_it(&draft, &place).map_err(|errno| refused("make", &path, errno)));
    if placed.is_err()
        && let Ok(Some(stat)) = draft.stat()
    {
        // What can't be removed is in nobody's way.
        let _ = remove_tree(draft.dir(), &draft.name, &draft.path, stat.st_dev);
    }
    placed.and_then(|()| place.sync_directory())
}

/// Gives a draft its name, where nothing has it.
fn name_it(draft: &OpenPlace, place: &OpenPlace) -> rustix::io::Result<()> {
    let (from, to) = (draft.dir(), place.dir());
    match rustix::fs::renameat_with(from, &draft.name, to, &place.name, RenameFlags::NOREPLACE) {
        // Some file systems can't do that. A directory never takes the place of a file, or of a directory with something in it.
        Err(Errno::INVAL | Errno::NOSYS) => rustix::fs::renameat(from, &draft.name, to, &place.name),
        done => done,
    }
}

/// Makes the directory of a draft, and all that is in it. Messages have the path that it gets.
fn fill(draft: &OpenPlace, named: &Utf8Path, documents: &BTreeMap<String, Vec<u8>>) -> Result<(), Failure> {
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let first = make_directory(draft.dir(), &draft.name)
        .and_then(|()| open_directory(draft.dir(), &draft.name))
        .map_err(|errno| refused("make", named, errno))?;
    let mut levels = vec![(Utf8PathBuf::new(), first)];
    for (document, bytes) in documents {
        let document = Utf8Path::new(document);
        let path = named.join(document);
        let (Some(above), Some(name)) = (document.parent(), document.file_name()) else {
            return Err(Failure::new(format!("`{document}` does not name a document")));
        };
        enter(&mut levels, above).map_err(|errno| refused("make the directory of", &path, errno))?;
        let Some((_, folder)) = levels.last() else { continue };
        let file = rustix::fs::openat(folder, name, flags, Mode::from_raw_mode(MODE))
            .map_err(|errno| refused("write", &path, errno))?;
        File::from(file).write_all(bytes).map_err(|error| refused_io("write", &path, &error))?;
    }
    let synced = levels.first().map_or(Ok(()), |(_, first)| rustix::fs::syncfs(first));
    synced.map_err(|errno| refused("sync", named, errno))
}

/// Goes to a folder, which is made with all above it where it is missing. Open are the folders above the last document alone.
fn enter(levels: &mut Vec<(Utf8PathBuf, OwnedFd)>, folder: &Utf8Path) -> rustix::io::Result<()> {
    levels.retain(|(open, _)| folder.starts_with(open));
    let parts = levels.last().and_then(|(open, _)| folder.strip_prefix(open).ok()).unwrap_or(folder);
    for part in parts {
        let Some((open, within)) = levels.last() else { break };
        match make_directory(within, part) {
            Ok(()) | Err(Errno::EXIST) => {}
            Err(errno) => return Err(errno),
        }
        levels.push((open.join(part), open_directory(within, part)?));
    }
    Ok(())
}

fn make_directory(within: impl AsFd, name: &str) -> rustix::io::Result<()> {
    rustix::fs::mkdirat(within, name, Mode::from_raw_mode(DIRECTORY_MODE))
}

fn open_directory(within: impl AsFd, name: &str) -> rustix::io::Result<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    rustix::fs::openat(within, name, flags, Mode::empty())
}
