//! The directories above a new file, and which of them are missing.

use camino::{Utf8Path, Utf8PathBuf};

use crate::model::change::Change;
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::query::{Answer, FileKind, Query, Stat};
use crate::model::step::Attributes;
use crate::provider::at_path;

/// Query for the directory of a path.
#[must_use]
pub fn observe(path: &Utf8Path) -> Option<Query> {
    path.parent().map(|parent| Query::Resolve(parent.to_owned()))
}

/// Fails unless the directory of a path exists or may come with an earlier change.
///
/// # Errors
/// It is missing, is no directory, or was not asked for yet.
pub fn require(path: &Utf8Path, known: &Known) -> Result<(), Stop> {
    match path.parent() {
        Some(parent) => require_directory(parent, known),
        None => Ok(()),
    }
}

/// Fails unless a directory exists or may come with an earlier change.
///
/// # Errors
/// It is missing, is no directory, or was not asked for yet.
pub(super) fn require_directory(path: &Utf8Path, known: &Known) -> Result<(), Stop> {
    match known.resolve(path) {
        Ok(Some(stat)) => is_directory(path, stat),
        Ok(None) => Err(Failure::new(format!("the directory `{path}` is not there"))
            .hint(format!("declare it before this resource: directory \"{path}\""))
            .into()),
        // A package or checkout may bring it.
        Err(Stop::Unknown(_)) => Ok(()),
        Err(stop) => Err(stop),
    }
}

/// The missing directories above a path, outermost first.
///
/// # Errors
/// One of the paths is no directory, or was not asked for yet.
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

/// Predicts the directories that a change creates above its path, owned by the user.
#[must_use]
pub fn made(change: Change, path: &Utf8Path, missing: &[Utf8PathBuf], user: &str) -> Change {
    made_as(change, path, missing, &at_path::stat(FileKind::Directory, user, &Attributes::default()))
}

/// Predicts the directories that a change creates above its path.
#[must_use]
pub fn made_as(mut change: Change, path: &Utf8Path, missing: &[Utf8PathBuf], stat: &Stat) -> Change {
    let mut inside = path;
    // From the innermost one outwards: each contains the previous one.
    for directory in missing.iter().rev() {
        let names = inside.file_name().map(str::to_owned).into_iter().collect();
        change = at_path::with_stat(change, directory, Some(stat))
            .then(Query::List(directory.clone()), Answer::List(Some(names)));
        inside = directory;
    }
    change
}

fn is_directory(path: &Utf8Path, stat: &Stat) -> Result<(), Stop> {
    if stat.kind == FileKind::Directory {
        return Ok(());
    }
    Err(Failure::impossible(format!("`{path}` is {}, not a directory", stat.kind.noun())).into())
}
