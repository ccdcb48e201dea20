//! A requirements file and the files that it includes.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};

use crate::model::content::{sha256, without_dots};
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::query::{FileText, Query};

/// SHA-256 over the names and contents of the file and of all files that it includes with `-r` and `-c`.
///
/// # Errors
/// A file is missing, not text, or not known yet.
pub(super) fn digest(file: Option<&Utf8Path>, known: &Known) -> Result<Option<String>, Stop> {
    let Some(file) = file else { return Ok(None) };
    let mut seen: BTreeMap<Utf8PathBuf, String> = BTreeMap::new();
    let mut open = vec![file.to_owned()];
    while !open.is_empty() {
        known.want(open.iter().cloned().map(Query::Read))?;
        let mut next = Vec::new();
        for path in open {
            let text = text(&path, file, known)?;
            next.extend(options(text, &path, &["--requirement", "--constraint", "-r", "-c"]));
            seen.insert(path, sha256(text.as_bytes()));
        }
        next.retain(|path| !seen.contains_key(path));
        open = next;
    }
    let lines: Vec<String> = seen.iter().map(|(path, digest)| format!("{digest} {path}\n")).collect();
    Ok(Some(sha256(lines.concat().as_bytes())))
}

/// The lines that name packages, in the file and in those that it includes with `-r`.
///
/// # Errors
/// See [`digest`].
pub(super) fn entries(file: Option<&Utf8Path>, known: &Known) -> Result<Vec<String>, Stop> {
    let Some(file) = file else { return Ok(Vec::new()) };
    let mut seen: Vec<Utf8PathBuf> = Vec::new();
    let mut open = vec![file.to_owned()];
    let mut entries = Vec::new();
    while let Some(path) = open.pop() {
        if seen.contains(&path) {
            continue;
        }
        // A backslash at the end continues the line.
        let text = text(&path, file, known)?.replace("\\\n", " ");
        open.extend(options(&text, &path, &["--requirement", "-r"]));
        entries.extend(text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned));
        seen.push(path);
    }
    Ok(entries)
}

fn text<'a>(path: &Utf8Path, first: &Utf8Path, known: &'a Known) -> Result<&'a str, Stop> {
    match known.read(path)? {
        Some(FileText::Text(text)) => Ok(text),
        Some(FileText::Binary) => Err(Failure::new(format!("`{path}` is not text that pip can read")).into()),
        None if path == first => Err(Failure::new(format!("the requirements file `{path}` is not there"))
            .hint("bring it before this resource, for example with `git` or `file`")
            .into()),
        None => Err(Failure::new(format!("`{first}` names `{path}`, which does not exist")).into()),
    }
}

/// The local files that a requirements file includes with one of these options.
fn options(text: &str, path: &Utf8Path, options: &[&str]) -> Vec<Utf8PathBuf> {
    let option = |line: &str| {
        options.iter().find_map(|option| {
            let rest = line.strip_prefix(option)?;
            let separated = !option.starts_with("--") || rest.starts_with([' ', '\t', '=']);
            separated.then(|| rest.trim_start_matches([' ', '\t', '=']).to_owned())
        })
    };
    text.lines()
        .filter_map(|line| option(line.trim_start()))
        .filter_map(|rest| rest.split_whitespace().next().map(str::to_owned))
        .filter(|name| !name.contains("://"))
        .map(|name| without_dots(&path.parent().unwrap_or(path).join(name)))
        .collect()
}
