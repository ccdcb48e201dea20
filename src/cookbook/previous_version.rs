//! The version of a cookbook before the one in a directory: the newest tag of its repository that is older.

use camino::{Utf8Path, Utf8PathBuf};

use super::cache::CacheDirectory;
use super::git::GitClone;
use super::range::is_newer;
use super::shared_origin::{GitOrigin, GitPick};
use super::tagged_version::versions;
use super::tree_sum::sum;
use crate::model::error::Diagnostic;

/// An earlier version, with its files.
#[derive(Debug)]
pub struct PreviousVersion {
    pub version: String,
    pub tag: String,
    /// The files, in the cache.
    pub directory: Utf8PathBuf,
}

/// What the tags of the repository say of a version.
#[derive(Debug, Default)]
pub struct TaggedVersions {
    /// The tag of the version itself, if there is one, and the sum of its files.
    pub own: Option<(String, String)>,
    pub previous: Option<PreviousVersion>,
}

/// Looks at the tags of the repository that contains the directory of a cookbook. None if there is no repository.
///
/// # Errors
/// Git is not installed, or a version can't be read.
pub fn tagged_versions(
    directory: &Utf8Path,
    name: &str,
    version: &str,
) -> Result<Option<TaggedVersions>, Diagnostic> {
    let cache = CacheDirectory::of_user()?;
    let Some((clone, subdirectory)) = GitClone::around(&cache, directory)? else { return Ok(None) };
    let origin = GitOrigin { url: directory.to_string(), subdirectory, pick: GitPick::Version };
    let mut found = TaggedVersions::default();
    for tagged in versions(name, &origin, &clone.names()?) {
        if tagged.version == version {
            let files = clone.files(&tagged.commit, &origin.subdirectory)?;
            found.own = Some((tagged.tag, sum(&files)));
        } else if is_newer(version, &tagged.version) {
            let sum = cache.put(&clone.files(&tagged.commit, &origin.subdirectory)?)?;
            let directory = cache.tree(&sum);
            found.previous = Some(PreviousVersion { version: tagged.version, tag: tagged.tag, directory });
            break;
        }
    }
    Ok(Some(found))
}
