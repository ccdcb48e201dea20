//! A file that is written beside the one it will replace. It is removed unless it gets there.

use std::fs::File;

use rustix::fs::{AtFlags, Mode, OFlags, Stat};
use rustix::io::Errno;

use super::access;
use super::access::chmod;
use super::attributes::WantedAttributes;
use super::drafts::{DraftRecord, temporary_name};
use super::errno::{refused, refused_io};
use super::path::OpenPlace;
use crate::model::error::Failure;

/// Default mode of a new file.
pub(super) const NEW_FILE: u32 = 0o644;

/// A temporary file in the directory of its target. Others can't read it until it is complete.
pub(super) struct DraftFile {
    place: OpenPlace,
    /// Open for reading and writing.
    pub(super) file: File,
    placed: bool,
}

impl DraftFile {
    /// Creates a draft beside its target.
    ///
    /// # Errors
    /// The directory can't be written.
    pub(super) fn beside(target: &OpenPlace, drafts: &DraftRecord) -> Result<Self, Failure> {
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        loop {
            let place = place_beside(target, drafts)?;
            match rustix::fs::openat(place.dir(), &place.name, flags, Mode::from_raw_mode(0o600)) {
                Ok(file) => {
                    let draft = Self { place, file: File::from(file), placed: false };
                    // It may have inherited an access control list from the directory.
                    access::remove(&draft.file).map_err(|errno| refused("write", &target.path, errno))?;
                    return Ok(draft);
                }
                Err(Errno::EXIST) => {}
                Err(errno) => return Err(refused("write", &target.path, errno)),
            }
        }
    }

    /// The temporary path.
    pub(super) fn path(&self) -> &camino::Utf8Path {
        &self.place.path
    }

    /// Sets owner, group, mode and extended attributes: the wanted ones, or else those of the file that it replaces. An
    /// access control list is copied if no attribute is wanted.
    ///
    /// # Errors
    /// The kernel refused.
    pub(super) fn take_attributes(
        &self,
        wanted: WantedAttributes,
        old: Option<(&File, &Stat)>,
    ) -> Result<(), Failure> {
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
        // Only the owner has access until the list is set, because the list decides about the group.
        wanted.or_as(stat, stat.st_mode & 0o600).set(&self.file, &self.stat()?, self.path())?;
        list.give(&self.file).map_err(label)?;
        chmod(&self.file, stat.st_mode & 0o7777).map_err(label)
    }

    fn stat(&self) -> Result<Stat, Failure> {
        rustix::fs::fstat(&self.file).map_err(|errno| refused("look at", self.path(), errno))
    }

    /// Renames it over the target, and syncs it to disk.
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
            // If it can't be removed, nothing more can be done.
            let _ = rustix::fs::unlinkat(self.place.dir(), &self.place.name, AtFlags::empty());
        }
    }
}

/// The path for a draft beside its target, recorded before anything is made there.
///
/// # Errors
/// The directory can't be opened again.
pub(super) fn place_beside(target: &OpenPlace, drafts: &DraftRecord) -> Result<OpenPlace, Failure> {
    let place = target.sibling(temporary_name())?;
    drafts.will_make(&place.path);
    Ok(place)
}

/// Copies security labels and user attributes. Capabilities and integrity hashes belong to the old content and are not
/// copied; access control lists are handled elsewhere.
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
