//! Whether a kernel parameter can be written at all. In containers it often can't.

use camino::Utf8Path;

use crate::model::known::{Known, Stop};
use crate::model::query::{FileText, Query};

/// The mounts of the process that reads it, in the order in which they were made.
const MOUNTS: &str = "/proc/self/mounts";

/// Whether a path is on a read-only file system. File modes and access(2) say nothing about `/proc/sys`.
///
/// # Errors
/// An answer is missing.
pub(super) fn is(path: &Utf8Path, known: &Known) -> Result<bool, Stop> {
    known.want([Query::Read(MOUNTS.into())])?;
    let Ok(Some(FileText::Text(mounts))) = known.read(MOUNTS.into()) else { return Ok(false) };
    let over = mounts.lines().filter_map(|line| {
        let mut fields = line.split(' ').skip(1);
        let (point, options) = (fields.next()?, fields.nth(1)?);
        path.starts_with(point).then_some((point.len(), options))
    });
    // The innermost mount; of several at one path, the last.
    let nearest = over.max_by_key(|(length, _)| *length);
    Ok(nearest.is_some_and(|(_, options)| options.split(',').any(|option| option == "ro")))
}
