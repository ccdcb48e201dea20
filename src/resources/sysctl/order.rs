//! The files that set kernel parameters at boot, their order, and what those after ours set.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};

use super::setting::{self, SysctlLine};
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::query::{Answer, FileText, Init, Query};

/// Directories of the files. Of several files with one name only the first is read; all are read in the order of their
/// names.
const DIRECTORIES: [&str; 5] =
    ["/etc/sysctl.d", "/run/sysctl.d", "/usr/local/lib/sysctl.d", "/usr/lib/sysctl.d", "/lib/sysctl.d"];

/// sysctl(8) reads this last. systemd reads it only through a link in the directory.
const LAST: &str = "/etc/sysctl.conf";

/// The queries for the other files.
pub(super) fn observe(directory: &Utf8Path) -> Vec<Query> {
    if !DIRECTORIES.contains(&directory.as_str()) {
        return Vec::new();
    }
    let lists = DIRECTORIES.iter().map(|directory| Query::List((*directory).into()));
    lists.chain([Query::Read(LAST.into())]).collect()
}

/// Fails if another file that is read later at boot sets the parameter to another value. Returns a warning for a file
/// that only `sysctl --system` reads later.
///
/// # Errors
/// The line that sets it, or an answer is missing.
pub(super) fn require_last(
    file: &Utf8Path,
    key: &str,
    value: &str,
    known: &Known,
) -> Result<Option<String>, Stop> {
    let directory = file.parent().unwrap_or(file);
    if !DIRECTORIES.contains(&directory.as_str()) {
        return Ok(None);
    }
    let later = later(file, known)?;
    known.want(later.iter().cloned().map(Query::Read))?;
    let settings = later.iter().filter_map(|path| Some((path, setting::last(text(path, known)?, key)?)));
    if let Some((path, found)) = settings.last().filter(|(_, found)| found.value.as_deref() != Some(value)) {
        return Err(Failure::new(format!("{} at boot, and is read after `{file}`", says(path, &found)))
            .hint("take the line out of it, or let its name stand earlier in the alphabet")
            .into());
    }
    let last = Utf8Path::new(LAST);
    let found = text(last, known).and_then(|text| setting::last(text, key));
    let Some(found) = found.filter(|found| found.value.as_deref() != Some(value)) else { return Ok(None) };
    let says = says(last, &found);
    let host = known.host()?;
    if host.has(Init::Systemd) {
        return Ok(Some(format!("{says}, and `sysctl --system` reads that last: take the line out of it")));
    }
    Err(Failure::new(format!("{says} at boot, and is read last")).hint("take the line out of it").into())
}

fn says(path: &Utf8Path, found: &SysctlLine<'_>) -> String {
    format!("`{path}:{}` says `{}`", found.line, found.text)
}

/// The files that are read after `file`, in order.
fn later(file: &Utf8Path, known: &Known) -> Result<Vec<Utf8PathBuf>, Stop> {
    let own = file.file_name().unwrap_or_default();
    let mut files: BTreeMap<String, Utf8PathBuf> = BTreeMap::new();
    for directory in DIRECTORIES {
        let query = Query::List(directory.into());
        known.want([query.clone()])?;
        let Some(Answer::List(Some(names))) = now(&query, known) else { continue };
        for name in names.iter().filter(|name| is_read(name) && name.as_str() > own) {
            files.entry(name.clone()).or_insert_with(|| Utf8Path::new(directory).join(name));
        }
    }
    // Our own files set other parameters.
    let lead = own.split_inclusive('-').take(2).collect::<String>();
    Ok(files
        .into_values()
        .filter(|path| path.file_name().is_some_and(|name| !name.starts_with(&lead)))
        .collect())
}

/// Whether a file with this name is read at all.
fn is_read(name: &str) -> bool {
    Utf8Path::new(name).extension() == Some("conf")
}

/// The present state of the machine. What a pending change may bring is left to the next run.
fn now<'a>(query: &Query, known: &'a Known) -> Option<&'a Answer> {
    known.now(query).or_else(|| known.peek(query))
}

fn text<'a>(path: &Utf8Path, known: &'a Known) -> Option<&'a str> {
    match now(&Query::Read(path.to_owned()), known) {
        Some(Answer::Read(Some(FileText::Text(text)))) => Some(text),
        _ => None,
    }
}
