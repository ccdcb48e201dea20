//! The safe walk: opens a path component by component from `/`. A symlink, the last component included, is followed
//! only if no other user could have made it as a trap.

use std::os::fd::OwnedFd;

use camino::{Utf8Path, Utf8PathBuf};
use rustix::fs::{CWD, FileType, Mode, OFlags, Stat};
use rustix::io::Errno;

use super::access::chmod;
use super::accounts::Accounts;
use super::errno::refused;
use crate::model::error::Failure;

/// Limit for symlinks on one path, as in the kernel.
const LINKS: u32 = 40;

/// A walk. All checks use descriptors that are already open; no name is looked up twice.
pub(super) struct Walk<'a> {
    path: &'a Utf8Path,
    accounts: &'a Accounts,
    euid: u32,
    root: OwnedFd,
    links: u32,
    make: bool,
    /// Set if the content is not read. Then the owner of the last symlink gains nothing by choosing its target.
    only_looks: bool,
    /// The error of the kernel that stopped the walk, if it was one.
    pub(super) stopped: Option<Errno>,
}

/// The end of a walk: a descriptor opened with `O_PATH`, and the open directory that contains it.
pub(super) struct ReachedPlace {
    fd: OwnedFd,
    /// What is there.
    pub(super) stat: Stat,
    /// The directory, and the name in it.
    pub(super) holder: (OwnedFd, String),
}

/// What the walk must end at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum WalkGoal {
    Directory,
    Anything,
}

impl<'a> Walk<'a> {
    /// Starts at `/`. `path` is for messages.
    ///
    /// # Errors
    /// The error of the kernel.
    pub(super) fn new(path: &'a Utf8Path, accounts: &'a Accounts) -> Result<Self, Failure> {
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let root = rustix::fs::openat(CWD, "/", flags, Mode::empty())
            .map_err(|errno| refused("open", Utf8Path::new("/"), errno))?;
        let euid = rustix::process::geteuid().as_raw();
        Ok(Self { path, accounts, euid, root, links: 0, make: false, only_looks: false, stopped: None })
    }

    /// Creates missing directories, with the user as owner and mode 0755.
    pub(super) fn making(self) -> Self {
        Self { make: true, ..self }
    }

    /// For a caller that does not read the content at the end.
    pub(super) fn only_looking(self) -> Self {
        Self { only_looks: true, ..self }
    }

    /// Opens a directory with `O_PATH`.
    ///
    /// # Errors
    /// It does not exist, is no directory, or a symlink in the path is unsafe.
    pub(super) fn reach_directory(&mut self, directory: &Utf8Path) -> Result<OwnedFd, Failure> {
        let root = self.clone_of(&self.root)?;
        Ok(self.descend(root, directory, Utf8PathBuf::from("/"), WalkGoal::Directory)?.fd)
    }

    /// Walks to what is at a path, with all symlinks followed.
    ///
    /// # Errors
    /// Nothing is there, or a symlink is unsafe.
    pub(super) fn reach_anything(&mut self, path: &Utf8Path) -> Result<ReachedPlace, Failure> {
        let root = self.clone_of(&self.root)?;
        self.descend(root, path, Utf8PathBuf::from("/"), WalkGoal::Anything)
    }

    /// Walks from an open directory along a path. `at` is its name, for messages.
    fn descend(
        &mut self,
        dir: OwnedFd,
        path: &Utf8Path,
        mut at: Utf8PathBuf,
        end: WalkGoal,
    ) -> Result<ReachedPlace, Failure> {
        let stat = rustix::fs::fstat(&dir).map_err(|errno| refused("look at", &at, errno))?;
        let here = self.clone_of(&dir)?;
        let mut reached = ReachedPlace { fd: dir, stat, holder: (here, ".".to_owned()) };
        let mut components =
            path.as_str().split('/').filter(|part| !part.is_empty() && *part != ".").peekable();
        while let Some(component) = components.next() {
            let last = components.peek().is_none();
            let next = at.join(component);
            let found = self.enter(&reached.fd, component, &next)?;
            let stat = rustix::fs::fstat(&found).map_err(|errno| refused("look at", &next, errno))?;
            reached = match FileType::from_raw_mode(stat.st_mode) {
                FileType::Symlink => {
                    let end = if last { end } else { WalkGoal::Directory };
                    self.follow(&reached, &found, &stat, (&at, &next), end)?
                }
                kind if kind == FileType::Directory || (last && end == WalkGoal::Anything) => {
                    ReachedPlace { fd: found, stat, holder: (reached.fd, component.to_owned()) }
                }
                _ => {
                    self.stopped = Some(Errno::NOTDIR);
                    return Err(Failure::new(format!("`{next}` is not a directory"))
                        .hint(format!("`{}` needs a directory there", self.path)));
                }
            };
            at = next;
        }
        Ok(reached)
    }

    fn enter(&mut self, dir: &OwnedFd, name: &str, at: &Utf8Path) -> Result<OwnedFd, Failure> {
        let flags = OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let mut found = rustix::fs::openat(dir, name, flags, Mode::empty());
        if matches!(found, Err(Errno::NOENT)) && self.make {
            match rustix::fs::mkdirat(dir, name, Mode::from_raw_mode(0o755)) {
                Ok(()) | Err(Errno::EXIST) => {}
                Err(errno) => return Err(refused("make", at, errno)),
            }
            found = rustix::fs::openat(dir, name, flags | OFlags::DIRECTORY, Mode::empty());
            if let Ok(made) = &found {
                // It may have inherited an access control list from its parent.
                super::access::remove(made).map_err(|errno| refused("set the mode of", at, errno))?;
                // The umask may have cleared bits.
                chmod(made, 0o755).map_err(|errno| refused("set the mode of", at, errno))?;
            }
        }
        self.stopped = found.as_ref().err().copied();
        found.map_err(|errno| match errno {
            Errno::NOENT => Failure::new(format!("there is no directory `{at}`"))
                .hint(format!("declare it first: directory \"{at}\" {{ recursive = true }}")),
            errno => refused("open", at, errno),
        })
    }

    /// Follows a symlink, unless its owner or the owner of its directory could use it to lead us to another user's
    /// file. `at` is the path of its directory, `path` its own.
    fn follow(
        &mut self,
        from: &ReachedPlace,
        link: &OwnedFd,
        stat: &Stat,
        (at, path): (&Utf8Path, &Utf8Path),
        end: WalkGoal,
    ) -> Result<ReachedPlace, Failure> {
        self.links += 1;
        if self.links > LINKS {
            self.stopped = Some(Errno::LOOP);
            return Err(Failure::new(format!("the links on the path `{}` form a loop", self.path)));
        }
        let target = rustix::fs::readlinkat(link, "", Vec::new())
            .map_err(|errno| refused("read the link", path, errno))?
            .into_string()
            .map_err(|_| {
                Failure::new(format!("the link `{path}` points to a name that is not valid UTF-8"))
            })?;
        let holder = &from.stat;
        // In a sticky directory only the owner of the link can replace it, so the owner of the directory does not
        // matter.
        if self.is_unsafe(holder.st_uid, stat.st_uid) && holder.st_mode & 0o1000 == 0 {
            return Err(self.unsafe_link(path, &target, holder.st_uid, stat.st_uid));
        }
        let first = if target.starts_with('/') { &self.root } else { &from.fd };
        let first = self.clone_of(first)?;
        let base = if target.starts_with('/') { Utf8PathBuf::from("/") } else { at.to_owned() };
        // Parents are never created behind a symlink: a dangling one is a mistake.
        let make = std::mem::take(&mut self.make);
        let reached = self.descend(first, Utf8Path::new(&target), base, end)?;
        self.make = make;
        let is_looked_at = self.only_looks && end == WalkGoal::Anything;
        if !is_looked_at && self.is_unsafe(stat.st_uid, reached.stat.st_uid) {
            return Err(self.unsafe_link(path, &target, stat.st_uid, reached.stat.st_uid));
        }
        Ok(reached)
    }

    /// Whether the owner `from` could have arranged this step against the owner `to`.
    fn is_unsafe(&self, from: u32, to: u32) -> bool {
        from != 0 && from != self.euid && from != to
    }

    fn unsafe_link(&self, path: &Utf8Path, target: &str, from: u32, to: u32) -> Failure {
        let name = |uid: u32| self.accounts.user_name(uid);
        Failure::new(format!(
            "the link `{path}` belongs to `{}` and leads to `{target}`, which belongs to `{}`: it is not followed",
            name(from),
            name(to)
        ))
        .hint("write the real path in the recipe, or let root own the link")
    }

    fn clone_of(&self, dir: &OwnedFd) -> Result<OwnedFd, Failure> {
        dir.try_clone().map_err(|error| super::errno::refused_io("open", self.path, &error))
    }
}
