//! The source files.

use std::fs;
use std::path::{Path, PathBuf};

/// A source file.
pub struct Source {
    /// Path, relative to the package.
    pub path: String,
    /// First component below `src/`: `cli` for `cli.rs` and all files in `cli/`.
    pub room: String,
    pub text: String,
}

impl Source {
    /// Lines with their numbers, without comments.
    pub fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let numbered = self.text.lines().enumerate().map(|(index, line)| (index + 1, line));
        numbered.filter(|(_, line)| !line.trim_start().starts_with("//"))
    }

    /// Path below `src/`, without extension: `target/local`.
    pub fn inner(&self) -> &str {
        self.path.trim_start_matches("src/").trim_end_matches(".rs")
    }

    /// Whether the file belongs to a door: `target/local` includes `target/local.rs` and all files in `target/local/`.
    pub fn is_behind(&self, door: &str) -> bool {
        let inner = self.inner();
        inner == door || inner.strip_prefix(door).is_some_and(|rest| rest.starts_with('/'))
    }
}

/// All Rust files in a directory, sorted.
pub fn sources(top: &str) -> Vec<Source> {
    let mut paths = Vec::new();
    let mut folders = vec![home().join(top)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                // Skips the build directory.
                folders.extend(Some(path).filter(|folder| !folder.join("CACHEDIR.TAG").exists()));
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                paths.push(path);
            }
        }
    }
    paths.sort();
    paths.into_iter().map(source).collect()
}

fn source(path: PathBuf) -> Source {
    let relative = path.strip_prefix(home()).unwrap();
    let first = relative.components().nth(1).unwrap().as_os_str().to_str().unwrap();
    Source {
        path: relative.to_str().unwrap().to_owned(),
        room: first.trim_end_matches(".rs").to_owned(),
        text: fs::read_to_string(&path).unwrap(),
    }
}

/// The rows of a table in the documentation of src/lib.rs, found by its header.
pub fn table(columns: &str) -> Vec<Vec<String>> {
    let text = fs::read_to_string(home().join("src/lib.rs")).unwrap();
    let mut rows = text.lines().filter_map(|line| line.strip_prefix("//! "));
    assert!(rows.any(|row| row == columns), "src/lib.rs has no table `{columns}`");
    let rows = rows.skip(1).take_while(|row| row.starts_with('|'));
    rows.map(|row| row.trim_matches(['|', ' ']).split(" | ").map(str::to_owned).collect()).collect()
}

/// The names in a cell, without markup.
pub fn listed(cell: &str) -> Vec<String> {
    cell.split(',').map(|name| name.trim().trim_matches(['[', ']', '`']).to_owned()).collect()
}

/// The directory of the package.
pub fn home() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
