//! The directory that a new thing goes into: whether it is there, and which ones above it are not.

use camino::{Utf8Path, Utf8PathBuf};

use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::query::{FileKind, Query, Stat};

/// The directory above a path, as a question.
#[must_use]
pub fn observe(path: &Utf8Path) -> Option<Query> {
    path.parent().map(|parent| Query::Resolve(parent.to_owned()))
}

/// Fails unless the directory above a path is there, or may come with an earlier change.
///
/// # Errors
/// It is missing, is no directory, or was not asked yet.
pub fn require(path: &Utf8Path, known: &Known) -> Result<(), Stop> {
    match path.parent() {
        Some(parent) => require_directory(parent, known),
        None => Ok(()),
    }
}

/// Fails unless a directory is there, or may come with an earlier change.
///
/// # Errors
/// It is missing, is no directory, or was not asked yet.
pub fn require_directory(path: &Utf8Path, known: &Known) -> Result<(), Stop> {
    match known.resolve(path) {
        Ok(Some(stat)) => is_directory(path, stat),
        Ok(None) => Err(Failure::new(format!("the directory `{path}` is not there"))
            .hint(format!("declare it before this resource: directory \"{path}\""))
            .into()),
        // A package or checkout will bring it.
        Err(Stop::Unknown(_)) => Ok(()),
        Err(stop) => Err(stop),
    }
}

/// The directories above a path that are not there, outermost first.
///
/// # Errors
/// Something that is no directory is among them, or was not asked yet.
pub fn missing(path: &Utf8Path, known: &Known) -> Result<Vec<Utf8PathBuf>, Stop> {
    let mut missing = Vec::new();
    for ancestor in path.ancestors().skip(1) {
        match known.resolve(ancestor) {
            Ok(Some(stat)) => {
                is_directory(ancestor, stat)?;
                break;
            }
            Ok(None) => missing.push(ancestor.to_owned()),
            Err(Stop::Unknown(_)) => break,
            Err(stop) => return Err(stop),
        }
    }
    missing.reverse();
    Ok(missing)
}

fn is_directory(path: &Utf8Path, stat: &Stat) -> Result<(), Stop> {
    if stat.kind == FileKind::Directory {
        return Ok(());
    }
    Err(Failure::new(format!("`{path}` is {}, not a directory", stat.kind.noun())).into())
}
