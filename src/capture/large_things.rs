//! Directories of programs and data that are too large for a cookbook.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};

use super::left_out;
use super::package_records::PackageRecords;
use crate::model::english::count;
use crate::model::query::{FileKind, Stat};
use crate::model::sorted;

/// Where each directory is one thing, and where only these directories are captured file by file.
const OF_ONE_THING: [&str; 4] = ["/opt", "/srv", "/var/www", "/usr/local"];
/// Directories in `/usr/local` in which people put scripts and settings of their own.
const OF_FILES: [&str; 3] = ["/usr/local/bin", "/usr/local/sbin", "/usr/local/etc"];
/// Largest file that is captured, in bytes.
pub(super) const LARGEST: u64 = 256 << 10;
/// Where a directory of plain files is copied as a whole.
pub(super) const OF_TREES: [&str; 3] = ["/opt", "/srv", "/var/www"];
/// Most files of a thing that is captured.
const MOST_FILES: usize = 40;
/// Most bytes of a thing that is captured.
const MOST_BYTES: u64 = 256 << 10;

/// Most empty directories in one that a person made.
const MOST_SIBLINGS: usize = 12;

/// Most files of a directory that is copied as a whole: it is one resource, and its files are beside the recipes.
const MOST_OF_TREE: usize = 1000;
/// Most bytes of such a directory.
const MOST_BYTES_OF_TREE: u64 = 8 << 20;

/// Things that are too large to be captured file by file.
#[derive(Default)]
pub(super) struct LargeThings {
    /// Those that may be copied as a whole.
    pub(super) trees: BTreeSet<Utf8PathBuf>,
    /// A sentence for each that is left out.
    pub(super) told: Vec<String>,
}

/// Leaves out the things that are too large for a cookbook.
pub(super) fn leave_large(stats: &mut BTreeMap<Utf8PathBuf, Stat>, records: &PackageRecords) -> LargeThings {
    let mut sizes: BTreeMap<Utf8PathBuf, (usize, u64)> = BTreeMap::new();
    for (path, stat) in stats.iter().filter(|(_, stat)| stat.kind == FileKind::File) {
        let counts = left_out::of(path).is_none() && records.owner(path).is_none();
        if let Some(thing) = thing_of(path).filter(|_| counts) {
            let (files, bytes) = sizes.entry(thing.to_owned()).or_default();
            *files += 1;
            *bytes += stat.size;
        }
    }
    sizes.retain(|_, (files, bytes)| *files > MOST_FILES || *bytes > MOST_BYTES);
    let fits = |size: &(usize, u64)| size.0 <= MOST_OF_TREE && size.1 <= MOST_BYTES_OF_TREE;
    let trees = sizes.iter().filter(|(thing, size)| fits(size) && is_plain(thing, stats));
    let trees: BTreeSet<Utf8PathBuf> = sorted::collected(trees.map(|(thing, _)| thing.clone()));
    sizes.retain(|thing, _| !trees.contains(thing));
    stats.retain(|path, _| thing_of(path).is_none_or(|thing| !sizes.contains_key(thing)));
    let told = sizes.iter().map(|(path, (files, bytes))| {
        let size = match bytes >> 20 {
            0 => count(usize::try_from(bytes >> 10).unwrap_or(usize::MAX), "kilobyte"),
            megabytes => count(usize::try_from(megabytes).unwrap_or(usize::MAX), "megabyte"),
        };
        format!("`{path}` is left out for its size: {} of no package, {size}", count(*files, "file"))
    });
    LargeThings { told: told.collect(), trees }
}

/// Whether something has a usual mode, and the owner of the directory that it is in.
pub(super) fn is_usual(stat: &Stat, top: &Stat) -> bool {
    let is_usual = match stat.kind {
        FileKind::Directory => stat.mode == 0o755,
        FileKind::File => stat.mode == 0o644 && stat.size <= LARGEST,
        FileKind::Link | FileKind::Other => false,
    };
    is_usual && stat.uid == top.uid && stat.gid == top.gid
}

/// Whether a directory may be copied as a whole, as far as owners, modes and sizes tell it.
fn is_plain(top: &Utf8Path, stats: &BTreeMap<Utf8PathBuf, Stat>) -> bool {
    let is_usual =
        |first: &Stat| stats.iter().all(|(path, stat)| !path.starts_with(top) || is_usual(stat, first));
    OF_TREES.iter().any(|place| top.starts_with(place)) && stats.get(top).is_some_and(is_usual)
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

/// A directory above a path.
type Above = fn(&Utf8Path) -> Option<&Utf8Path>;

/// Directories of programs and data without a file: they have to be there for uploads and logs. Not those that are many,
/// which a program makes. `declared` are those above captured files.
pub(super) fn empty_directories(
    stats: &BTreeMap<Utf8PathBuf, Stat>,
    declared: &BTreeSet<Utf8PathBuf>,
    is_free: &dyn Fn(&Utf8Path) -> bool,
) -> Vec<Utf8PathBuf> {
    // What is in order behind a directory is in it, as long as it begins like that.
    let has_file = |top: &Utf8PathBuf| {
        let mut inside = stats.range(top.clone()..).take_while(|(path, _)| path.starts_with(top));
        inside.any(|(_, stat)| stat.kind == FileKind::File)
    };
    let is_empty = |path: &&Utf8PathBuf| {
        OF_TREES.iter().any(|place| path.starts_with(place))
            && !declared.contains(*path)
            && is_free(path)
            && !has_file(path)
    };
    let mut empty: Vec<&Utf8PathBuf> = stats.keys().filter(is_empty).collect();
    let limits: [(usize, Above); 2] = [(MOST_SIBLINGS, |path| path.parent()), (MOST_FILES, thing_of)];
    for (most, of) in limits {
        let mut sizes: BTreeMap<Option<&Utf8Path>, usize> = BTreeMap::new();
        for path in &empty {
            *sizes.entry(of(path)).or_default() += 1;
        }
        empty.retain(|path| sizes.get(&of(path)).is_some_and(|size| *size <= most));
    }
    empty.into_iter().cloned().collect()
}
