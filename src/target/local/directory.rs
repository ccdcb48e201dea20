//! Makes directories and links. Links are replaced by rename.

use camino::Utf8Path;
use rustix::fs::{AtFlags, FileType, Mode, OFlags, Stat};
use rustix::io::Errno;

use super::attributes::WantedAttributes;
use super::draft::place_beside;
use super::errno::refused;
use super::path::OpenPlace;
use super::surroundings::Surroundings;
use crate::model::error::Failure;
use crate::model::step::Attributes;

/// Default mode of a new directory.
const NEW_DIRECTORY: u32 = 0o755;

/// Applies `Step::MakeDirectory`.
///
/// # Errors
/// Something else is there, a parent or an account is missing, or the kernel refused.
pub(super) fn make_directory(
    path: &Utf8Path,
    attributes: &Attributes,
    parents: bool,
    with: &Surroundings,
) -> Result<(), Failure> {
    let wanted = WantedAttributes::of(attributes, &with.accounts)?;
    let place = if parents {
        OpenPlace::find_or_make(path, &with.accounts)?
    } else {
        OpenPlace::find(path, &with.accounts)?
    };
    match place.stat()? {
        Some(stat) if FileType::from_raw_mode(stat.st_mode) == FileType::Directory => {
            let dir = place.open()?;
            return wanted.set(&dir, &stat, path);
        }
        Some(_) => {
            return Err(Failure::new(format!("`{path}` is there and is not a directory"))
                .hint("remove it first, or choose another path"));
        }
        None => {}
    }
    // Made under a temporary name, so that it never appears with the wrong owner or mode.
    let draft = place_beside(&place, &with.drafts)?;
    rustix::fs::mkdirat(draft.dir(), &draft.name, Mode::from_raw_mode(0o700))
        .map_err(|errno| refused("make", path, errno))?;
    // A plain rename is enough: it replaces a directory only if that is empty.
    let made = finish_directory(&draft, wanted).and_then(|()| {
        rustix::fs::renameat(draft.dir(), &draft.name, place.dir(), &place.name)
            .map_err(|errno| refused("make", path, errno))
    });
    if made.is_err() {
        // Report the first error.
        let _ = rustix::fs::unlinkat(draft.dir(), &draft.name, AtFlags::REMOVEDIR);
        return made;
    }
    place.sync_directory()
}

fn finish_directory(draft: &OpenPlace, wanted: WantedAttributes) -> Result<(), Failure> {
    let flags = OFlags::PATH | OFlags::NOFOLLOW | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let dir = rustix::fs::openat(draft.dir(), &draft.name, flags, Mode::empty())
        .map_err(|errno| refused("open", &draft.path, errno))?;
    let now = rustix::fs::fstat(&dir).map_err(|errno| refused("look at", &draft.path, errno))?;
    // A directory inherits setgid from its parent. Keep it unless a mode is declared.
    let inherited = now.st_mode & 0o2000;
    let mode = wanted.mode.unwrap_or(NEW_DIRECTORY | inherited);
    WantedAttributes { mode: Some(mode), ..wanted }.set(&dir, &now, &draft.path)
}

/// Applies `Step::Symlink`.
///
/// # Errors
/// A directory is there, an account is missing, or the kernel refused.
pub(super) fn symlink(
    path: &Utf8Path,
    to: &str,
    attributes: &Attributes,
    with: &Surroundings,
) -> Result<(), Failure> {
    let wanted = WantedAttributes { mode: None, ..WantedAttributes::of(attributes, &with.accounts)? };
    let place = OpenPlace::find(path, &with.accounts)?;
    refuse_directory(&place)?;
    let draft = place_beside(&place, &with.drafts)?;
    rustix::fs::symlinkat(to, draft.dir(), &draft.name).map_err(|errno| refused("make", path, errno))?;
    let owned = draft.open().and_then(|link| {
        let now = rustix::fs::fstat(&link).map_err(|errno| refused("look at", path, errno))?;
        wanted.set(&link, &now, path)
    });
    rename_into_place(&draft, &place, owned)
}

/// Applies `Step::Hardlink`.
///
/// # Errors
/// The source is missing or on another file system, or a directory is at the path.
pub(super) fn hardlink(path: &Utf8Path, to: &Utf8Path, with: &Surroundings) -> Result<(), Failure> {
    let existing = OpenPlace::find(to, &with.accounts)?;
    let place = OpenPlace::find(path, &with.accounts)?;
    let Some(source) = existing.stat()? else {
        return Err(Failure::new(format!("there is no file `{to}` to link to")));
    };
    refuse_directory(&place)?;
    if place.stat()?.is_some_and(|old: Stat| (old.st_dev, old.st_ino) == (source.st_dev, source.st_ino)) {
        // rename(2) does nothing if both names are links to the same file, and would leave the temporary name.
        return Ok(());
    }
    let draft = place_beside(&place, &with.drafts)?;
    rustix::fs::linkat(existing.dir(), &existing.name, draft.dir(), &draft.name, AtFlags::empty()).map_err(
        |errno| match errno {
            Errno::XDEV => Failure::new(format!(
                "`{path}` and `{to}` are on different file systems, so they can't be one file"
            ))
            .hint("make a symbolic link"),
            errno => refused("make", path, errno),
        },
    )?;
    rename_into_place(&draft, &place, Ok(()))
}

fn refuse_directory(place: &OpenPlace) -> Result<(), Failure> {
    let directory =
        place.stat()?.is_some_and(|stat| FileType::from_raw_mode(stat.st_mode) == FileType::Directory);
    if directory {
        return Err(Failure::new(format!("`{}` is a directory: a link does not replace it", place.path))
            .hint("remove it first"));
    }
    Ok(())
}

fn rename_into_place(
    draft: &OpenPlace,
    place: &OpenPlace,
    ready: Result<(), Failure>,
) -> Result<(), Failure> {
    let done = ready.and_then(|()| {
        rustix::fs::renameat(draft.dir(), &draft.name, place.dir(), &place.name)
            .map_err(|errno| refused("replace", &place.path, errno))
    });
    if done.is_err() {
        // Report the first error.
        let _ = rustix::fs::unlinkat(draft.dir(), &draft.name, AtFlags::empty());
        return done;
    }
    place.sync_directory()
}
