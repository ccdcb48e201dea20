//! The sum of a cookbook's files, `h1`: the same wherever they come from.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use camino::Utf8Path;

use super::path::join;
use super::source::{is_executable, plain, read};
use crate::model::content::sha256;
use crate::model::sorted;

/// Most files of a cookbook.
pub(super) const FILES: usize = 5000;
/// Most bytes of a cookbook.
pub(super) const BYTES: u64 = 32 << 20;
/// Name of the way to sum, before the digits.
pub(super) const FORM: &str = "h1:sha256:";

/// A file of a cookbook.
#[derive(Debug)]
pub struct SharedFile {
    pub path: String,
    pub executable: bool,
    pub bytes: Vec<u8>,
}

/// The sum of files: a line for each, sorted by path, and the SHA-256 of all lines.
pub(super) fn sum(files: &[SharedFile]) -> String {
    let line = |file: &SharedFile| (file.path.clone(), (file.executable, sha256(&file.bytes)));
    sum_of_lines(&sorted::collected(files.iter().map(line)))
}

fn sum_of_lines(lines: &BTreeMap<String, (bool, String)>) -> String {
    let mut text = String::new();
    for (path, (executable, digest)) in lines {
        // Writing to a string does not fail.
        let _ = writeln!(text, "{} {digest} {path}", if *executable { 'x' } else { '-' });
    }
    format!("{FORM}{}", sha256(text.as_bytes()))
}

/// Why names can't be those of a cookbook's files.
pub(super) fn misfit_name<'a>(paths: impl Iterator<Item = &'a str>) -> Option<String> {
    let mut seen = BTreeMap::<String, &str>::new();
    for path in paths {
        let is_odd = |part: &str| matches!(part, "" | "." | "..") || part.eq_ignore_ascii_case(".git");
        if path.split('/').any(is_odd) || path.contains(char::is_control) {
            return Some(format!("the name `{}` is refused", path.escape_debug()));
        }
        // Directories count too: `A/x` and `a/y` would be mixed on some file systems.
        let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
        for end in ends {
            let whole = &path[..end];
            let first = *seen.entry(whole.to_lowercase()).or_insert(whole);
            if first != whole {
                return Some(format!("`{first}` and `{whole}` are equal but for case"));
            }
        }
    }
    None
}

/// The sum of a directory. The error is why it has none.
pub(super) fn sum_of_directory(root: &Utf8Path) -> Result<String, String> {
    let mut lines = BTreeMap::new();
    each_file(root, &mut |file| drop(lines.insert(file.path, (file.executable, sha256(&file.bytes)))))?;
    Ok(sum_of_lines(&lines))
}

/// The files of a directory. The error is why it has none.
pub(super) fn files_of_directory(root: &Utf8Path) -> Result<Vec<SharedFile>, String> {
    let mut files = Vec::new();
    each_file(root, &mut |file| files.push(file))?;
    Ok(files)
}

fn each_file(root: &Utf8Path, take: &mut dyn FnMut(SharedFile)) -> Result<(), String> {
    let unreadable = |error: &std::io::Error| format!("`{root}` can't be read: {}", plain(error));
    let (mut count, mut size) = (0, 0);
    let mut waiting = vec![String::new()];
    while let Some(prefix) = waiting.pop() {
        for entry in root.join(&prefix).read_dir_utf8().map_err(|error| unreadable(&error))? {
            let entry = entry.map_err(|error| unreadable(&error))?;
            let path = join(&prefix, entry.file_name());
            let metadata = fs::symlink_metadata(entry.path()).map_err(|error| unreadable(&error))?;
            if metadata.is_dir() {
                waiting.push(path);
                continue;
            }
            if !metadata.is_file() {
                return Err(format!("`{path}` is not a regular file"));
            }
            count += 1;
            size += metadata.len();
            if size > BYTES || count > FILES {
                return Err(too_much());
            }
            let bytes = read(entry.path(), BYTES + 1).map_err(|error| unreadable(&error))?;
            take(SharedFile { path, executable: is_executable(&metadata), bytes });
        }
    }
    Ok(())
}

/// The sentence for a cookbook beyond the limits.
pub(super) fn too_much() -> String {
    format!("it has more than {FILES} files or {} MiB", BYTES >> 20)
}
