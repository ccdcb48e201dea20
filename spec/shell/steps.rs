//! The same steps, the same trees.

use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};

use camino::{Utf8Path, Utf8PathBuf};
use chefrs::model::blob::{BlobRef, BlobSource};
use chefrs::model::content::{Content, sha256};
use chefrs::model::error::Failure;
use chefrs::model::step::{Attributes, Command, Step, WriteFile};
use chefrs::target::local::Local;
use chefrs::target::{RunTarget, Target};

use super::{HOSTILE, Session, root, shells};
use crate::local::file;
use crate::skipped::{is_root, skip};

/// Everything below a directory: path, kind and mode, owner, number of names, content or target.
pub(super) fn tree(top: &Utf8Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![top.to_owned()];
    while let Some(directory) = open.pop() {
        for entry in directory.read_dir_utf8().unwrap() {
            let path = entry.unwrap().into_path();
            let stat = std::fs::symlink_metadata(&path).unwrap();
            let content = if stat.is_dir() {
                open.push(path.clone());
                String::new()
            } else if stat.is_symlink() {
                std::fs::read_link(&path).unwrap().to_str().unwrap().to_owned()
            } else {
                sha256(&std::fs::read(&path).unwrap())
            };
            let name = path.strip_prefix(top).unwrap();
            let (mode, uid, gid, links) = (stat.mode(), stat.uid(), stat.gid(), stat.nlink());
            found.push(format!("{name:?} {mode:o} {uid}:{gid} {links} {content:?}"));
        }
    }
    found.sort();
    found
}

fn ground(root: &Utf8Path) {
    for name in ["old", "kept", "d/e/f", "full/a"] {
        let path = root.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, name).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
    }
    std::fs::set_permissions(root.join("old"), std::fs::Permissions::from_mode(0o4751)).unwrap();
    std::os::unix::fs::symlink("kept", root.join("link")).unwrap();
    std::os::unix::fs::symlink("d", root.join("into")).unwrap();
    std::os::unix::fs::symlink("full", root.join("todir")).unwrap();
    std::os::unix::fs::symlink("around", root.join("around")).unwrap();
    std::os::unix::fs::symlink("gone", root.join("dangling")).unwrap();
}

fn mode(mode: u32) -> Attributes {
    Attributes { mode: Some(mode), ..Attributes::default() }
}

fn steps(root: &Utf8Path) -> Vec<Step> {
    let none = Attributes::default;
    let at = |name: &str| root.join(name);
    let long = "x".repeat(255);
    let remove = |name: &str, recursive, backup| Step::Remove { path: at(name), recursive, backup };
    let symlink = |name: &str, to: &str| Step::Symlink { path: at(name), to: to.into(), attributes: none() };
    let make = |name: &str, attributes, parents| Step::MakeDirectory { path: at(name), attributes, parents };
    let write = |name: &str, text: &str| file(&at(name), text);
    let check = |script: &str| Command::new(["/bin/sh", "-c", script, "sh", "{path}"]);
    let nobody = Attributes { owner: Some("no-such-user".into()), ..none() };
    let nogroup = Attributes { group: Some("no-such-group".into()), ..none() };
    let mut steps = vec![
        Step::WriteFile(write("new", "one\n")),
        Step::WriteFile(write("old", "two")),
        Step::WriteFile(WriteFile { backup: 2, ..write(&long, "1") }),
        Step::WriteFile(WriteFile { backup: 2, ..write(&long, "2") }),
        Step::WriteFile(WriteFile { backup: 2, ..write("kept", "1") }),
        Step::WriteFile(WriteFile { backup: 2, attributes: mode(0o2600), ..write("kept", "2") }),
        Step::WriteFile(WriteFile { backup: 2, ..write("kept", "") }),
        Step::WriteFile(WriteFile { backup: 2, ..write("kept", "3") }),
        Step::WriteFile(write("into/e/through", "x")),
        Step::WriteFile(write("link", "x")),
        Step::WriteFile(write("around/x", "x")),
        Step::WriteFile(write("dangling/x", "x")),
        Step::WriteFile(write("old/x", "x")),
        Step::WriteFile(write("no/such", "x")),
        Step::WriteFile(write("d", "x")),
        Step::WriteFile(WriteFile { unlink: true, ..write("link", "no link") }),
        Step::WriteFile(WriteFile { unlink: true, ..write("todir", "no link") }),
        Step::WriteFile(WriteFile { attributes: nobody.clone(), ..write("owned", "x") }),
        Step::WriteFile(WriteFile { attributes: nogroup, ..write("owned", "x") }),
        Step::WriteFile(WriteFile { verify: vec![check("grep -q good \"$1\"")], ..write("checked", "good") }),
        Step::WriteFile(file(Utf8Path::new("relative"), "x")),
        Step::SetAttributes { path: at("old"), attributes: mode(0o600) },
        Step::SetAttributes { path: at("none"), attributes: mode(0o600) },
        Step::SetAttributes { path: "/".into(), attributes: mode(0o600) },
        Step::SetAttributes { path: at("d"), attributes: nobody },
        make("one", mode(0o2750), false),
        make("one", mode(0o700), false),
        make("p/q/r", none(), true),
        make("s/t", none(), false),
        make("old", none(), false),
        symlink("sym", "d"),
        symlink("sym", "-to $(x)\n'y'"),
        symlink("d", "x"),
        Step::Hardlink { path: at("two"), to: at("old") },
        Step::Hardlink { path: at("two"), to: at("old") },
        Step::Hardlink { path: at("three"), to: at("none") },
        Step::Touch { path: at("touched") },
        Step::Touch { path: at("touched") },
        remove("full", false, 0),
        remove("full", true, 0),
        remove("full", true, 0),
        remove("new", false, 3),
        remove("no/such/thing", false, 0),
        remove("p/q/r", false, 0),
        Step::Remove { path: "/".into(), recursive: true, backup: 0 },
    ];
    for name in HOSTILE {
        steps.push(Step::WriteFile(WriteFile { backup: 1, ..write(name, name) }));
        steps.push(Step::WriteFile(WriteFile { backup: 1, ..write(name, "again") }));
        steps.push(make(&format!("h/{name}/{name}"), none(), true));
        steps.push(symlink(&format!("h/{name}/link"), name));
        steps.push(Step::Hardlink { path: at(&format!("h/{name}/hard")), to: at(name) });
        steps.push(Step::SetAttributes { path: at(name), attributes: mode(0o4711) });
        steps.push(remove(&format!("h/{name}/link"), false, 0));
    }
    if rustix::process::geteuid().is_root() {
        let owned =
            Attributes { owner: Some("nobody".into()), group: Some("65533".into()), mode: Some(0o4755) };
        steps.push(Step::WriteFile(WriteFile { attributes: owned.clone(), ..write("given", "x") }));
        steps.push(Step::WriteFile(write("given", "kept owner")));
        steps.push(Step::SetAttributes { path: at("old"), attributes: owned.clone() });
        steps.push(make("home", owned.clone(), false));
        steps.push(Step::Symlink { path: at("home/link"), to: at("d").into(), attributes: owned });
        steps.push(Step::WriteFile(write("home/link/x", "led astray")));
    } else {
        skip("other owners need root");
    }
    steps
}

/// What a failure says, wherever the tree is.
pub(super) fn told(failure: &Failure, root: &Utf8Path) -> (String, Vec<String>) {
    let plain = |text: &String| text.replace(root.as_str(), "ROOT");
    (plain(&failure.message), failure.hints.iter().map(plain).collect())
}

/// Makes all that is there another user's.
fn give(path: &Utf8Path, owner: u32) {
    std::os::unix::fs::lchown(path, Some(owner), Some(owner)).unwrap();
    if std::fs::symlink_metadata(path).unwrap().is_dir() {
        for entry in path.read_dir_utf8().unwrap() {
            give(entry.unwrap().path(), owner);
        }
    }
}

type Story = (Vec<Result<(), (String, Vec<String>)>>, Vec<String>);

fn story(target: &mut dyn Target, root: &Utf8Path, owner: Option<u32>) -> Story {
    ground(root);
    if let Some(owner) = owner {
        give(root, owner);
    }
    let done = steps(root)
        .iter()
        .map(|step| target.apply(step, &mut |_| {}).map_err(|failure| told(&failure, root)))
        .collect();
    (done, tree(root).into_iter().map(|line| line.replace(root.as_str(), "ROOT")).collect())
}

#[test]
fn steps_leave_the_same_trees_and_tell_the_same_failures() {
    compare(None);
}

/// There drafts are made in a directory of our own.
#[test]
fn in_another_users_directory_they_do_so_too() {
    if is_root() {
        compare(Some(40_003));
    }
}

fn compare(owner: Option<u32>) {
    let directory = tempfile::tempdir().unwrap();
    let here = root(&directory);
    let mut local = Local::new();
    let state = tempfile::tempdir().unwrap();
    local.keep_state_in(root(&state));
    let (wanted, tree) = story(&mut local, &here, owner);
    assert_eq!(backups(&root(&state)), ["kept.~3~", "kept.~4~"].map(str::to_owned));
    let described = steps(Utf8Path::new("ROOT"));
    for argv in shells() {
        let directory = tempfile::tempdir().unwrap();
        let here = root(&directory);
        let state = tempfile::tempdir().unwrap();
        let mut session = Session::with(&argv);
        session.shell().keep_state_in(&root(&state)).unwrap();
        let (found, found_tree) = story(session.shell(), &here, owner);
        for ((step, wanted), found) in described.iter().zip(&wanted).zip(&found) {
            assert_eq!(found, wanted, "{argv:?}: {step:?}");
        }
        assert_eq!(found_tree, tree, "{argv:?}");
        assert_eq!(backups(&root(&state)), ["kept.~3~", "kept.~4~"].map(str::to_owned), "{argv:?}");
    }
}

/// Backups of one file, whatever directory it was in.
fn backups(state: &Utf8Path) -> Vec<String> {
    let mut names: Vec<String> = tree(&state.join("backup"))
        .iter()
        .filter_map(|line| line.split('"').nth(1)?.rsplit('/').next().map(str::to_owned))
        .filter(|name| name.starts_with("kept.~"))
        .collect();
    names.sort();
    names
}

#[test]
fn a_refused_check_leaves_the_old_file() {
    for argv in shells() {
        let directory = tempfile::tempdir().unwrap();
        let here = root(&directory);
        let path: Utf8PathBuf = here.join("a");
        std::fs::write(&path, "old").unwrap();
        let check = Command::new(["/bin/sh", "-c", "cat \"$1\"; echo no >&2; exit 3", "sh", "{path}"]);
        let step = Step::WriteFile(WriteFile { verify: vec![check], ..file(&path, "new\n") });
        let failure = Session::with(&argv).shell().apply(&step, &mut |_| {}).unwrap_err();
        let wanted = format!("the new content of `{path}` was refused by its check");
        assert!(failure.message.starts_with(&wanted), "{argv:?}: {failure}");
        assert_eq!(failure.command.as_ref().unwrap().status.as_deref(), Some("exit status 3"));
        assert_eq!(failure.command.as_ref().unwrap().output, ["no", "new"]);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(std::fs::read_dir(&here).unwrap().count(), 1);
    }
}

#[test]
fn twenty_megabytes_arrive_whole() {
    let bytes: Vec<u8> =
        (0..20_000_000_u32).map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()[1]).collect();
    let directory = tempfile::tempdir().unwrap();
    let here = root(&directory);
    let source = here.join("source");
    std::fs::write(&source, &bytes).unwrap();
    let blob = BlobRef { sha256: sha256(&bytes), size: bytes.len() as u64 };
    let mut session = Session::with(&["/bin/sh"]);
    session.shell().provide([(blob.sha256.clone(), BlobSource::Path(source.clone()))].into());
    let path = here.join("d/target");
    let step = Step::WriteFile(WriteFile { content: Content::Blob(blob), ..file(&path, "") });
    let failure = session.shell().apply(&step, &mut |_| {}).unwrap_err();
    assert_eq!(failure.message, format!("there is no directory `{}`", here.join("d")));
    std::fs::create_dir(here.join("d")).unwrap();
    session.shell().apply(&step, &mut |_| {}).unwrap();
    assert!(std::fs::read(&path).unwrap() == bytes, "the bytes differ");
    // What changed after it was compiled does not replace anything.
    std::fs::write(&source, &bytes[1..]).unwrap();
    let failure = session.shell().apply(&step, &mut |_| {}).unwrap_err();
    assert!(failure.message.contains("has changed since"), "{failure}");
    assert!(std::fs::read(&path).unwrap() == bytes, "it was replaced");
    assert_eq!(std::fs::read_dir(here.join("d")).unwrap().count(), 1);
}
