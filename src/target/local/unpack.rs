//! Unpacks archives beside their destination, then renames the result into place.

use std::fs::File;
use std::io::Read;

use rustix::fs::{FileType, Mode, RenameFlags, Stat};
use rustix::io::Errno;

use super::attributes::WantedAttributes;
use super::draft::place_beside;
use super::drafts::{DraftRecord, temporary_name};
use super::errno::{refused, refused_io};
use super::path::OpenPlace;
use super::remove::remove_tree;
use super::surroundings::Surroundings;
use super::write::write_file;
use crate::model::error::Failure;
use crate::model::step::Unpack;
use crate::target::Progress;
use tree::UnpackedTree;

mod bounded;
mod entries;
mod tree;
mod verified_archive;

/// Default mode of the directory.
const DIRECTORY: u32 = 0o755;

/// Applies `Step::Unpack`.
///
/// # Errors
/// The archive is not the expected one, or tries to write elsewhere. The destination is unchanged.
pub(super) fn unpack(
    step: &Unpack,
    with: &Surroundings,
    progress: &mut dyn FnMut(Progress),
) -> Result<(), Failure> {
    let accounts = &with.accounts;
    let wanted = WantedAttributes::of(&step.attributes, accounts)?;
    let archive = verified_archive::open(step, with)?;
    let place = OpenPlace::find(&step.destination, accounts)?;
    refuse_existing(&place, step.replace)?;
    let draft = place_beside(&place, &with.drafts)?;
    rustix::fs::mkdirat(draft.dir(), &draft.name, Mode::from_raw_mode(0o700))
        .map_err(|errno| refused("make", &draft.path, errno))?;
    if let Some(made) = draft.stat()? {
        with.drafts.made_directory(&draft.path, (made.st_dev, made.st_ino));
    }
    let done = fill(&draft, archive, step, wanted, with)
        .and_then(|()| match &step.mark {
            Some(mark) => write_file(mark, with, progress),
            None => Ok(()),
        })
        .and_then(|()| put_in_place(&draft, &place, &with.drafts));
    let removed = remove_draft(&draft);
    done.and(removed)?;
    place.sync_directory()
}

fn is_directory(stat: &Stat) -> bool {
    FileType::from_raw_mode(stat.st_mode) == FileType::Directory
}

fn refuse_existing(place: &OpenPlace, replace: bool) -> Result<(), Failure> {
    match place.stat()? {
        Some(stat) if !is_directory(&stat) => {
            Err(Failure::new(format!("`{}` is there and is not a directory", place.path))
                .hint("remove it first, or choose another destination"))
        }
        Some(_) if !replace && !is_empty(place)? => {
            Err(Failure::new(format!("the directory `{}` is there already", place.path)).hint(
                "an archive is not unpacked over existing files: set `overwrite = true` to replace the whole directory",
            ))
        }
        _ => Ok(()),
    }
}

fn is_empty(place: &OpenPlace) -> Result<bool, Failure> {
    use rustix::fs::OFlags;
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let list = || {
        let dir = rustix::fs::openat(place.dir(), &place.name, flags, Mode::empty())?;
        for entry in rustix::fs::Dir::read_from(&dir)? {
            let entry = entry?;
            if entry.file_name() != c"." && entry.file_name() != c".." {
                return Ok(false);
            }
        }
        Ok(true)
    };
    list().map_err(|errno: Errno| refused("list", &place.path, errno))
}

fn fill(
    draft: &OpenPlace,
    archive: File,
    step: &Unpack,
    wanted: WantedAttributes,
    with: &Surroundings,
) -> Result<(), Failure> {
    let size = archive.metadata().map_err(|error| refused_io("look at", &step.archive, &error))?.len();
    let mut tree = UnpackedTree::new(draft, step, wanted, size, &with.interrupt)?;
    entries::each(archive, size, &step.archive, |entry, body: &mut dyn Read| {
        tree.add(entry, step.strip_components, body)
    })?;
    tree.finish(wanted.mode.unwrap_or(DIRECTORY))
}

/// Renames the new tree into place. If there is an old one, both are exchanged, so that the name is never missing.
fn put_in_place(draft: &OpenPlace, place: &OpenPlace, drafts: &DraftRecord) -> Result<(), Failure> {
    let rename = |flags| rustix::fs::renameat_with(draft.dir(), &draft.name, place.dir(), &place.name, flags);
    let moved = match place.stat()? {
        None => rename(RenameFlags::NOREPLACE),
        Some(_) => rename(RenameFlags::EXCHANGE),
    };
    match moved {
        // Some network file systems support only the plain rename.
        Err(Errno::INVAL | Errno::NOSYS) => put_in_place_plainly(draft, place, drafts),
        moved => moved.map_err(|errno| refused("replace", &place.path, errno)),
    }
}

/// Moves the old tree aside, the new one in, and the old one to the draft's name, where it will be removed.
fn put_in_place_plainly(draft: &OpenPlace, place: &OpenPlace, drafts: &DraftRecord) -> Result<(), Failure> {
    let rename = |from: &OpenPlace, to: &OpenPlace| {
        rustix::fs::renameat(from.dir(), &from.name, to.dir(), &to.name)
            .map_err(|errno| refused("replace", &place.path, errno))
    };
    let Some(old) = place.stat()? else { return rename(draft, place) };
    let aside = place.sibling(temporary_name())?;
    rename(place, &aside)?;
    if let Err(failure) = rename(draft, place) {
        rename(&aside, place)?;
        return Err(failure);
    }
    // Recorded only now, because it might have been the only tree until here.
    drafts.made_directory(&aside.path, (old.st_dev, old.st_ino));
    rename(&aside, draft)
}

/// Removes what has the temporary name now: an incomplete tree, or the old one.
fn remove_draft(draft: &OpenPlace) -> Result<(), Failure> {
    match draft.stat()? {
        Some(stat) => remove_tree(draft.dir(), draft.name.as_str(), &draft.path, stat.st_dev),
        None => Ok(()),
    }
}
