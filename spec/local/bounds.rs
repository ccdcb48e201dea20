//! What others made may be as large and as deep as they like: it costs no more than it must.

use std::os::unix::fs::MetadataExt as _;

use chefrs::model::query::{Answer, Query};
use chefrs::model::step::{Attributes, Fetch, Step, WriteFile};
use rustix::fs::{CWD, Mode, OFlags};

use super::{Ground, file};

/// Makes directories in each other, so deep that no path names the innermost; a file lies in each hundredth.
fn deep(ground: &Ground, depth: usize) -> camino::Utf8PathBuf {
    let top = ground.path("deep");
    std::fs::create_dir(&top).unwrap();
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let mut dir = rustix::fs::openat(CWD, top.as_std_path(), flags, Mode::empty()).unwrap();
    for level in 0..depth {
        if level % 100 == 0 {
            rustix::fs::openat(&dir, "file", OFlags::WRONLY | OFlags::CREATE, Mode::from_raw_mode(0o600))
                .unwrap();
        }
        rustix::fs::mkdirat(&dir, "d", Mode::from_raw_mode(0o700)).unwrap();
        dir = rustix::fs::openat(&dir, "d", flags, Mode::empty()).unwrap();
    }
    top
}

#[test]
fn a_tree_of_any_depth_is_removed() {
    for depth in [1000, 19_000] {
        let mut ground = Ground::new();
        let path = deep(&ground, depth);
        ground.apply(&Step::Remove { path: path.clone(), recursive: true, backup: 0 }).unwrap();
        assert!(!path.exists());
    }
}

fn hole(ground: &Ground, name: &str, size: u64) -> camino::Utf8PathBuf {
    let path = ground.put(name, "begin");
    std::fs::File::options().write(true).open(&path).unwrap().set_len(size).unwrap();
    path
}

#[test]
fn holes_stay_holes_in_backups_and_copies() {
    let mut ground = Ground::new();
    let path = hole(&ground, "a", 100 << 20);
    let fetch = Fetch {
        urls: vec![format!("file://{path}")],
        path: ground.path("copy"),
        checksum: None,
        headers: std::collections::BTreeMap::new(),
        attributes: Attributes::default(),
        backup: 0,
        timeout: 100,
        size_limit: 0,
        ..Fetch::default()
    };
    ground.apply(&Step::Fetch(fetch)).unwrap();
    ground.apply(&Step::WriteFile(WriteFile { backup: 1, ..file(&path, "new") })).unwrap();
    let kept = ground.path(&format!("state/backup{path}.~1~"));
    for copy in [ground.path("copy"), kept] {
        let found = std::fs::metadata(&copy).unwrap();
        assert_eq!(found.len(), 100 << 20, "{copy}");
        assert!(found.blocks() * 512 < 1 << 20, "{copy} takes {} blocks", found.blocks());
        let Answer::Digest(Some(digest)) = ground.ask(Query::Digest(copy)) else { panic!("no digest") };
        let mut bytes = vec![0; 100 << 20];
        bytes[..5].copy_from_slice(b"begin");
        assert_eq!(digest, chefrs::model::content::sha256(&bytes));
    }
}

#[test]
fn of_a_file_that_is_too_large_no_copy_is_kept() {
    let mut ground = Ground::new();
    let path = hole(&ground, "a", 2 << 30);
    ground.apply(&Step::WriteFile(WriteFile { backup: 5, ..file(&path, "new") })).unwrap();
    assert_eq!(ground.text("a"), "new");
    assert!(!ground.path("state").exists());
}
