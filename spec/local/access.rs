//! Access control lists: told, gone where a mode is said, handed on where nothing is.

use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};

use camino::Utf8Path;
use chefrs::model::query::{AccessList, Answer, Query};
use chefrs::model::step::{Attributes, Step, WriteFile};
use rustix::fs::XattrFlags;

use super::{Ground, file};

use crate::skipped::{is_root, skip_anywhere};

const NOBODY: u32 = 65534;

/// A list as the kernel takes it: the owner, one user, the group, the mask, others.
fn list(user: u16, group: u16, mask: u16) -> Vec<u8> {
    let all = u32::MAX;
    let entries = [(1, 6, all), (2, user, NOBODY), (4, group, all), (0x10, mask, all), (0x20, 0, all)];
    let mut bytes = 2_u32.to_le_bytes().to_vec();
    for (tag, rights, id) in entries {
        bytes.extend(u16::to_le_bytes(tag));
        bytes.extend(u16::to_le_bytes(rights));
        bytes.extend(u32::to_le_bytes(id));
    }
    bytes
}

/// Whether the file system of the specs has lists; not all do.
fn put(path: &Utf8Path, name: &str, list: &[u8]) -> bool {
    match rustix::fs::setxattr(path.as_std_path(), name, list, XattrFlags::empty()) {
        Ok(()) => true,
        Err(rustix::io::Errno::NOTSUP) => {
            skip_anywhere("no access control lists here");
            false
        }
        Err(errno) => panic!("{path}: {errno}"),
    }
}

const ACCESS: &str = "system.posix_acl_access";
const DEFAULT: &str = "system.posix_acl_default";

fn told(ground: &mut Ground, path: &Utf8Path) -> (u32, Option<AccessList>) {
    let Answer::Stat(Some(stat)) = ground.ask(Query::Stat(path.to_owned())) else { panic!("no stat") };
    (stat.mode, stat.access.map(|list| *list))
}

fn grants(grant: &str, mode: u32) -> AccessList {
    AccessList { grants: vec![grant.to_owned()], mode }
}

fn mode(mode: u32) -> Attributes {
    Attributes { mode: Some(mode), ..Attributes::default() }
}

#[test]
fn whom_a_list_lets_in_is_told_with_the_mode_that_is_left_without_it() {
    let mut ground = Ground::new();
    let path = ground.put("d/a", "x");
    let directory = ground.path("d");
    if !put(&path, ACCESS, &list(7, 4, 6)) || !put(&directory, DEFAULT, &list(7, 5, 7)) {
        return;
    }
    assert_eq!(told(&mut ground, &path), (0o660, Some(grants("user nobody rw", 0o640))));
    assert_eq!(told(&mut ground, &directory).1.unwrap().grants, ["default user nobody rwx"]);
    let plain = ground.put("b", "x");
    assert_eq!(told(&mut ground, &plain).1, None);
}

#[test]
fn a_declared_mode_takes_the_list_away() {
    let mut ground = Ground::new();
    for name in ["attributes", "content"] {
        let path = ground.put(name, "old");
        if !put(&path, ACCESS, &list(6, 4, 6)) {
            return;
        }
        let step = match name {
            "attributes" => Step::SetAttributes { path: path.clone(), attributes: mode(0o660) },
            _ => Step::WriteFile(WriteFile { attributes: mode(0o660), ..file(&path, "new") }),
        };
        ground.apply(&step).unwrap();
        assert_eq!(told(&mut ground, &path), (0o660, None), "{name}");
    }
    let directory = ground.path("d");
    std::fs::create_dir(&directory).unwrap();
    put(&directory, DEFAULT, &list(7, 5, 7));
    ground.apply(&Step::SetAttributes { path: directory.clone(), attributes: mode(0o750) }).unwrap();
    assert_eq!(told(&mut ground, &directory), (0o750, None));
}

#[test]
fn a_list_is_handed_on_where_nothing_is_declared_and_never_becomes_the_groups_right() {
    let mut ground = Ground::new();
    let path = ground.put("a", "old");
    if !put(&path, ACCESS, &list(6, 4, 6)) {
        return;
    }
    rustix::fs::setxattr(path.as_std_path(), "user.note", b"kept", XattrFlags::empty()).unwrap();
    ground.apply(&Step::WriteFile(file(&path, "new"))).unwrap();
    assert_eq!(told(&mut ground, &path), (0o660, Some(grants("user nobody rw", 0o640))));
    if !is_root() {
        return;
    }
    // The owner is said: the list goes, and the group keeps what it had by itself.
    let attributes = Attributes { owner: Some("0".into()), ..Attributes::default() };
    ground.apply(&Step::WriteFile(WriteFile { attributes, ..file(&path, "newer") })).unwrap();
    assert_eq!(told(&mut ground, &path), (0o640, None));
    let mut note = [0; 8];
    let length = rustix::fs::getxattr(path.as_std_path(), "user.note", &mut note[..]).unwrap();
    assert_eq!(&note[..length], b"kept");
}

#[test]
fn what_is_new_is_not_widened_by_the_list_of_its_directory() {
    let mut ground = Ground::new();
    let directory = ground.path("d");
    std::fs::create_dir(&directory).unwrap();
    if !put(&directory, DEFAULT, &list(7, 7, 7)) {
        return;
    }
    let at = |name: &str| directory.join(name);
    ground.apply(&Step::WriteFile(WriteFile { attributes: mode(0o640), ..file(&at("a"), "x") })).unwrap();
    ground.apply(&Step::WriteFile(file(&at("b"), "x"))).unwrap();
    ground.apply(&Step::Touch { path: at("c") }).unwrap();
    let make = |name: &str| Step::MakeDirectory { path: at(name), attributes: mode(0o750), parents: true };
    ground.apply(&make("e/f")).unwrap();
    let wanted = [("a", 0o640), ("b", 0o644), ("c", 0o644), ("e", 0o755), ("e/f", 0o750)];
    for (name, mode) in wanted {
        assert_eq!(told(&mut ground, &at(name)), (mode, None), "{name}");
    }
}

#[test]
fn the_number_that_means_leave_it_is_nobody() {
    let mut ground = Ground::new();
    let path = ground.put("a", "old");
    for attributes in [
        Attributes { owner: Some(u32::MAX.to_string()), ..Attributes::default() },
        Attributes { group: Some(u32::MAX.to_string()), ..Attributes::default() },
    ] {
        let failure =
            ground.apply(&Step::WriteFile(WriteFile { attributes, ..file(&path, "new") })).unwrap_err();
        assert!(failure.message.starts_with("there is no "), "{failure}");
    }
    assert_eq!(ground.text("a"), "old");
}

/// What anybody may see of a file while it is replaced: every draft of it is looked at as often as can be.
#[test]
fn on_its_way_a_file_is_no_wider_than_before_and_after() {
    if !is_root() {
        return;
    }
    let mut ground = Ground::new();
    let path = ground.put("a", "old");
    chown(&path, Some(NOBODY), Some(NOBODY)).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o400)).unwrap();
    let directory = path.parent().unwrap().to_owned();
    let done = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        let watcher = scope.spawn(|| {
            let mut wide = Vec::new();
            while !done.load(std::sync::atomic::Ordering::Relaxed) {
                for entry in std::fs::read_dir(&directory).unwrap().flatten() {
                    let Ok(stat) = entry.metadata() else { continue };
                    if stat.is_file() && stat.mode() & 0o277 != 0 && stat.uid() == NOBODY {
                        wide.push(format!("{:?} {:o}", entry.file_name(), stat.mode()));
                    }
                }
            }
            wide
        });
        for text in 0..200 {
            ground.apply(&Step::WriteFile(file(&path, &text.to_string()))).unwrap();
        }
        done.store(true, std::sync::atomic::Ordering::Relaxed);
        assert_eq!(watcher.join().unwrap(), Vec::<String>::new());
    });
}
