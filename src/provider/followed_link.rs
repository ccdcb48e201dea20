//! A file that is managed through a link. Nobody but root and the current user may be able to change the link, because
//! whoever can also chooses the file.

use camino::{Utf8Path, Utf8PathBuf};

use crate::model::change::Change;
use crate::model::content::without_dots;
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::query::{FileKind, Query, Stat};
use crate::provider::trust;

/// Links to follow before they count as a cycle.
const LINKS: usize = 40;

/// The path at the end of the links that begin at a path. `None` if no link is there.
///
/// # Errors
/// Somebody else may change one of the links, they have no end, or an answer is missing.
pub fn end(path: &Utf8Path, known: &Known) -> Result<Option<Utf8PathBuf>, Stop> {
    let mut at = path.to_owned();
    for links in 0..=LINKS {
        let (stat, target) = match known.stat(&at) {
            Ok(Some(stat @ Stat { target: Some(target), .. })) => (stat, target),
            Err(Stop::Wanted(wanted)) => return Err(Stop::Wanted(wanted)),
            _ => return Ok((links > 0).then_some(at)),
        };
        require_own(&at, stat, known)?;
        at = behind(&at, target, known)?;
    }
    Err(Failure::impossible(format!("the links at `{path}` form a loop, or are too many to follow")).into())
}

/// A change of the file at the end, as it is told of the link. What is known of the file holds for the link too.
#[must_use]
pub fn through(link: &Utf8Path, end: &Utf8Path, change: Change) -> Change {
    let mut then = change.then.clone();
    for (query, answer) in &change.then {
        if query.path() == Some(end) && !matches!(query, Query::Stat(_)) {
            then.push((query.of(link), answer.clone()));
        }
    }
    Change { summary: format!("{}, through the link to {end}", change.summary), then, ..change }
}

/// Fails if anyone other than root and the current user may change the link.
fn require_own(link: &Utf8Path, stat: &Stat, known: &Known) -> Result<(), Stop> {
    let me = trust::runner(None, known)?;
    let directory = link.parent().unwrap_or(Utf8Path::new("/"));
    // Asked in one batch.
    known.want(trust::observe(directory))?;
    let stranger = if stat.uid != 0 && stat.owner != me {
        Some(format!("it belongs to `{}`", stat.owner))
    } else {
        trust::untrusted(directory, None, known)?.map(|stranger| stranger.words)
    };
    match stranger {
        None => Ok(()),
        Some(words) => Err(Failure::impossible(format!("the link `{link}` is not followed: {words}"))
            .hint("declare the file that is meant by its own path, or let the link and the directories above it be root's")
            .into()),
    }
}

/// The path that a link names.
fn behind(link: &Utf8Path, target: &str, known: &Known) -> Result<Utf8PathBuf, Stop> {
    let directory = link.parent().unwrap_or(Utf8Path::new("/"));
    if !target.starts_with('/') && target.split('/').any(|part| part == "..") {
        // Above a directory that is reached through a link is not what stands before it in the path.
        for above in directory.ancestors() {
            if known.stat(above)?.is_some_and(|stat| stat.kind == FileKind::Link) {
                return Err(Failure::impossible(format!(
                    "the link `{link}` to `{target}` is not followed: `{above}` is a link too"
                ))
                .hint("declare the file that is meant by its own path")
                .into());
            }
        }
    }
    Ok(without_dots(&directory.join(target)))
}
