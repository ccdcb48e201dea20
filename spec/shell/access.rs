//! Access control lists: told as this machine's own target tells them, gone where a mode is said, handed on where nothing
//! is; where nothing there can deal with one, that is said.

use camino::Utf8Path;
use chefrs::model::query::{Answer, Query};
use chefrs::model::step::{Attributes, Step, WriteFile};
use chefrs::target::Target;
use chefrs::target::local::Local;
use rustix::fs::XattrFlags;

use super::steps::told;
use super::{Session, brings_its_own, root, shells, without, words};
use crate::local::file;
use crate::skipped::{is_root, skip_anywhere};

/// A list as the kernel takes it: tags, rights and numbers.
fn list(entries: &[(u16, u16, u32)]) -> Vec<u8> {
    let entry = |(tag, rights, id): &(u16, u16, u32)| {
        [tag.to_le_bytes().to_vec(), rights.to_le_bytes().to_vec(), id.to_le_bytes().to_vec()].concat()
    };
    [2_u32.to_le_bytes().to_vec(), entries.iter().flat_map(entry).collect()].concat()
}

const ALL: u32 = u32::MAX;
const ACCESS: &str = "system.posix_acl_access";
const DEFAULT: &str = "system.posix_acl_default";
/// A user and a group of their own; more for the group than the mask lets in.
const NAMED: [(u16, u16, u32); 6] =
    [(1, 6, ALL), (2, 7, 65534), (4, 7, ALL), (8, 4, 40_002), (0x10, 6, ALL), (0x20, 0, ALL)];
/// A mask alone.
const MASKED: [(u16, u16, u32); 4] = [(1, 6, ALL), (4, 6, ALL), (0x10, 4, ALL), (0x20, 4, ALL)];
/// No name in it.
const PLAIN: [(u16, u16, u32); 3] = [(1, 7, ALL), (4, 7, ALL), (0x20, 5, ALL)];

fn put(path: &Utf8Path, name: &str, entries: &[(u16, u16, u32)]) {
    rustix::fs::setxattr(path.as_std_path(), name, &list(entries), XattrFlags::empty()).unwrap();
}

/// Whether the file system of the specs has lists and `getfacl` is there.
fn can(root: &Utf8Path) -> bool {
    let path = root.join("probe");
    std::fs::write(&path, "").unwrap();
    let made = rustix::fs::setxattr(path.as_std_path(), ACCESS, &list(&NAMED), XattrFlags::empty());
    std::fs::remove_file(path).unwrap();
    let can = made.is_ok() && Utf8Path::new("/usr/bin/setfacl").exists();
    if !can {
        skip_anywhere("access control lists need a file system that has them, and setfacl");
    }
    can
}

const FILES: [&str; 4] = ["said", "kept", "owned", "it's\\ odd\nname"];

fn ground(root: &Utf8Path) {
    for name in FILES {
        std::fs::write(root.join(name), "old").unwrap();
        put(&root.join(name), ACCESS, &NAMED);
        rustix::fs::setxattr(root.join(name).as_std_path(), "user.note", b"kept", XattrFlags::empty())
            .unwrap();
    }
    std::fs::write(root.join("masked"), "old").unwrap();
    put(&root.join("masked"), ACCESS, &MASKED);
    for (name, entries) in [("hands down", &NAMED[..]), ("plain", &PLAIN)] {
        std::fs::create_dir(root.join(name)).unwrap();
        put(&root.join(name), DEFAULT, entries);
    }
}

fn steps(root: &Utf8Path) -> Vec<Step> {
    let mode = |mode| Attributes { mode: Some(mode), ..Attributes::default() };
    let owner = Attributes { owner: Some("0".into()), ..Attributes::default() };
    let at = |name: &str| root.join(name);
    let write = |name: &str, attributes| Step::WriteFile(WriteFile { attributes, ..file(&at(name), "new") });
    let give = |name: &str, attributes| Step::SetAttributes { path: at(name), attributes };
    let make = |name: &str, attributes| Step::MakeDirectory { path: at(name), attributes, parents: false };
    vec![
        write("said", mode(0o660)),
        write("kept", Attributes::default()),
        write("owned", owner.clone()),
        give(FILES[3], mode(0o640)),
        give("masked", owner),
        write("masked", Attributes::default()),
        give("plain", mode(0o750)),
        write("hands down/file", Attributes::default()),
        write("hands down/secret", mode(0o600)),
        make("hands down/made", Attributes::default()),
        make("hands down/made too", mode(0o700)),
        Step::Touch { path: at("hands down/touched") },
    ]
}

const LOOKED_AT: [&str; 14] = [
    "said",
    "kept",
    "owned",
    FILES[3],
    "masked",
    "plain",
    "hands down",
    "hands down/file",
    "hands down/secret",
    "hands down/made",
    "hands down/made too",
    "hands down/touched",
    "gone",
    "hands down/gone",
];

/// What is told of each path, without what differs from tree to tree.
fn look(target: &mut dyn Target, root: &Utf8Path) -> Vec<String> {
    let queries: Vec<Query> = LOOKED_AT.iter().map(|name| Query::Stat(root.join(name))).collect();
    let answers = target.ask(&queries).unwrap();
    let plain = |(name, answer): (&&str, Answer)| {
        let Answer::Stat(stat) = answer else { panic!("{name}: {answer:?}") };
        let mut note = [0; 8];
        let noted = rustix::fs::getxattr(root.join(name).as_std_path(), "user.note", &mut note[..]).is_ok();
        let stat = stat.map(|stat| (stat.mode, stat.owner, stat.group, stat.access));
        format!("{name}: {stat:?} {noted}")
    };
    LOOKED_AT.iter().zip(answers).map(plain).collect()
}

#[test]
fn lists_are_told_and_dealt_with_alike() {
    let directory = tempfile::tempdir().unwrap();
    let here = root(&directory);
    if !can(&here) || !is_root() {
        return;
    }
    let mut local = Local::new();
    ground(&here);
    let before = look(&mut local, &here);
    assert!(before[1].contains("user nobody rw") && before[1].contains("group 40002 r"), "{before:?}");
    for step in steps(&here) {
        local.apply(&step, &mut |_| {}).unwrap();
    }
    let after = look(&mut local, &here);
    for argv in shells() {
        let directory = tempfile::tempdir().unwrap();
        let here = root(&directory);
        ground(&here);
        let mut session = Session::with(&argv);
        assert_eq!(look(session.shell(), &here), before, "{argv:?}");
        for step in steps(&here) {
            session.shell().apply(&step, &mut |_| {}).unwrap_or_else(|failure| panic!("{step:?}: {failure}"));
        }
        // Users' attributes are copied by GNU's programs alone.
        let told = |lines: &[String]| -> Vec<String> {
            let ends = |line: &String| line.trim_end_matches(" true").trim_end_matches(" false").to_owned();
            if brings_its_own(&argv) { lines.iter().map(ends).collect() } else { lines.to_vec() }
        };
        assert_eq!(told(&look(&mut local, &here)), told(&after), "{argv:?}");
        assert_eq!(told(&look(session.shell(), &here)), told(&after), "{argv:?}");
    }
}

#[test]
fn where_nothing_can_deal_with_a_list_that_is_said() {
    let directory = tempfile::tempdir().unwrap();
    let here = root(&directory);
    if !can(&here) || !is_root() {
        return;
    }
    ground(&here);
    let argv = without(&["getfacl", "setfacl"], &["/bin/sh"]);
    let mut session = Session::with(&words(&argv));
    let Answer::Stat(Some(stat)) = session.shell().ask(&[Query::Stat(here.join("kept"))]).unwrap().remove(0)
    else {
        panic!("it is there");
    };
    let list = stat.access.unwrap();
    assert_eq!(
        (list.grants[0].as_str(), list.mode),
        ("of whom is not known, as there is no `getfacl`", 0o600)
    );
    let mut fate = Vec::new();
    for step in steps(&here) {
        let done = session.shell().apply(&step, &mut |_| {});
        fate.push(done.err().map(|failure| told(&failure, &here).0));
    }
    let refused = |name: &str| {
        Some(format!(
            "`ROOT/{name}` has an access control list, or its directory hands one down, and there is no `getfacl` and `setfacl` to deal with it"
        ))
    };
    // What is replaced leaves its list behind where that is what was said.
    assert_eq!(fate[0], None);
    assert_eq!(fate[1..4], [refused("kept"), refused("owned"), refused(FILES[3])]);
    assert_eq!(fate[7], refused("hands down/file"));
    let kept = std::fs::read_to_string(here.join("kept")).unwrap();
    assert_eq!(kept, "old");
}
