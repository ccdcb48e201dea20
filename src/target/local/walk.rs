//! The safe walk: from `/` along a path by open directories. A link is followed only where nobody could have laid it as a
//! trap, the last component included.

use std::os::fd::OwnedFd;

use camino::{Utf8Path, Utf8PathBuf};
use rustix::fs::{CWD, FileType, Mode, OFlags, Stat};
use rustix::io::Errno;

use super::accounts::Accounts;
use super::errno::refused;
use super::mode::chmod;
use crate::model::error::Failure;

/// Links followed on one path before it counts as a circle; the kernel's own limit.
const LINKS: u32 = 40;

/// One walk. Everything that decides is read from descriptors already open, never from a name a second time.
pub(super) struct Walk<'a> {
    path: &'a Utf8Path,
    accounts: &'a Accounts,
    euid: u32,
    root: OwnedFd,
    links: u32,
    make: bool,
    /// Nothing of what is at the end will be read: whoever laid the last link gains nothing by where it leads.
    only_looks: bool,
    /// Why it went no further, where the kernel said so.
    pub(super) stopped: Option<Errno>,
}

/// Where a walk came to: what is there, by a descriptor for its path alone, and the open directory that holds it.
pub(super) struct ReachedPlace {
    fd: OwnedFd,
    /// What is there.
    pub(super) stat: Stat,
    /// The directory, and the name in it.
    pub(super) holder: (OwnedFd, String),
}

/// What a walk looks for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum WalkGoal {
    Directory,
    Anything,
}

impl<'a> Walk<'a> {
    /// Begins one at `/`; the path is what messages are about.
    ///
    /// # Errors
    /// The kernel's.
    pub(super) fn new(path: &'a Utf8Path, accounts: &'a Accounts) -> Result<Self, Failure> {
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let root = rustix::fs::openat(CWD, "/", flags, Mode::empty())
            .map_err(|errno| refused("open", Utf8Path::new("/"), errno))?;
        let euid = rustix::process::geteuid().as_raw();
        Ok(Self { path, accounts, euid, root, links: 0, make: false, only_looks: false, stopped: None })
    }

    /// The same, making what is missing: owned by the caller, mode 0755.
    pub(super) fn making(self) -> Self {
        Self { make: true, ..self }
    }

    /// The same, for who wants to know what is at the end and no more.
    pub(super) fn only_looking(self) -> Self {
        Self { only_looks: true, ..self }
    }

    /// Opens a directory, for its path alone.
    ///
    /// # Errors
    /// It is not there, it is none, or a link on the way is unsafe.
    pub(super) fn reach_directory(&mut self, directory: &Utf8Path) -> Result<OwnedFd, Failure> {
        let root = self.clone_of(&self.root)?;
        Ok(self.descend(root, directory, Utf8PathBuf::from("/"), WalkGoal::Directory)?.fd)
    }

    /// Goes to what is at a path after all links.
    ///
    /// # Errors
    /// Nothing is there, or a link on the way or at its end is unsafe.
    pub(super) fn reach_anything(&mut self, path: &Utf8Path) -> Result<ReachedPlace, Failure> {
        let root = self.clone_of(&self.root)?;
        self.descend(root, path, Utf8PathBuf::from("/"), WalkGoal::Anything)
    }

    /// Goes from an open directory along a path; `at` is where it stands, for messages.
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
                // The directory above may have a list for all that is made in it.
                super::access::remove(made).map_err(|errno| refused("set the mode of", at, errno))?;
                // The caller's mask may have taken bits away.
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

    /// Follows a link where neither its owner nor the owner of its directory leads us to somebody else's thing. `at` is
    /// where its directory is and where it is itself.
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
            return Err(Failure::new(format!("the links on the path `{}` form a circle", self.path)));
        }
        let target = rustix::fs::readlinkat(link, "", Vec::new())
            .map_err(|errno| refused("read the link", path, errno))?
            .into_string()
            .map_err(|_| {
                Failure::new(format!("the link `{path}` points to a name that is not valid UTF-8"))
            })?;
        let holder = &from.stat;
        // A sticky directory lets nobody but the link's owner move it, so its own owner has no say.
        if self.is_unsafe(holder.st_uid, stat.st_uid) && holder.st_mode & 0o1000 == 0 {
            return Err(self.unsafe_link(path, &target, holder.st_uid, stat.st_uid));
        }
        let first = if target.starts_with('/') { &self.root } else { &from.fd };
        let first = self.clone_of(first)?;
        let base = if target.starts_with('/') { Utf8PathBuf::from("/") } else { at.to_owned() };
        // Parents are never made behind a link: a dangling one is a mistake.
        let make = std::mem::take(&mut self.make);
        let reached = self.descend(first, Utf8Path::new(&target), base, end)?;
        self.make = make;
        let is_looked_at = self.only_looks && end == WalkGoal::Anything;
        if !is_looked_at && self.is_unsafe(stat.st_uid, reached.stat.st_uid) {
            return Err(self.unsafe_link(path, &target, stat.st_uid, reached.stat.st_uid));
        }
        Ok(reached)
    }

    /// Whether a step from one owner's thing to another's could have been arranged by the first against the second.
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
