//! The cookbooks and recipes embedded in the program.

use include_dir::{Dir, include_dir};

use super::path::join;

/// Folder of the recipes, in a project and in the program.
pub(super) const RECIPES: &str = "recipes";
/// Folder of the cookbooks, in a project and in the program.
pub(super) const COOKBOOKS: &str = "cookbooks";

static RECIPE_FILES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/recipes");
static COOKBOOK_FILES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/cookbooks");

/// Names of the shipped cookbooks, sorted.
pub(super) fn cookbooks() -> Vec<&'static str> {
    let mut names: Vec<&str> = COOKBOOK_FILES.dirs().filter_map(|found| found.path().to_str()).collect();
    names.sort_unstable();
    names
}

/// Content of a file such as `cookbooks/nginx/cookbook.toml` or `recipes/hello.lua`.
pub(super) fn file(path: &str) -> Option<&'static [u8]> {
    let (files, below) = area(path)?;
    files.get_file(below).map(include_dir::File::contents)
}

/// Whether the path is a directory.
pub(super) fn is_directory(path: &str) -> bool {
    area(path).is_some_and(|(files, below)| below.is_empty() || files.get_dir(below).is_some())
}

/// Adds the paths of all files below a folder, relative to it.
pub(super) fn list(folder: &str, found: &mut Vec<String>) {
    let Some((files, below)) = area(folder) else {
        return;
    };
    let directory = if below.is_empty() { Some(files) } else { files.get_dir(below) };
    if let Some(directory) = directory {
        walk(directory, "", found);
    }
}

/// Content of all files.
pub(super) fn all() -> Vec<&'static [u8]> {
    [RECIPES, COOKBOOKS]
        .iter()
        .flat_map(|folder| {
            let mut names = Vec::new();
            list(folder, &mut names);
            names.into_iter().filter_map(move |name| file(&join(folder, &name)))
        })
        .collect()
}

fn walk(directory: &'static Dir<'static>, prefix: &str, found: &mut Vec<String>) {
    for file in directory.files() {
        if let Some(name) = file.path().file_name().and_then(|name| name.to_str()) {
            found.push(join(prefix, name));
        }
    }
    for inner in directory.dirs() {
        if let Some(name) = inner.path().file_name().and_then(|name| name.to_str()) {
            walk(inner, &join(prefix, name), found);
        }
    }
}

/// The embedded folder that a path begins with, and the rest of the path.
fn area(path: &str) -> Option<(&'static Dir<'static>, &str)> {
    let (first, below) = path.split_once('/').unwrap_or((path, ""));
    match first {
        RECIPES => Some((&RECIPE_FILES, below)),
        COOKBOOKS => Some((&COOKBOOK_FILES, below)),
        _ => None,
    }
}
