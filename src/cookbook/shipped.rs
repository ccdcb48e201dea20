//! The cookbooks and recipes embedded in the program, each folder packed as `.cargo/build.rs` does it.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::sync::OnceLock;

use flate2::bufread::GzDecoder;

/// Folder of the recipes, in a project and in the program.
pub(super) const RECIPES: &str = "recipes";
/// Folder of the cookbooks, in a project and in the program.
pub(super) const COOKBOOKS: &str = "cookbooks";

// `FOLDERS`: the recipes, and each cookbook, sorted.
include!(concat!(env!("OUT_DIR"), "/shipped.rs"));

/// A folder with files: `recipes`, or a cookbook.
struct Folder {
    path: &'static str,
    archive: &'static [u8],
    /// By their paths in it. It is unpacked when the first of them is asked for.
    files: OnceLock<BTreeMap<String, Vec<u8>>>,
}

impl Folder {
    const fn new(path: &'static str, archive: &'static [u8]) -> Self {
        Self { path, archive, files: OnceLock::new() }
    }

    fn files(&self) -> &BTreeMap<String, Vec<u8>> {
        self.files.get_or_init(|| match unpacked(self.archive) {
            Ok(files) => files,
            Err(error) => unreachable!("the files of {} in this program are damaged: {error}", self.path),
        })
    }
}

fn unpacked(archive: &[u8]) -> io::Result<BTreeMap<String, Vec<u8>>> {
    let mut archive = tar::Archive::new(GzDecoder::new(archive));
    let mut files = BTreeMap::new();
    for entry in archive.entries()? {
        let mut entry = entry?;
        let path = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes)?;
        files.insert(path, bytes);
    }
    Ok(files)
}

/// Names of the shipped cookbooks, sorted.
pub(super) fn cookbooks() -> Vec<&'static str> {
    let name = |folder: &'static Folder| folder.path.strip_prefix(COOKBOOKS)?.strip_prefix('/');
    FOLDERS.iter().filter_map(name).collect()
}

/// Content of a file such as `cookbooks/nginx/cookbook.toml` or `recipes/hello.lua`.
pub(super) fn file(path: &str) -> Option<&'static [u8]> {
    let (folder, below) = folder_of(path)?;
    folder.files().get(below).map(Vec::as_slice)
}

/// Whether the path is a directory.
pub(super) fn is_directory(path: &str) -> bool {
    let mut found = Vec::new();
    list(path, &mut found);
    !found.is_empty()
}

/// Adds the paths of all files below a directory, relative to it.
pub(super) fn list(directory: &str, found: &mut Vec<String>) {
    let Some((folder, below)) = folder_of(directory) else {
        return;
    };
    let within = |path: &str| {
        if below.is_empty() {
            return Some(path.to_owned());
        }
        Some(path.strip_prefix(below)?.strip_prefix('/')?.to_owned())
    };
    found.extend(folder.files().keys().filter_map(|path| within(path)));
}

/// Content of all files.
pub(super) fn all() -> Vec<&'static [u8]> {
    FOLDERS.iter().flat_map(|folder| folder.files().values()).map(Vec::as_slice).collect()
}

/// The embedded folder that a path is in, and the rest of the path.
fn folder_of(path: &str) -> Option<(&'static Folder, &str)> {
    FOLDERS.iter().find_map(|folder| match path.strip_prefix(folder.path)? {
        "" => Some((folder, "")),
        rest => Some((folder, rest.strip_prefix('/')?)),
    })
}
