//! The cookbooks and recipes that are part of the program.

use crate::model::packed::{FOLDERS, PackedFolder};

/// Folder of the recipes, in a project and in the program.
pub(super) const RECIPES: &str = "recipes";
/// Folder of the cookbooks, in a project and in the program.
pub(super) const COOKBOOKS: &str = "cookbooks";

/// Names of the shipped cookbooks, sorted.
pub(super) fn cookbooks() -> Vec<&'static str> {
    let name = |folder: &'static PackedFolder| folder.path.strip_prefix(COOKBOOKS)?.strip_prefix('/');
    FOLDERS.iter().filter_map(name).collect()
}

/// Content of a file such as `cookbooks/nginx/cookbook.toml` or `recipes/hello.lua`.
pub(super) fn file(path: &str) -> Option<&'static [u8]> {
    let (folder, below) = folder_of(path)?;
    folder.file(below)
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
    found.extend(folder.names.iter().filter_map(|path| within(path)));
}

/// Content of all files.
pub(super) fn all() -> Vec<&'static [u8]> {
    let folders = FOLDERS.iter().filter(|folder| is_shipped(folder.path));
    folders.flat_map(|folder| folder.names.iter().filter_map(|name| folder.file(name))).collect()
}

/// The embedded folder that a path is in, and the rest of the path.
fn folder_of(path: &str) -> Option<(&'static PackedFolder, &str)> {
    FOLDERS.iter().filter(|folder| is_shipped(folder.path)).find_map(|folder| {
        match path.strip_prefix(folder.path)? {
            "" => Some((folder, "")),
            rest => Some((folder, rest.strip_prefix('/')?)),
        }
    })
}

fn is_shipped(folder: &str) -> bool {
    folder == RECIPES || folder.strip_prefix(COOKBOOKS).is_some_and(|rest| rest.starts_with('/'))
}
