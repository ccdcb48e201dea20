//! Replaces files: written beside the old one, verified, backed up, renamed.

use std::fs::File;
use std::io::{Read, Write as _};

use camino::Utf8Path;
use rustix::fs::{AtFlags, FileType, Mode, OFlags, Stat, Timespec, Timestamps, UTIME_NOW};
use rustix::io::Errno;
use sha2::{Digest as _, Sha256};

use super::attributes::WantedAttributes;
use super::backup::keep_copy;
use super::draft::{DraftFile, NEW_FILE};
use super::errno::{refused, refused_io};
use super::open::open_source;
use super::path::OpenPlace;
use super::process;
use super::surroundings::Surroundings;
use crate::model::blob::{BlobRef, BlobSource, Blobs};
use crate::model::content::{Content, hex};
use crate::model::error::Failure;
use crate::model::step::{Command, WriteFile};
use crate::target::Progress;

/// Timeout of a `verify` command, in seconds.
pub(in crate::target) const VERIFY_TIMEOUT: u64 = 60;

/// Applies `Step::WriteFile`.
///
/// # Errors
/// Why nothing was replaced.
pub(super) fn write_file(
    step: &WriteFile,
    with: &Surroundings,
    progress: &mut dyn FnMut(Progress),
) -> Result<(), Failure> {
    let wanted = WantedAttributes::of(&step.attributes, &with.accounts)?;
    let place = OpenPlace::find(&step.path, &with.accounts)?;
    let old = Replaced::at(&place, step.unlink)?;
    let mut draft = DraftFile::beside(&place, &with.drafts)?;
    fill(&mut draft.file, &step.content, with, &step.path)?;
    draft.take_attributes(wanted, old.regular())?;
    verify(&step.verify, &draft, &step.path, with, progress)?;
    old.back_up(&step.path, step.backup, with)?;
    draft.replace(&place)
}

/// The file that a new one replaces, if there is one.
pub(super) struct Replaced(Option<(File, Stat)>);

impl Replaced {
    /// Opens what is there. A symlink or device may be replaced only with `unlink`, a directory never.
    ///
    /// # Errors
    /// It must not be replaced, or can't be read.
    pub(super) fn at(place: &OpenPlace, unlink: bool) -> Result<Self, Failure> {
        let Some(stat) = place.stat()? else { return Ok(Self(None)) };
        let path = &place.path;
        let noun = match FileType::from_raw_mode(stat.st_mode) {
            FileType::RegularFile => return Self::open(place),
            FileType::Directory => {
                return Err(Failure::new(format!("`{path}` is a directory, not a regular file"))
                    .hint(format!("remove it first: directory \"{path}\" {{ action = \"delete\" }}")));
            }
            _ if unlink => return Ok(Self(None)),
            FileType::Symlink => "a link",
            _ => "a device, socket or pipe",
        };
        Err(Failure::new(format!("`{path}` is {noun}, not a regular file"))
            .hint("set `force_unlink = true` to replace it"))
    }

    fn open(place: &OpenPlace) -> Result<Self, Failure> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = rustix::fs::openat(place.dir(), &place.name, flags, Mode::empty())
            .map_err(|errno| refused("read", &place.path, errno))?;
        let stat = rustix::fs::fstat(&file).map_err(|errno| refused("look at", &place.path, errno))?;
        if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
            return Err(Failure::new(format!("`{}` changed while it was being looked at", place.path)));
        }
        Ok(Self(Some((File::from(file), stat))))
    }

    /// The regular file, if it is one.
    pub(super) fn regular(&self) -> Option<(&File, &Stat)> {
        self.0.as_ref().map(|(file, stat)| (file, stat))
    }

    /// Keeps a backup.
    ///
    /// # Errors
    /// The backup could not be written.
    pub(super) fn back_up(&self, path: &Utf8Path, keep: u32, with: &Surroundings) -> Result<(), Failure> {
        match &self.0 {
            Some((file, _)) => keep_copy(file, path, keep, (&with.state(), &with.drafts)),
            None => Ok(()),
        }
    }
}

fn fill(file: &mut File, content: &Content, with: &Surroundings, path: &Utf8Path) -> Result<(), Failure> {
    match content {
        Content::Text(text) => {
            file.write_all(text.as_bytes()).map_err(|error| refused_io("write", path, &error))
        }
        Content::Blob(blob) => fill_blob(file, blob, with, path),
        Content::Unknown(until) => {
            Err(Failure::new(format!("the content of `{path}` is not known before `{until}` has converged")))
        }
    }
}

fn fill_blob(file: &mut File, blob: &BlobRef, with: &Surroundings, path: &Utf8Path) -> Result<(), Failure> {
    let Surroundings { blobs, accounts, .. } = with;
    if let Some(BlobSource::Path(source)) = blobs.get(&blob.sha256) {
        // It may be a file that an earlier run has written.
        let mut from = open_source(source, accounts)?.file;
        return copy_checked(&mut from, source.as_str(), file, blob, path);
    }
    let (mut from, source) = open_blob(blob, blobs, path)?;
    copy_checked(&mut *from, &source, file, blob, path)
}

/// The content of a blob, and a name for its source. The digest is not checked yet.
///
/// # Errors
/// The blob is missing or can't be read.
pub(in crate::target) fn open_blob(
    blob: &BlobRef,
    blobs: &Blobs,
    path: &Utf8Path,
) -> Result<(Box<dyn Read>, String), Failure> {
    match blobs.get(&blob.sha256) {
        None => Err(Failure::new(format!(
            "the bytes for `{path}` did not come with the collection (sha256 {})",
            blob.sha256
        ))),
        Some(BlobSource::Embedded(bytes)) => Ok((Box::new(&bytes[..]), "the program".into())),
        Some(BlobSource::Path(source)) => {
            let from = File::open(source).map_err(|error| refused_io("read", source, &error))?;
            Ok((Box::new(from), source.to_string()))
        }
    }
}

/// Copies through a buffer, and verifies the digest.
fn copy_checked(
    from: &mut dyn Read,
    source: &str,
    to: &mut File,
    blob: &BlobRef,
    path: &Utf8Path,
) -> Result<(), Failure> {
    let mut buffer = vec![0; 128 * 1024];
    let mut hash = Sha256::new();
    loop {
        let n = match from.read(&mut buffer) {
            Ok(0) => break,
            Ok(n) => n,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(refused_io("read", Utf8Path::new(source), &error)),
        };
        hash.update(&buffer[..n]);
        to.write_all(&buffer[..n]).map_err(|error| refused_io("write", path, &error))?;
    }
    if hex(&hash.finalize()) != blob.sha256 {
        return Err(Failure::new(format!("`{source}` has changed since the collection was compiled"))
            .hint("run again, so that it is compiled again"));
    }
    Ok(())
}

/// Runs the commands of `verify` on the draft. `{path}` in their arguments is replaced by the path of the draft.
///
/// # Errors
/// One of them refused the draft.
pub(super) fn verify(
    commands: &[Command],
    draft: &DraftFile,
    path: &Utf8Path,
    with: &Surroundings,
    progress: &mut dyn FnMut(Progress),
) -> Result<(), Failure> {
    for command in commands {
        let argv = command.argv.iter().map(|word| word.replace("{path}", draft.path().as_str())).collect();
        let filled = Command { argv, ..command.clone() };
        let ran = process::run(&filled, with, VERIFY_TIMEOUT, progress);
        // Shown as it was declared, because the name of the draft means nothing to the user.
        ran.accept(command).map_err(|failure| {
            let message =
                format!("the new content of `{path}` was refused by its check: {}", failure.message);
            Failure { message, ..failure }.hint(format!("nothing was replaced: `{path}` is as it was"))
        })?;
    }
    Ok(())
}

/// Applies `Step::Touch`.
///
/// # Errors
/// A symlink is there, or the kernel refused.
pub(super) fn touch(path: &Utf8Path, with: &Surroundings) -> Result<(), Failure> {
    let place = OpenPlace::find(path, &with.accounts)?;
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    match rustix::fs::openat(place.dir(), &place.name, flags, Mode::from_raw_mode(0o600)) {
        Ok(file) => {
            let now = rustix::fs::fstat(&file).map_err(|errno| refused("look at", path, errno))?;
            WantedAttributes { mode: Some(NEW_FILE), ..WantedAttributes::default() }
                .set(&file, &now, path)?;
            return place.sync_directory();
        }
        Err(Errno::EXIST) => {}
        Err(errno) => return Err(refused("make", path, errno)),
    }
    let now = Timespec { tv_sec: 0, tv_nsec: UTIME_NOW };
    let times = Timestamps { last_access: now, last_modification: now };
    rustix::fs::utimensat(place.dir(), &place.name, &times, AtFlags::SYMLINK_NOFOLLOW)
        .map_err(|errno| refused("set the times of", path, errno))
}
