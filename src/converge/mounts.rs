//! Mount points on the machine: they are neither replaced nor removed.

use camino::Utf8PathBuf;

use crate::model::change::Change;
use crate::model::error::Failure;
use crate::model::known::Stop;
use crate::model::query::{Answer, FileText, MOUNTS, Query};
use crate::model::step::{Step, WriteFile};
use crate::provider::mount_table::{escaped, unescaped};

use super::knowledge::Knowledge;

/// An existing name that a change replaces or removes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TakenName {
    path: Utf8PathBuf,
    /// Whether everything below it is removed too.
    whole: bool,
}

impl TakenName {
    fn of(step: &Step) -> Option<Self> {
        let (path, whole) = match step {
            Step::WriteFile(WriteFile { path, .. })
            | Step::Symlink { path, .. }
            | Step::Hardlink { path, .. } => (path, false),
            Step::Fetch(fetch) => (&fetch.path, false),
            Step::Remove { path, recursive, .. } => (path, *recursive),
            Step::Unpack(unpack) if unpack.replace => (&unpack.destination, true),
            _ => return None,
        };
        Some(Self { path: path.clone(), whole })
    }

    /// The mount point that is in the way, by the content of [`MOUNTS`].
    fn mounted(&self, mounts: &str) -> Option<Utf8PathBuf> {
        let here = escaped(self.path.as_str());
        // Paths that are mount points are rare, and thousands may be checked.
        if !mounts.contains(&here) {
            return None;
        }
        let places = mounts.lines().filter_map(|line| line.split(' ').nth(4));
        let below = |place: &&str| {
            place
                .strip_prefix(here.as_str())
                .is_some_and(|rest| rest.is_empty() || self.whole && rest.starts_with('/'))
        };
        places.filter(below).map(unescaped).map(Utf8PathBuf::from).next()
    }
}

/// The query for the mount table.
pub(super) fn question() -> Query {
    Query::Read(MOUNTS.into())
}

/// The existing names that changes replace or remove.
pub(super) fn taken(changes: &[Change], know: &Knowledge<'_>) -> Vec<TakenName> {
    let steps = changes.iter().flat_map(|change| &change.steps);
    let is_there =
        |taken: &TakenName| !matches!(know.peek(&Query::Stat(taken.path.clone())), Some(Answer::Stat(None)));
    steps.filter_map(TakenName::of).filter(is_there).collect()
}

/// Whether a mount point is in the way of any of these now.
pub(super) fn any_mounted(taken: &[TakenName], know: &Knowledge<'_>) -> bool {
    match know.peek(&question()) {
        Some(Answer::Read(Some(FileText::Text(mounts)))) => {
            taken.iter().any(|taken| taken.mounted(mounts).is_some())
        }
        _ => false,
    }
}

/// Fails if a change would replace or remove a mount point or something above one.
///
/// # Errors
/// It would, or the target was lost.
pub(super) fn require_none(know: &mut Knowledge<'_>, changes: &[Change]) -> Result<(), Stop> {
    let taken: Vec<TakenName> = taken(changes, know)
        .into_iter()
        .map(|TakenName { path, whole }| TakenName { path: know.by_its_own_name(&path), whole })
        .collect();
    if taken.is_empty() {
        return Ok(());
    }
    let Answer::Read(Some(FileText::Text(mounts))) = know.one(&question())? else { return Ok(()) };
    let Some((taken, at)) = taken.iter().find_map(|taken| Some((taken, taken.mounted(mounts)?))) else {
        return Ok(());
    };
    let failure = Failure::impossible(if at == taken.path {
        format!("something is mounted at `{at}`: it is neither replaced nor removed")
    } else {
        format!("something is mounted at `{at}`: `{}` is not removed", taken.path)
    });
    let failure = failure
        .hint(format!("unmount it first: umount {at}"))
        .hint("or change it at its source, as for a container's /etc/hosts");
    Err(know.hindered_at(&question(), failure))
}
