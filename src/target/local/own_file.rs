//! A file that is written for the caller alone, where the caller's words say: a report. Only its owner can read a new one;
//! one that was there, and is the caller's, keeps its mode.

use std::fs::File;
use std::io::{self, Write as _};
use std::os::fd::OwnedFd;

use camino::{Utf8Path, Utf8PathBuf};
use rustix::fs::{CWD, FileType, Mode, OFlags, Stat};
use rustix::io::Errno;

use super::accounts::Accounts;
use super::attributes::WantedAttributes;
use super::draft::DraftFile;
use super::drafts::DraftRecord;
use super::errno::{refused, refused_io};
use super::path::{OpenPlace, absolute};
use super::walk::Walk;
use super::write::Replaced;
use crate::model::error::Failure;

/// Mode of a new one: what stands in it may be much of a machine.
const MODE: u32 = 0o600;
/// Names of what this process has open: links that no walk can follow, and that nobody else can lay.
const OWN_STREAMS: [&str; 4] = ["/dev/stdout", "/dev/stderr", "/dev/fd/", "/proc/self/fd/"];

/// Where one will be written, held open: links are followed where nobody could have laid them as a trap.
pub struct OwnFile(Goal);

enum Goal {
    /// A name in a directory; what is there is replaced at once.
    Place(OpenPlace),
    /// A pipe or a device, which is written into.
    Stream { holder: OwnedFd, name: String, path: Utf8PathBuf, follow: bool },
}

impl OwnFile {
    /// Finds the place; nothing is made there.
    ///
    /// # Errors
    /// Its directory is missing, a link on the way is unsafe, or what is there is no file.
    pub fn at(path: &Utf8Path) -> Result<Self, Failure> {
        let path = absolute(path)?;
        let mut accounts = Accounts::default();
        accounts.refresh();
        if OWN_STREAMS.iter().any(|own| path.as_str().starts_with(own)) {
            return Ok(Self(Goal::own_stream(&path)?));
        }
        let mut walk = Walk::new(&path, &accounts)?;
        let goal = match walk.reach_anything(&path) {
            Ok(reached) => Goal::there(reached.holder, &reached.stat, path, &accounts)?,
            // Nothing is there, or a link that leads nowhere.
            Err(_) if walk.stopped == Some(Errno::NOENT) => Goal::Place(OpenPlace::find(&path, &accounts)?),
            Err(failure) => return Err(failure),
        };
        Ok(Self(goal))
    }

    /// What is gathered until it is whole: a file without a name, of which a killed process leaves nothing.
    ///
    /// # Errors
    /// The directory can't be written, or the disk is full.
    pub fn gathered(&self) -> Result<File, Failure> {
        match &self.0 {
            Goal::Place(place) => {
                let draft = DraftFile::beside(place, &DraftRecord::default())?;
                draft.file.try_clone().map_err(|error| refused_io("write", &place.path, &error))
            }
            Goal::Stream { path, .. } => {
                tempfile::tempfile().map_err(|error| refused_io("gather what is for", path, &error))
            }
        }
    }

    /// Writes it: whole, or nothing of it.
    ///
    /// # Errors
    /// The disk is full, or the place is not as it was.
    pub fn write(&self, content: &mut File) -> Result<(), Failure> {
        let copied = |path: &Utf8Path, done: io::Result<u64>| {
            done.map(drop).map_err(|error| refused_io("write", path, &error))
        };
        match &self.0 {
            Goal::Place(place) => {
                let old = Replaced::at(place, true)?;
                let own = rustix::process::geteuid().as_raw();
                let own = old.regular().filter(|(_, stat)| stat.st_uid == own);
                let mut draft = DraftFile::beside(place, &DraftRecord::default())?;
                copied(&place.path, io::copy(content, &mut draft.file))?;
                let wanted = if own.is_some() { None } else { Some(MODE) };
                draft
                    .take_attributes(WantedAttributes { mode: wanted, ..WantedAttributes::default() }, own)?;
                draft.replace(place)
            }
            Goal::Stream { holder, name, path, follow } => {
                let flags = OFlags::WRONLY | OFlags::NOCTTY | OFlags::CLOEXEC;
                // What is open already may be a file that others write to as well.
                let flags = flags | if *follow { OFlags::APPEND } else { OFlags::NOFOLLOW };
                let stream = rustix::fs::openat(holder, name, flags, Mode::empty())
                    .map_err(|errno| refused("open", path, errno))?;
                let mut stream = File::from(stream);
                copied(path, io::copy(content, &mut stream).and_then(|_| stream.flush().map(|()| 0)))
            }
        }
    }
}

impl Goal {
    /// What was found at the end of a walk.
    fn there(
        (holder, name): (OwnedFd, String),
        stat: &Stat,
        path: Utf8PathBuf,
        accounts: &Accounts,
    ) -> Result<Self, Failure> {
        let trusted = stat.st_uid == 0 || stat.st_uid == rustix::process::geteuid().as_raw();
        match FileType::from_raw_mode(stat.st_mode) {
            FileType::RegularFile => Ok(Self::Place(OpenPlace::held(holder, name, path))),
            FileType::CharacterDevice => Ok(Self::Stream { holder, name, path, follow: false }),
            FileType::Fifo if trusted => Ok(Self::Stream { holder, name, path, follow: false }),
            FileType::Fifo => Err(Failure::new(format!(
                "`{path}` is a pipe of `{}`, who would read what is written there",
                accounts.user_name(stat.st_uid)
            ))),
            FileType::Directory => Err(Failure::new(format!("`{path}` is a directory"))),
            _ => Err(Failure::new(format!("`{path}` is neither a file nor a stream"))),
        }
    }

    fn own_stream(path: &Utf8Path) -> Result<Self, Failure> {
        let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else {
            return Err(Failure::new(format!("`{path}` names no stream")));
        };
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let holder = rustix::fs::openat(CWD, parent.as_str(), flags, Mode::empty())
            .map_err(|errno| refused("open", parent, errno))?;
        rustix::fs::statat(&holder, name, rustix::fs::AtFlags::empty())
            .map_err(|errno| refused("open", path, errno))?;
        Ok(Self::Stream { holder, name: name.to_owned(), path: path.to_owned(), follow: true })
    }
}
