//! Archives, unpacked below a directory in memory: all or nothing, and nothing beside it.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Component, Path};

use chefrs::model::step::{Attributes, Step, Unpack};
use chefrs::target::Target as _;
use chefrs::target::local::Local;

use super::ground::Ground;

/// Bytes that the archive may grow to.
const SIZE: u64 = 4 << 20;

/// Unpacks one; the first byte says how many directories are left out.
pub fn archive(data: &[u8]) {
    let Some((first, archive)) = data.split_first() else { return };
    let ground = Ground::new();
    ground.write("archive", archive);
    ground.write("beside", "as it was");
    let step = Unpack {
        archive: ground.path("archive"),
        checksum: None,
        destination: ground.path("to"),
        strip_components: u32::from(first % 3),
        attributes: Attributes::default(),
        replace: false,
        size_limit: SIZE,
        mark: None,
    };
    let unpacked = Local::new().apply(&Step::Unpack(step), &mut |_| {});
    let mut names: Vec<_> = fs::read_dir(ground.path(""))
        .expect("it is there")
        .map(|entry| entry.expect("it is read").file_name())
        .collect();
    names.sort();
    let there: &[&str] = if unpacked.is_ok() { &["archive", "beside", "to"] } else { &["archive", "beside"] };
    assert_eq!(names, there, "{unpacked:?}");
    assert_eq!(fs::read_to_string(ground.path("beside")).expect("it is there"), "as it was");
    if unpacked.is_ok() {
        let size = tame(ground.path("to").as_std_path(), 0);
        assert!(size <= SIZE, "{size} bytes");
    }
}

/// Files, directories, and links that lead nowhere else; gives the bytes of all of them.
fn tame(directory: &Path, depth: usize) -> u64 {
    let mut size = 0;
    for entry in fs::read_dir(directory).expect("it is there") {
        let path = entry.expect("it is read").path();
        let found = fs::symlink_metadata(&path).expect("it is there");
        if found.is_symlink() {
            let to = fs::read_link(&path).expect("it is a link");
            let ups = to.components().filter(|part| *part == Component::ParentDir).count();
            assert!(to.is_relative() && ups <= depth, "{} leads to {}", path.display(), to.display());
            continue;
        }
        assert!(found.is_dir() || found.is_file(), "{}", path.display());
        assert_eq!(found.mode() & 0o7022, 0, "{} has mode {:o}", path.display(), found.mode());
        size += if found.is_dir() { tame(&path, depth + 1) } else { found.len() };
    }
    size
}
