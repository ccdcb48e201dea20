//! Directories of programs and data that are too large for a cookbook.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};

use super::left_out;
use crate::model::english::count;
use crate::model::query::{FileKind, Stat};

/// Where each directory is one thing, and where only these directories are captured file by file.
const OF_ONE_THING: [&str; 4] = ["/opt", "/srv", "/var/www", "/usr/local"];
/// Directories in `/usr/local` in which people put scripts and settings of their own.
const OF_FILES: [&str; 3] = ["/usr/local/bin", "/usr/local/sbin", "/usr/local/etc"];
/// Most files of a thing that is captured.
const MOST_FILES: usize = 40;
/// Most bytes of a thing that is captured.
const MOST_BYTES: u64 = 256 << 10;

/// Leaves out the things that are too large for a cookbook. Returns a sentence for each.
pub(super) fn leave_large(stats: &mut BTreeMap<Utf8PathBuf, Stat>) -> Vec<String> {
    let mut sizes: BTreeMap<Utf8PathBuf, (usize, u64)> = BTreeMap::new();
    for (path, stat) in stats.iter().filter(|(_, stat)| stat.kind == FileKind::File) {
        if let Some(thing) = thing_of(path).filter(|_| left_out::of(path).is_none()) {
            let (files, bytes) = sizes.entry(thing.to_owned()).or_default();
            *files += 1;
            *bytes += stat.size;
        }
    }
    sizes.retain(|_, (files, bytes)| *files > MOST_FILES || *bytes > MOST_BYTES);
    stats.retain(|path, _| thing_of(path).is_none_or(|thing| !sizes.contains_key(thing)));
    let told = sizes.iter().map(|(path, (files, bytes))| {
        let size = match bytes >> 20 {
            0 => count(usize::try_from(bytes >> 10).unwrap_or(usize::MAX), "kilobyte"),
            megabytes => count(usize::try_from(megabytes).unwrap_or(usize::MAX), "megabyte"),
        };
        format!("`{path}` is left out for its size: {} of no package, {size}", count(*files, "file"))
    });
    told.collect()
}

/// The directory, or the file, that a path belongs to as a whole.
pub(super) fn thing_of(path: &Utf8Path) -> Option<&Utf8Path> {
    let place = OF_ONE_THING.into_iter().find(|place| path.starts_with(place) && path != *place)?;
    let depth = Utf8Path::new(place).components().count() + 1;
    let thing = path.ancestors().find(|above| above.components().count() == depth)?;
    if !OF_FILES.contains(&thing.as_str()) {
        return Some(thing);
    }
    path.ancestors().find(|above| above.components().count() == depth + 1)
}
