//! New files, directories and links: what may be at the path before, and what will be there afterwards.

use camino::{Utf8Path, Utf8PathBuf};

use crate::model::change::Change;
use crate::model::content::without_dots;
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::query::{Answer, FileKind, Query, Stat};
use crate::model::step::Attributes;
use crate::provider::ownership;

/// Links to follow before they count as a cycle.
const LINKS: u32 = 40;

/// What stat(2) will say of a path after this user has created something there.
#[must_use]
pub fn stat(kind: FileKind, user: &str, attributes: &Attributes) -> Stat {
    let mode = if kind == FileKind::Directory { 0o755 } else { 0o644 };
    let mut stat = Stat {
        kind,
        mode,
        owner: user.to_owned(),
        group: user.to_owned(),
        uid: 0,
        gid: 0,
        size: 0,
        modified: 0,
        inode: (0, 0),
        target: None,
        access: None,
    };
    ownership::overlay(&mut stat, attributes);
    stat
}

/// Adds the prediction of what will be at the path. Since it is no link, `Resolve` gives the same.
#[must_use]
pub fn with_stat(change: Change, path: &Utf8Path, stat: Option<&Stat>) -> Change {
    change
        .then(Query::Stat(path.to_owned()), Answer::Stat(stat.cloned()))
        .then(Query::Resolve(path.to_owned()), Answer::Stat(stat.cloned()))
}

/// What is at a path for a directory: nothing, or a directory.
///
/// # Errors
/// Something else is there, or it was not asked for yet.
pub fn directory<'a>(path: &Utf8Path, known: &'a Known) -> Result<Option<&'a Stat>, Stop> {
    match known.stat(path)? {
        Some(stat) if stat.kind != FileKind::Directory => {
            let removed = removal(path, stat.kind);
            Err(occupied(path, stat, "directory", known)?
                .hint(format!("or remove it first: {removed}"))
                .into())
        }
        stat => Ok(stat),
    }
}

/// What is at a path for a file: nothing, or a file.
///
/// # Errors
/// Something else is there, or it was not asked for yet.
pub fn file<'a>(path: &Utf8Path, known: &'a Known) -> Result<Option<&'a Stat>, Stop> {
    match known.stat(path)? {
        Some(stat) if stat.kind == FileKind::Directory => {
            let removed = removal(path, stat.kind);
            Err(occupied(path, stat, "file", known)?.hint(format!("or remove it first: {removed}")).into())
        }
        Some(stat) if stat.kind != FileKind::File => Err(occupied(path, stat, "file", known)?.into()),
        stat => Ok(stat),
    }
}

fn occupied(path: &Utf8Path, stat: &Stat, wanted: &str, known: &Known) -> Result<Failure, Stop> {
    Ok(match &stat.target {
        Some(target) => Failure::impossible(format!("`{path}` is a link to `{target}`, not a {wanted}"))
            .hint(itself("name", path, target, known)?),
        None => Failure::impossible(format!("`{path}` is {}, not a {wanted}", stat.kind.noun()))
            .hint("name another path"),
    })
}

/// The resource that removes what is at a path.
#[must_use]
pub fn removal(path: &Utf8Path, kind: FileKind) -> String {
    let (name, more) = match kind {
        FileKind::File => ("file", ""),
        FileKind::Directory => ("directory", ""),
        FileKind::Link => ("link", ""),
        FileKind::Other => ("file", ", force_unlink = true"),
    };
    format!("{name} \"{path}\" {{ action = \"delete\"{more} }}")
}

/// The target of a link as a path from `/`, or from where the link's own path starts.
fn behind(link: &Utf8Path, target: &str) -> Utf8PathBuf {
    link.parent().map_or_else(|| target.into(), |parent| parent.join(target))
}

/// The end of a chain of links, as far as it is known; a link if the chain has no end.
///
/// # Errors
/// `Stop::Wanted` if some of it was not asked for.
pub fn end(link: &Utf8Path, target: &str, known: &Known) -> Result<Utf8PathBuf, Stop> {
    let mut at = without_dots(&behind(link, target));
    for _ in 0..LINKS {
        let next = match known.stat(&at) {
            Ok(Some(Stat { target: Some(target), .. })) => without_dots(&behind(&at, target)),
            Err(Stop::Wanted(wanted)) => return Err(Stop::Wanted(wanted)),
            _ => break,
        };
        at = next;
    }
    Ok(at)
}

/// A hint for a link where something else was declared: use what it points to.
///
/// # Errors
/// See [`end`].
pub fn itself(verb: &str, link: &Utf8Path, target: &str, known: &Known) -> Result<String, Stop> {
    let end = end(link, target, known)?;
    Ok(match known.stat(&end) {
        Ok(Some(Stat { target: Some(_), .. })) => {
            "its links form a loop, or are too many to follow".to_owned()
        }
        _ => format!("{verb} `{end}` itself"),
    })
}

/// Appends a suffix to the last component: `/srv/app.chefrs` for `/srv/app`.
#[must_use]
pub fn beside(path: &Utf8Path, suffix: &str) -> Utf8PathBuf {
    format!("{path}{suffix}").into()
}
