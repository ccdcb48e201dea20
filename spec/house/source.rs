//! The files of the house.

use std::fs;
use std::path::{Path, PathBuf};

/// A file of the house.
pub struct Source {
    /// Relative to the package.
    pub path: String,
    /// First name below `src/`: `cli` for `cli.rs` and all below `cli/`.
    pub room: String,
    pub text: String,
}

impl Source {
    /// Its lines by number, without those that are comments.
    pub fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let numbered = self.text.lines().enumerate().map(|(index, line)| (index + 1, line));
        numbered.filter(|(_, line)| !line.trim_start().starts_with("//"))
    }

    /// Its path below `src/` without the ending: `target/local`.
    pub fn inner(&self) -> &str {
        self.path.trim_start_matches("src/").trim_end_matches(".rs")
    }

    /// Whether it is the door named: `target/local` for `target/local.rs` and all below `target/local/`.
    pub fn is_behind(&self, door: &str) -> bool {
        let inner = self.inner();
        inner == door || inner.strip_prefix(door).is_some_and(|rest| rest.starts_with('/'))
    }
}

/// All Rust files below a folder, sorted.
pub fn sources(top: &str) -> Vec<Source> {
    let mut paths = Vec::new();
    let mut folders = vec![home().join(top)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                // What cargo has built is not written here.
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

/// The rows of a table in the head of src/lib.rs, by the words above its columns; cells without their marks.
pub fn table(columns: &str) -> Vec<Vec<String>> {
    let text = fs::read_to_string(home().join("src/lib.rs")).unwrap();
    let mut rows = text.lines().filter_map(|line| line.strip_prefix("//! "));
    assert!(rows.any(|row| row == columns), "src/lib.rs has no table `{columns}`");
    let rows = rows.skip(1).take_while(|row| row.starts_with('|'));
    rows.map(|row| row.trim_matches(['|', ' ']).split(" | ").map(str::to_owned).collect()).collect()
}

/// A list of names in a cell, without their marks.
pub fn listed(cell: &str) -> Vec<String> {
    cell.split(',').map(|name| name.trim().trim_matches(['[', ']', '`']).to_owned()).collect()
}

/// The package.
pub fn home() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
