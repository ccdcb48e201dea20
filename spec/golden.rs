//! Expected texts on disk. `UPDATE_GOLDENS=1 cargo test` writes what came out; review it as a diff.

use std::fs;
use std::path::{Path, PathBuf};

use similar::TextDiff;

/// A path below `spec/`.
pub(crate) fn spec(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("spec").join(path)
}

/// Compares a text with the golden at a path below `spec/`, or writes it there. What differs comes back as a diff.
pub(crate) fn compare(path: &str, actual: &str) -> Result<(), String> {
    let golden = spec(path);
    if std::env::var_os("UPDATE_GOLDENS").is_some() {
        fs::create_dir_all(golden.parent().unwrap()).unwrap();
        fs::write(&golden, actual).unwrap();
        return Ok(());
    }
    let expected = fs::read_to_string(&golden).unwrap_or_default();
    if expected == actual {
        return Ok(());
    }
    let diff = TextDiff::from_lines(expected.as_str(), actual);
    Err(format!("{path} differs\n{}", diff.unified_diff().header("expected", "actual")))
}

/// Fails with all differences at once.
pub(crate) fn settle(results: impl IntoIterator<Item = Result<(), String>>) {
    let wrong: Vec<String> = results.into_iter().filter_map(Result::err).collect();
    assert!(wrong.is_empty(), "{}\nrefresh with UPDATE_GOLDENS=1\n", wrong.join("\n"));
}

/// Names of the files in a folder below `spec/` that end so, without the ending, sorted.
pub(crate) fn cases(folder: &str, ending: &str) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(spec(folder))
        .unwrap()
        .filter_map(|entry| Some(entry.unwrap().file_name().to_str()?.strip_suffix(ending)?.to_owned()))
        .collect();
    names.sort();
    assert!(!names.is_empty(), "no case in {folder}");
    names
}
