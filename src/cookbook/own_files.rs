//! The files of a cookbook that one works on: what would be published of its directory.

use camino::Utf8Path;

use super::cache::CacheDirectory;
use super::git::GitClone;
use super::source::{is_executable, plain, read};
use super::tree_sum::{BYTES, FILES, SharedFile, files_of_directory, misfit_name, sum, too_much};
use crate::model::error::Diagnostic;
use crate::model::sorted;

/// The files, and what differs from the last commit.
#[derive(Debug)]
pub struct OwnFiles {
    pub(super) files: Vec<SharedFile>,
    /// Their sum.
    pub sum: String,
    /// Files that are not committed as they are. Empty without a repository.
    pub uncommitted: Vec<String>,
}

impl OwnFiles {
    /// Path and size in bytes of each, by path.
    pub fn sizes(&self) -> impl Iterator<Item = (&str, usize)> {
        self.files.iter().map(|file| (file.path.as_str(), file.bytes.len()))
    }

    /// The content of a file.
    #[must_use]
    pub fn bytes(&self, path: &str) -> Option<&[u8]> {
        self.files.iter().find(|file| file.path == path).map(|file| file.bytes.as_slice())
    }
}

/// Reads them: in a git repository those that git knows, else all.
///
/// # Errors
/// One can't be part of a cookbook, as a link, or can't be read.
pub fn own_files(directory: &Utf8Path) -> Result<OwnFiles, Diagnostic> {
    let cache = CacheDirectory::of_user()?;
    let refused = |why: String| {
        Diagnostic::error(format!("the cookbook in `{directory}` can't be shared: {why}"))
            .hint("a cookbook has regular files alone, at most 5000 and 32 MiB")
    };
    let mut uncommitted = Vec::new();
    let mut files = match GitClone::around(&cache, directory)? {
        None => files_of_directory(directory).map_err(refused)?,
        Some((clone, _)) => {
            uncommitted = clone.uncommitted(directory)?;
            known_files(directory, clone.known_files(directory)?).map_err(refused)?
        }
    };
    sorted::sort_by(&mut files, |one, other| one.path.cmp(&other.path));
    if let Some(why) = misfit_name(files.iter().map(|file| file.path.as_str())) {
        return Err(refused(why));
    }
    Ok(OwnFiles { sum: sum(&files), files, uncommitted })
}

fn known_files(directory: &Utf8Path, paths: Vec<String>) -> Result<Vec<SharedFile>, String> {
    let mut files = Vec::new();
    let mut size = 0;
    for path in paths {
        let place = directory.join(&path);
        let unreadable = |error: &std::io::Error| format!("`{path}` can't be read: {}", plain(error));
        let metadata = place.symlink_metadata().map_err(|error| unreadable(&error))?;
        if !metadata.is_file() {
            return Err(format!("`{path}` is not a regular file"));
        }
        size += metadata.len();
        if size > BYTES || files.len() >= FILES {
            return Err(too_much());
        }
        let bytes = read(&place, BYTES + 1).map_err(|error| unreadable(&error))?;
        files.push(SharedFile { path, executable: is_executable(&metadata), bytes });
    }
    Ok(files)
}
