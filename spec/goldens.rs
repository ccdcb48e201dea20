//! Expected text beside its input: compared, or written anew with `UPDATE_GOLDENS=1`.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

/// Path below `spec/`.
pub fn spec(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("spec").join(path)
}

/// Files with an ending below a folder of `spec/`, sorted.
pub fn files(folder: &str, ending: &str) -> Vec<PathBuf> {
    fn walk(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) {
        let Ok(entries) = fs::read_dir(folder) else { return };
        for entry in entries.flatten() {
            let path = entry.path();
            if path.is_dir() {
                walk(&path, ending, found);
            } else if path.extension().is_some_and(|found| found == ending) {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    walk(&spec(folder), ending, &mut found);
    found.sort();
    found
}

/// Whether goldens are written anew: a variable that is set and empty, or says `0`, asks for nothing.
fn is_wanted(update: Option<&OsStr>) -> bool {
    update.is_some_and(|value| value == "1")
}

/// Compares text with a golden file; with `UPDATE_GOLDENS=1`, writes it instead. A difference comes back as text.
pub fn compare(golden: &Path, actual: &str) -> Option<String> {
    if is_wanted(std::env::var_os("UPDATE_GOLDENS").as_deref()) {
        fs::write(golden, actual).expect("the golden can be written");
        return None;
    }
    let expected = fs::read_to_string(golden).unwrap_or_default();
    if expected == actual {
        return None;
    }
    let diff = similar::TextDiff::from_lines(expected.as_str(), actual);
    Some(format!("{}\n{}", golden.display(), diff.unified_diff().header("expected", "actual")))
}

/// Fails with all differences at once.
pub fn none(differences: &[String]) {
    assert!(
        differences.is_empty(),
        "{} of the cases differ (UPDATE_GOLDENS=1 accepts them):\n\n{}",
        differences.len(),
        differences.join("\n\n")
    );
}

#[test]
fn goldens_are_written_anew_where_the_variable_says_1_alone() {
    assert!(is_wanted(Some(OsStr::new("1"))));
    for update in [None, Some(""), Some("0"), Some("no")] {
        assert!(!is_wanted(update.map(OsStr::new)), "{update:?}");
    }
}
