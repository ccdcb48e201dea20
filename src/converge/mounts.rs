//! What is mounted on the machine: at such a place nothing is replaced and nothing removed.

use camino::{Utf8Path, Utf8PathBuf};

use crate::model::change::Change;
use crate::model::error::Failure;
use crate::model::known::Stop;
use crate::model::query::{Answer, FileText, MOUNTS, Query};
use crate::model::step::{Step, WriteFile};

use super::knowledge::Knowledge;

/// A name that a change replaces or removes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TakenName {
    path: Utf8PathBuf,
    /// Whether all below it goes with it.
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

    /// The place where something is mounted that keeps it where it is, by the text of [`MOUNTS`].
    fn mounted(&self, mounts: &str) -> Option<Utf8PathBuf> {
        let here = escaped(&self.path);
        // Hardly any path is a mount, and thousands may be asked for.
        if !mounts.contains(&here) {
            return None;
        }
        let places = mounts.lines().filter_map(|line| line.split(' ').nth(4));
        let below = |place: &&str| {
            place
                .strip_prefix(here.as_str())
                .is_some_and(|rest| rest.is_empty() || self.whole && rest.starts_with('/'))
        };
        places.filter(below).map(unescaped).next()
    }
}

/// The question what is mounted.
pub(super) fn question() -> Query {
    Query::Read(MOUNTS.into())
}

/// The names of things that are there now, and that changes replace or remove.
pub(super) fn taken(changes: &[Change], know: &Knowledge<'_>) -> Vec<TakenName> {
    let steps = changes.iter().flat_map(|change| &change.steps);
    let is_there =
        |taken: &TakenName| !matches!(know.peek(&Query::Stat(taken.path.clone())), Some(Answer::Stat(None)));
    steps.filter_map(TakenName::of).filter(is_there).collect()
}

/// Whether a mount is in the way of any of these, as the machine is now.
pub(super) fn any_mounted(taken: &[TakenName], know: &Knowledge<'_>) -> bool {
    match know.peek(&question()) {
        Some(Answer::Read(Some(FileText::Text(mounts)))) => {
            taken.iter().any(|taken| taken.mounted(mounts).is_some())
        }
        _ => false,
    }
}

/// Fails for a change that would replace or remove something at which, or below which, something is mounted.
///
/// # Errors
/// As said, or the target was lost.
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
        .hint("or change it where it comes from, as a container's own /etc/hosts");
    Err(know.hindered_at(&question(), failure))
}

/// What the kernel writes otherwise in there, and how.
const ESCAPED: [(&str, &str); 4] = [("\\", "\\134"), (" ", "\\040"), ("\t", "\\011"), ("\n", "\\012")];

/// A path as it stands there.
fn escaped(path: &Utf8Path) -> String {
    ESCAPED.iter().fold(path.as_str().to_owned(), |text, (plain, written)| text.replace(plain, written))
}

fn unescaped(place: &str) -> Utf8PathBuf {
    ESCAPED.iter().rev().fold(place.to_owned(), |text, (plain, written)| text.replace(written, plain)).into()
}
