//! A file being written beside the one that it will replace; it vanishes unless it gets there.

use std::fs::File;

use rustix::fs::{AtFlags, Mode, OFlags, Stat};
use rustix::io::Errno;

use super::access;
use super::attributes::WantedAttributes;
use super::drafts::{DraftRecord, temporary_name};
use super::errno::{refused, refused_io};
use super::mode::chmod;
use super::path::OpenPlace;
use crate::model::error::Failure;

/// Mode of a new file for which none was said.
pub(super) const NEW_FILE: u32 = 0o644;

/// A temporary file in the directory of its target, unreadable for others until it is complete.
pub(super) struct DraftFile {
    place: OpenPlace,
    /// Open for reading and writing.
    pub(super) file: File,
    placed: bool,
}

impl DraftFile {
    /// Makes one beside a place.
    ///
    /// # Errors
    /// The directory does not let us.
    pub(super) fn beside(target: &OpenPlace, drafts: &DraftRecord) -> Result<Self, Failure> {
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        loop {
            let place = place_beside(target, drafts)?;
            match rustix::fs::openat(place.dir(), &place.name, flags, Mode::from_raw_mode(0o600)) {
                Ok(file) => {
                    let draft = Self { place, file: File::from(file), placed: false };
                    // The directory may have a list for all that is made in it.
                    access::remove(&draft.file).map_err(|errno| refused("write", &target.path, errno))?;
                    return Ok(draft);
                }
                Err(Errno::EXIST) => {}
                Err(errno) => return Err(refused("write", &target.path, errno)),
            }
        }
    }

    /// Its path while it is a draft.
    pub(super) fn path(&self) -> &camino::Utf8Path {
        &self.place.path
    }

    /// Gives it owner, group, mode and extended attributes: those said, else those of the file that it replaces. An access
    /// control list is handed on where nothing is said.
    ///
    /// # Errors
    /// The kernel refused.
    pub(super) fn dress(&self, wanted: WantedAttributes, old: Option<(&File, &Stat)>) -> Result<(), Failure> {
        let Some((file, stat)) = old else {
            let wanted = WantedAttributes { mode: wanted.mode.or(Some(NEW_FILE)), ..wanted };
            return wanted.set(&self.file, &self.stat()?, self.path());
        };
        let label = |errno| refused("label", self.path(), errno);
        copy_labels(file, &self.file).map_err(label)?;
        let list = access::of(file).map_err(label)?;
        let Some(list) = list else {
            return wanted.or_as(stat, stat.st_mode).set(&self.file, &self.stat()?, self.path());
        };
        if wanted != WantedAttributes::default() {
            let wanted = wanted.or_as(stat, list.mode_without(stat.st_mode));
            return wanted.set(&self.file, &self.stat()?, self.path());
        }
        // Its owner's alone until the list is there, which speaks of the group by name.
        wanted.or_as(stat, stat.st_mode & 0o600).set(&self.file, &self.stat()?, self.path())?;
        list.give(&self.file).map_err(label)?;
        chmod(&self.file, stat.st_mode & 0o7777).map_err(label)
    }

    fn stat(&self) -> Result<Stat, Failure> {
        rustix::fs::fstat(&self.file).map_err(|errno| refused("look at", self.path(), errno))
    }

    /// Puts it in place of the target, for good.
    ///
    /// # Errors
    /// The disk is full, or something is there that can't be replaced.
    pub(super) fn replace(mut self, target: &OpenPlace) -> Result<(), Failure> {
        self.file.sync_all().map_err(|error| refused_io("write", &target.path, &error))?;
        rustix::fs::renameat(self.place.dir(), &self.place.name, target.dir(), &target.name)
            .map_err(|errno| refused("replace", &target.path, errno))?;
        self.placed = true;
        target.sync_directory()
    }
}

impl Drop for DraftFile {
    fn drop(&mut self) {
        if !self.placed {
            // Nothing more can be done about a draft that can't be removed.
            let _ = rustix::fs::unlinkat(self.place.dir(), &self.place.name, AtFlags::empty());
        }
    }
}

/// The place of a draft beside its target, written down before anything is made there.
///
/// # Errors
/// The directory can't be held open once more.
pub(super) fn place_beside(target: &OpenPlace, drafts: &DraftRecord) -> Result<OpenPlace, Failure> {
    let place = target.sibling(temporary_name())?;
    drafts.will_make(&place.path);
    Ok(place)
}

/// Copies what else belongs to a file: security labels, users' attributes. Capabilities were given to the old bytes and
/// integrity measures were made of them, so they stay behind. Who may read is not told by labels.
fn copy_labels(from: &File, to: &File) -> rustix::io::Result<()> {
    let mut names = vec![0; 64 * 1024];
    let length = match rustix::fs::flistxattr(from, &mut names[..]) {
        Ok(length) => length,
        Err(Errno::NOTSUP | Errno::NOSYS) => return Ok(()),
        Err(errno) => return Err(errno),
    };
    let root = rustix::process::geteuid().is_root();
    for name in names[..length].split(|byte| *byte == 0).filter(|name| !name.is_empty()) {
        let stays = [&b"security.capability"[..], b"security.ima", b"security.evm"].contains(&name);
        if stays || name.starts_with(b"system.") {
            continue;
        }
        let mut value = vec![0; 64 * 1024];
        let copied = rustix::fs::fgetxattr(from, name, &mut value[..]).and_then(|length| {
            rustix::fs::fsetxattr(to, name, &value[..length], rustix::fs::XattrFlags::empty())
        });
        match copied {
            Ok(()) | Err(Errno::NOTSUP | Errno::NODATA) => {}
            Err(Errno::PERM | Errno::ACCESS) if !root => {}
            Err(errno) => return Err(errno),
        }
    }
    Ok(())
}
