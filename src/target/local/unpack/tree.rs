//! The tree that an archive is unpacked to. Every name stays below it, every link inside it, and its size is limited.

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;

use camino::{Utf8Path, Utf8PathBuf};
use rustix::fs::{AtFlags, FileType, Mode, OFlags};
use rustix::io::Errno;

use super::super::access;
use super::super::attributes::WantedAttributes;
use super::super::errno::{refused, refused_io};
use super::super::path::OpenPlace;
use super::bounded::{RATIO, most};
use super::entries::{ArchiveEntry, EntryKind};
use crate::model::english::printable;
use crate::model::error::Failure;
use crate::model::step::Unpack;
use crate::target::interrupt::{HALTED, Interrupt};

/// Limit for entries of an archive.
const ENTRIES: u64 = 1_000_000;

/// A directory that is being filled. Names are reached through open directories, and its links are never followed.
pub(super) struct UnpackedTree<'a> {
    root: OwnedFd,
    path: &'a Utf8Path,
    archive: &'a Utf8Path,
    owner: WantedAttributes,
    interrupt: &'a Interrupt,
    entries: u64,
    room: u64,
    /// The declared size limit, if it is below the limit for any archive.
    limit: Option<u64>,
}

impl<'a> UnpackedTree<'a> {
    /// Opens the empty directory of the tree. `size`: size of the archive.
    ///
    /// # Errors
    /// It can't be opened.
    pub(super) fn new(
        draft: &'a OpenPlace,
        step: &'a Unpack,
        wanted: WantedAttributes,
        size: u64,
        interrupt: &'a Interrupt,
    ) -> Result<Self, Failure> {
        let root = rustix::fs::openat(draft.dir(), &draft.name, DIRECTORY, Mode::empty())
            .map_err(|errno| refused("open", &draft.path, errno))?;
        // It may have inherited an access control list from its parent.
        access::remove(&root).map_err(|errno| refused("make", &draft.path, errno))?;
        let owner = WantedAttributes { mode: None, ..wanted };
        let most = most(size);
        let limited = step.size_limit > 0 && step.size_limit < most;
        let limit = if limited { step.size_limit } else { most };
        Ok(Self {
            root,
            path: &draft.path,
            archive: &step.archive,
            owner,
            interrupt,
            entries: 0,
            room: limit,
            limit: limited.then_some(limit),
        })
    }

    /// Adds an entry.
    ///
    /// # Errors
    /// It would be outside of the tree, is of an unsupported type, or does not fit.
    pub(super) fn add(
        &mut self,
        entry: &ArchiveEntry,
        strip: u32,
        body: &mut dyn Read,
    ) -> Result<(), Failure> {
        self.entries += 1;
        if self.entries > ENTRIES {
            return Err(self.bad(format!("has more than {ENTRIES} entries")));
        }
        if entry.path.is_empty() {
            return Err(self.bad("holds an entry without a name"));
        }
        let components = self.components(&entry.path, strip)?;
        let Some((name, parents)) = components.split_last() else {
            // The whole name was stripped. Its content still has to be read.
            return self.copy(body, &mut std::io::sink(), self.path);
        };
        let at = self.path.join(components.join("/"));
        let dir = self.parents(parents)?;
        match &entry.kind {
            EntryKind::Directory => self.directory(&dir, name, &at, mode(entry.mode | 0o111)),
            EntryKind::File => self.file(&dir, name, &at, mode(entry.mode), body),
            EntryKind::Symlink(target) => {
                self.check_target(&entry.path, target, parents.len())?;
                self.make_room(&dir, name, &at)?;
                rustix::fs::symlinkat(target, &dir, *name).map_err(|errno| refused("make", &at, errno))?;
                self.own(&dir, name, &at)
            }
            EntryKind::Hardlink(target) => self.hardlink(&dir, name, &at, target, strip),
            EntryKind::Other => Err(self.bad(format!(
                "holds `{}`, which is a device or something else that an archive must not contain",
                printable(&entry.path)
            ))),
        }
    }

    /// Sets owner and mode of the tree itself, and syncs it to disk.
    ///
    /// # Errors
    /// The kernel refused.
    pub(super) fn finish(self, mode: u32) -> Result<(), Failure> {
        let now = rustix::fs::fstat(&self.root).map_err(|errno| refused("look at", self.path, errno))?;
        WantedAttributes { mode: Some(mode), ..self.owner }.set(&self.root, &now, self.path)?;
        rustix::fs::syncfs(&self.root).map_err(|errno| refused("write", self.path, errno))
    }

    fn grows(&self) -> Failure {
        let Some(limit) = self.limit else {
            return self.bad(format!("grows to more than {RATIO} times its size"));
        };
        let archive = self.archive;
        Failure::new(format!("the archive `{archive}` grows to more than its `size_limit` of {limit} bytes"))
            .hint("nothing was unpacked; raise `size_limit` if so much is wanted")
    }

    fn bad(&self, what: impl std::fmt::Display) -> Failure {
        Failure::new(format!("the archive `{}` {what}", self.archive))
            .hint("nothing was unpacked; look at where the archive comes from")
    }

    /// The components of an entry's path, without the stripped ones.
    fn components<'p>(&self, path: &'p str, strip: u32) -> Result<Vec<&'p str>, Failure> {
        let outside = path.starts_with('/') || path.contains(['\0', '\\']) && path.contains("..\\");
        let components: Vec<&str> =
            path.split('/').filter(|component| !component.is_empty() && *component != ".").collect();
        if outside || components.contains(&"..") {
            return Err(
                self.bad(format!("holds `{}`, which would lie outside of its directory", printable(path)))
            );
        }
        Ok(components.into_iter().skip(strip as usize).collect())
    }

    /// A link may only start with `..`, and must not leave the tree: so no chain of links can leave it either.
    fn check_target(&self, path: &str, target: &str, depth: usize) -> Result<(), Failure> {
        let mut up = 0;
        let mut down = false;
        let mut leaves = target.starts_with('/') || target.is_empty();
        for component in target.split('/').filter(|component| !component.is_empty() && *component != ".") {
            if component == ".." {
                up += 1;
                leaves |= down || up > depth;
            } else {
                down = true;
            }
        }
        if leaves {
            return Err(self.bad(format!(
                "holds the link `{}` to `{}`, which may lead outside of its directory",
                printable(path),
                printable(target)
            )));
        }
        Ok(())
    }

    /// Opens the directory of an entry. Creates directories that the archive does not list.
    fn parents(&self, components: &[&str]) -> Result<OwnedFd, Failure> {
        let mut at = self.path.to_owned();
        let mut dir = self.root.try_clone().map_err(|error| refused_io("open", &at, &error))?;
        for component in components {
            at.push(component);
            dir = match rustix::fs::openat(&dir, *component, DIRECTORY, Mode::empty()) {
                Err(Errno::NOENT) => {
                    self.directory(&dir, component, &at, 0o755)?;
                    rustix::fs::openat(&dir, *component, DIRECTORY, Mode::empty())
                }
                other => other,
            }
            .map_err(|errno| self.through(errno, &at))?;
        }
        Ok(dir)
    }

    fn through(&self, errno: Errno, at: &Utf8PathBuf) -> Failure {
        match errno {
            Errno::LOOP | Errno::NOTDIR => {
                let inside = at.strip_prefix(self.path).unwrap_or(at);
                self.bad(format!(
                    "holds names below `{}`, which is no directory in it",
                    printable(inside.as_str())
                ))
            }
            errno => refused("open", at, errno),
        }
    }

    fn directory(&self, dir: &OwnedFd, name: &str, at: &Utf8Path, mode: u32) -> Result<(), Failure> {
        match rustix::fs::mkdirat(dir, name, Mode::from_raw_mode(0o700)) {
            Ok(()) | Err(Errno::EXIST) => {}
            Err(errno) => return Err(refused("make", at, errno)),
        }
        let fd = rustix::fs::openat(dir, name, DIRECTORY, Mode::empty())
            .map_err(|errno| self.through(errno, &at.to_owned()))?;
        let now = rustix::fs::fstat(&fd).map_err(|errno| refused("look at", at, errno))?;
        WantedAttributes { mode: Some(mode), ..self.owner }.set(&fd, &now, at)
    }

    fn file(
        &mut self,
        dir: &OwnedFd,
        name: &str,
        at: &Utf8Path,
        mode: u32,
        body: &mut dyn Read,
    ) -> Result<(), Failure> {
        self.make_room(dir, name, at)?;
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let file = rustix::fs::openat(dir, name, flags, Mode::from_raw_mode(0o600))
            .map_err(|errno| refused("make", at, errno))?;
        let mut file = File::from(file);
        self.copy(body, &mut file, at)?;
        let now = rustix::fs::fstat(&file).map_err(|errno| refused("look at", at, errno))?;
        WantedAttributes { mode: Some(mode), ..self.owner }.set(&file, &now, at)
    }

    fn copy(&mut self, body: &mut dyn Read, to: &mut dyn Write, at: &Utf8Path) -> Result<(), Failure> {
        let mut buffer = [0; 16 * 1024];
        loop {
            let n = match body.read(&mut buffer) {
                Ok(0) => return Ok(()),
                Ok(n) => n,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(error) => {
                    let error = printable(&error.to_string());
                    return Err(self.bad(format!("is damaged: {error}")));
                }
            };
            if self.interrupt.is_halted() {
                return Err(Failure::new(format!("can't unpack `{}`: {HALTED}", self.archive)));
            }
            self.room = self.room.checked_sub(n as u64).ok_or_else(|| self.grows())?;
            to.write_all(&buffer[..n]).map_err(|error| refused_io("write", at, &error))?;
        }
    }

    fn hardlink(
        &self,
        dir: &OwnedFd,
        name: &str,
        at: &Utf8Path,
        target: &str,
        strip: u32,
    ) -> Result<(), Failure> {
        let components = self.components(target, strip)?;
        let Some((old, parents)) = components.split_last() else {
            return Err(self.bad(format!("holds a hard link to `{}`", printable(target))));
        };
        let from = self.parents(parents)?;
        let stat = rustix::fs::statat(&from, *old, AtFlags::SYMLINK_NOFOLLOW).map_err(|_| {
            self.bad(format!("holds a hard link to `{}`, which is not in it", printable(target)))
        })?;
        if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
            return Err(self.bad(format!("holds a hard link to `{}`, which is no file", printable(target))));
        }
        self.make_room(dir, name, at)?;
        rustix::fs::linkat(&from, *old, dir, name, AtFlags::empty())
            .map_err(|errno| refused("make", at, errno))
    }

    /// If a name is repeated, the last entry counts, as in tar.
    fn make_room(&self, dir: &OwnedFd, name: &str, at: &Utf8Path) -> Result<(), Failure> {
        match rustix::fs::unlinkat(dir, name, AtFlags::empty()) {
            Ok(()) | Err(Errno::NOENT) => Ok(()),
            Err(Errno::ISDIR | Errno::PERM) => {
                let inside = at.strip_prefix(self.path).unwrap_or(at);
                Err(self.bad(format!("holds `{}` twice, once as a directory", printable(inside.as_str()))))
            }
            Err(errno) => Err(refused("replace", at, errno)),
        }
    }

    fn own(&self, dir: &OwnedFd, name: &str, at: &Utf8Path) -> Result<(), Failure> {
        let flags = OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let made = rustix::fs::openat(dir, name, flags, Mode::empty())
            .map_err(|errno| refused("open", at, errno))?;
        let now = rustix::fs::fstat(&made).map_err(|errno| refused("look at", at, errno))?;
        self.owner.set(&made, &now, at)
    }
}

const DIRECTORY: OFlags =
    OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

/// Only whether a file is executable is taken from the archive. Everything else is as in a fresh checkout.
fn mode(archived: u32) -> u32 {
    (archived & 0o755) | 0o644
}
