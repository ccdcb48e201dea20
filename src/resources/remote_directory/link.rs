//! One link of a tree.

use camino::Utf8PathBuf;

use crate::model::change::Change;
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::query::{Answer, FileKind, Query, Stat};
use crate::model::step::{Attributes, Step};
use crate::model::tree::TreeLink;
use crate::provider::{at_path, backups, ownership};

/// The change that makes the link, if it is not there.
///
/// # Errors
/// A directory or device is in the way.
pub(super) fn plan(
    link: &TreeLink,
    path: Utf8PathBuf,
    there: Option<&Stat>,
    attributes: &Attributes,
    backup: u32,
    known: &Known,
) -> Result<Option<Change>, Stop> {
    let mut steps = Vec::new();
    match there {
        Some(stat) if stat.target.as_ref() == Some(&link.to) => {
            return Ok(ownership::plan(&path, stat, attributes));
        }
        Some(stat) if matches!(stat.kind, FileKind::Directory | FileKind::Other) => {
            return Err(Failure::impossible(format!("`{path}` is {}, not a link", stat.kind.noun()))
                .hint(format!("remove it first: {}", at_path::removal(&path, stat.kind)))
                .into());
        }
        Some(stat) if stat.kind == FileKind::File => {
            // Keep a backup before the link replaces it.
            let (backup, _) = backups::keep(backup, there);
            steps.push(Step::Remove { path: path.clone(), recursive: false, backup });
        }
        _ => {}
    }
    steps.push(Step::Symlink { path: path.clone(), to: link.to.clone(), attributes: attributes.clone() });
    let mut stat = at_path::stat(FileKind::Link, &known.host()?.user, attributes);
    (stat.mode, stat.target) = (0o777, Some(link.to.clone()));
    let change = Change { summary: format!("link to {}", link.to), steps, ..Change::default() };
    Ok(Some(change.then(Query::Stat(path), Answer::Stat(Some(stat)))))
}
