//! New things at a path: what has to be there before, what will be there afterwards.

use camino::{Utf8Path, Utf8PathBuf};

use crate::model::change::Change;
use crate::model::error::Failure;
use crate::model::query::{Answer, FileKind, Known, Query, Stat, Stop};
use crate::model::step::Attributes;
use crate::provider::ownership;

/// What a path looks like once this user has made something there with these attributes.
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
    };
    ownership::overlay(&mut stat, attributes);
    stat
}

/// The change, with what will be at a path and, as it is no link, behind it.
#[must_use]
pub fn with_stat(change: Change, path: &Utf8Path, stat: Option<&Stat>) -> Change {
    change
        .then(Query::Stat(path.to_owned()), Answer::Stat(stat.cloned()))
        .then(Query::Resolve(path.to_owned()), Answer::Stat(stat.cloned()))
}

/// The question that [`require_parent`] looks up.
#[must_use]
pub fn observe_parent(path: &Utf8Path) -> Option<Query> {
    path.parent().map(|parent| Query::Resolve(parent.to_owned()))
}

/// Fails unless the directory that holds the path is there, or may be brought by an earlier resource.
///
/// # Errors
/// It is missing or no directory, or was not asked for yet.
pub fn require_parent(path: &Utf8Path, known: &Known) -> Result<(), Stop> {
    let Some(parent) = path.parent() else { return Ok(()) };
    match known.resolve(parent) {
        Ok(Some(stat)) if stat.kind == FileKind::Directory => Ok(()),
        Ok(Some(stat)) => {
            Err(Failure::new(format!("{parent} is {}, not a directory", stat.kind.noun())).into())
        }
        Ok(None) => Err(Failure::new(format!("the directory {parent} is not there"))
            .hint(format!("declare it before this resource: directory \"{parent}\""))
            .into()),
        // A package or checkout will bring it.
        Err(Stop::Unknown(_)) => Ok(()),
        Err(stop) => Err(stop),
    }
}

/// What is at a path where a directory shall be: nothing, or a directory.
///
/// # Errors
/// Something else is there, or it was not asked for yet.
pub fn directory<'a>(path: &Utf8Path, known: &'a Known) -> Result<Option<&'a Stat>, Stop> {
    match known.stat(path)? {
        None => Ok(None),
        Some(stat) if stat.kind == FileKind::Directory => Ok(Some(stat)),
        Some(stat) => Err(not_a_directory(path, stat).into()),
    }
}

fn not_a_directory(path: &Utf8Path, stat: &Stat) -> Failure {
    match &stat.target {
        Some(target) => Failure::new(format!("{path} is a link to {target}, not a directory"))
            .hint(format!("name `{target}` itself")),
        None => Failure::new(format!("{path} is {}, not a directory", stat.kind.noun()))
            .hint(format!("remove it first: file \"{path}\" {{ action = \"delete\" }}")),
    }
}

/// The path with a suffix on its last component: `/srv/app.chefrs` of `/srv/app`.
#[must_use]
pub fn beside(path: &Utf8Path, suffix: &str) -> Utf8PathBuf {
    format!("{path}{suffix}").into()
}
