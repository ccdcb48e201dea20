//! The safe walk: from `/` to the directory that holds a path, by open directories, so that nobody can swap a link.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use camino::{Utf8Path, Utf8PathBuf};
use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags, ResolveFlags, Stat};
use rustix::io::Errno;

use super::accounts::Accounts;
use super::errno::refused;
use crate::model::error::Failure;

/// Links followed on one path before it counts as a circle; the kernel's own limit.
const LINKS: u32 = 40;

/// A path as the open directory that holds it and the last component, which nothing has followed.
pub(super) struct OpenPlace {
    dir: OwnedFd,
    /// Name inside the directory.
    pub(super) name: String,
    /// The whole path, for messages and for commands.
    pub(super) path: Utf8PathBuf,
}

impl OpenPlace {
    /// Walks to a path whose parent must be there.
    ///
    /// # Errors
    /// The path is not absolute or has no last component, its parent is missing, or a link on the way is unsafe.
    pub(super) fn find(path: &Utf8Path, accounts: &Accounts) -> Result<Self, Failure> {
        let (parent, name) = split(path)?;
        let dir = Walk::new(path, accounts)?.into_directory(parent)?;
        Ok(Self { dir, name: name.to_owned(), path: path.to_owned() })
    }

    /// Walks to a path, and makes what is missing of its parents: owned by the caller, mode 0755.
    ///
    /// # Errors
    /// As [`OpenPlace::find`], or a parent could not be made.
    pub(super) fn find_or_make(path: &Utf8Path, accounts: &Accounts) -> Result<Self, Failure> {
        let (parent, name) = split(path)?;
        let mut walk = Walk::new(path, accounts)?;
        walk.make = true;
        let dir = walk.into_directory(parent)?;
        Ok(Self { dir, name: name.to_owned(), path: path.to_owned() })
    }

    /// The open parent.
    pub(super) fn dir(&self) -> BorrowedFd<'_> {
        self.dir.as_fd()
    }

    /// Another name in the same directory.
    pub(super) fn sibling(&self, name: String) -> Result<Self, Failure> {
        let path = self.path.parent().unwrap_or(Utf8Path::new("/")).join(&name);
        let dir = self.dir.try_clone().map_err(|error| super::errno::refused_io("open", &path, &error))?;
        Ok(Self { dir, name, path })
    }

    /// What is there now; a link is not followed.
    ///
    /// # Errors
    /// The kernel refused to tell.
    pub(super) fn stat(&self) -> Result<Option<Stat>, Failure> {
        match rustix::fs::statat(&self.dir, &self.name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => Ok(Some(stat)),
            Err(Errno::NOENT) => Ok(None),
            Err(errno) => Err(refused("look at", &self.path, errno)),
        }
    }

    /// Opens what is there for attributes alone; a link is opened as itself.
    ///
    /// # Errors
    /// It is not there, or may not be opened.
    pub(super) fn open(&self) -> Result<OwnedFd, Failure> {
        let flags = OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        rustix::fs::openat(&self.dir, &self.name, flags, Mode::empty())
            .map_err(|errno| refused("open", &self.path, errno))
    }

    /// Makes sure that a new or vanished name survives a power cut.
    ///
    /// # Errors
    /// The disk did not take it.
    pub(super) fn sync_directory(&self) -> Result<(), Failure> {
        // A descriptor opened for its path alone can't be synced.
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        match rustix::fs::openat(&self.dir, ".", flags, Mode::empty()) {
            Ok(dir) => match rustix::fs::fsync(dir) {
                // Some file systems have nothing to sync in a directory.
                Ok(()) | Err(Errno::INVAL) => Ok(()),
                Err(errno) => Err(refused("sync the directory of", &self.path, errno)),
            },
            // A directory that may be written but not listed.
            Err(Errno::ACCESS) => Ok(()),
            Err(errno) => Err(refused("sync the directory of", &self.path, errno)),
        }
    }
}

/// Opens a file for reading after the safe walk; the last component must not be a link.
///
/// # Errors
/// As [`OpenPlace::find`], or it is no regular file.
pub(super) fn open_regular(path: &Utf8Path, accounts: &Accounts) -> Result<std::fs::File, Failure> {
    let place = OpenPlace::find(path, accounts)?;
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC | OFlags::NOCTTY;
    let file = match rustix::fs::openat(place.dir(), &place.name, flags, Mode::empty()) {
        Ok(file) => file,
        Err(Errno::LOOP) => return Err(Failure::new(format!("`{path}` is a link, not a regular file"))),
        Err(errno) => return Err(refused("open", path, errno)),
    };
    let stat = rustix::fs::fstat(&file).map_err(|errno| refused("look at", path, errno))?;
    if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
        return Err(Failure::new(format!("`{path}` is not a regular file")));
    }
    Ok(std::fs::File::from(file))
}

/// Why no step would go the way to a path: a link on it that is not followed. Anything else that may be wrong with the
/// way is for the kernel to tell.
pub(super) fn unsafe_way(path: &Utf8Path, accounts: &Accounts) -> Option<Failure> {
    let directory = path.parent().filter(|_| path.is_absolute())?;
    // One call tells whether there is a link on the way at all, and nearly never there is.
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    match rustix::fs::openat2(CWD, directory.as_std_path(), flags, Mode::empty(), ResolveFlags::NO_SYMLINKS) {
        Err(Errno::LOOP | Errno::NOSYS) => {}
        _ => return None,
    }
    let mut walk = Walk::new(path, accounts).ok()?;
    let root = walk.clone_of(&walk.root).ok()?;
    let failure = walk.descend(root, directory, Utf8PathBuf::from("/")).err()?;
    walk.refused.then_some(failure)
}

fn split(path: &Utf8Path) -> Result<(&Utf8Path, &str), Failure> {
    if !path.is_absolute() {
        return Err(Failure::new(format!("`{path}` is not an absolute path")));
    }
    // `file_name` is none for `/` and for a path that ends in `..`.
    match (path.parent(), path.file_name()) {
        (Some(parent), Some(name)) => Ok((parent, name)),
        _ => Err(Failure::new(format!("`{path}` does not name a thing inside a directory"))),
    }
}

/// One walk. Everything that decides is read from descriptors already open, never from a name a second time.
struct Walk<'a> {
    path: &'a Utf8Path,
    accounts: &'a Accounts,
    euid: u32,
    root: OwnedFd,
    links: u32,
    make: bool,
    /// Whether it ended at a link that is not followed.
    refused: bool,
}

impl<'a> Walk<'a> {
    fn new(path: &'a Utf8Path, accounts: &'a Accounts) -> Result<Self, Failure> {
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let root = rustix::fs::openat(CWD, "/", flags, Mode::empty())
            .map_err(|errno| refused("open", Utf8Path::new("/"), errno))?;
        let euid = rustix::process::geteuid().as_raw();
        Ok(Self { path, accounts, euid, root, links: 0, make: false, refused: false })
    }

    fn into_directory(mut self, parent: &Utf8Path) -> Result<OwnedFd, Failure> {
        let root = self.clone_of(&self.root)?;
        self.descend(root, parent, Utf8PathBuf::from("/"))
    }

    /// Goes from an open directory along a path; `at` is where it stands, for messages.
    fn descend(
        &mut self,
        mut dir: OwnedFd,
        path: &Utf8Path,
        mut at: Utf8PathBuf,
    ) -> Result<OwnedFd, Failure> {
        for component in path.as_str().split('/') {
            if component.is_empty() || component == "." {
                continue;
            }
            let next = at.join(component);
            let found = self.enter(&dir, component, &next)?;
            let stat = rustix::fs::fstat(&found).map_err(|errno| refused("look at", &next, errno))?;
            dir = match FileType::from_raw_mode(stat.st_mode) {
                FileType::Directory => found,
                FileType::Symlink => self.follow(&dir, &found, &stat, &at, &next)?,
                _ => {
                    return Err(Failure::new(format!("`{next}` is not a directory"))
                        .hint(format!("`{}` needs a directory there", self.path)));
                }
            };
            at = next;
        }
        Ok(dir)
    }

    fn enter(&self, dir: &OwnedFd, name: &str, at: &Utf8Path) -> Result<OwnedFd, Failure> {
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
        found.map_err(|errno| match errno {
            Errno::NOENT => Failure::new(format!("there is no directory `{at}`"))
                .hint(format!("declare it first: directory \"{at}\" {{ recursive = true }}")),
            errno => refused("open", at, errno),
        })
    }

    /// Follows a link where neither its owner nor the owner of its directory leads us into somebody else's directory.
    fn follow(
        &mut self,
        dir: &OwnedFd,
        link: &OwnedFd,
        stat: &Stat,
        at: &Utf8Path,
        path: &Utf8Path,
    ) -> Result<OwnedFd, Failure> {
        self.links += 1;
        if self.links > LINKS {
            return Err(Failure::new(format!("the links on the path `{}` form a circle", self.path)));
        }
        let target = rustix::fs::readlinkat(link, "", Vec::new())
            .map_err(|errno| refused("read the link", path, errno))?
            .into_string()
            .map_err(|_| {
                Failure::new(format!("the link `{path}` points to a name that is not valid UTF-8"))
            })?;
        let holder = rustix::fs::fstat(dir).map_err(|errno| refused("look at", at, errno))?;
        // A sticky directory lets nobody but the link's owner move it, so its own owner has no say.
        if self.is_unsafe(holder.st_uid, stat.st_uid) && holder.st_mode & 0o1000 == 0 {
            return Err(self.unsafe_link(path, &target, holder.st_uid, stat.st_uid));
        }
        let first = if target.starts_with('/') { &self.root } else { dir };
        let first = self.clone_of(first)?;
        let base = if target.starts_with('/') { Utf8PathBuf::from("/") } else { at.to_owned() };
        // Parents are never made behind a link: a dangling one is a mistake.
        let make = std::mem::take(&mut self.make);
        let reached = self.descend(first, Utf8Path::new(&target), base)?;
        self.make = make;
        let end = rustix::fs::fstat(&reached).map_err(|errno| refused("look at", path, errno))?;
        if self.is_unsafe(stat.st_uid, end.st_uid) {
            return Err(self.unsafe_link(path, &target, stat.st_uid, end.st_uid));
        }
        Ok(reached)
    }

    /// Whether a step from one owner's thing to another's could have been arranged by the first against the second.
    fn is_unsafe(&self, from: u32, to: u32) -> bool {
        from != 0 && from != self.euid && from != to
    }

    fn unsafe_link(&mut self, path: &Utf8Path, target: &str, from: u32, to: u32) -> Failure {
        self.refused = true;
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

/// Sets the mode of what a path descriptor stands for; where that is all it is for, fchmod refuses, and it goes
/// through /proc.
///
/// # Errors
/// The kernel's.
pub(super) fn chmod(file: impl AsFd, mode: u32) -> rustix::io::Result<()> {
    use std::os::fd::AsRawFd as _;
    match rustix::fs::fchmod(&file, Mode::from_raw_mode(mode)) {
        Err(Errno::BADF) => {}
        done => return done,
    }
    let name = format!("/proc/self/fd/{}", file.as_fd().as_raw_fd());
    rustix::fs::chmod(name, Mode::from_raw_mode(mode))
}
