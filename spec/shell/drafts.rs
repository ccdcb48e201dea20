//! Drafts that a killed run has left: told, and taken away by the next run, whichever engine was killed and whichever comes.

use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown, symlink};
use std::os::unix::process::CommandExt as _;
use std::process::Stdio;

use camino::{Utf8Path, Utf8PathBuf};
use chefrs::model::journal::Journal;
use chefrs::model::query::{Answer, Query};
use chefrs::model::step::{Command, Step, WriteFile};
use chefrs::target::Target;
use chefrs::target::shell::Shell;
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

use super::runs::{apply, ask, holder, local, session};
use super::{root, shells};
use crate::local::file;
use crate::patience::{EndInTime as _, wait_for};
use crate::skipped::is_root;

/// What a target tells of drafts.
fn left(target: &mut dyn Target) -> Vec<String> {
    match ask(target, Query::Journal) {
        Answer::Journal(Journal { drafts, .. }) => drafts,
        other => panic!("{other:?}"),
    }
}

/// Drafts that are in a directory.
fn drafts_in(directory: &Utf8Path) -> Vec<String> {
    let entries = directory.read_dir_utf8().unwrap().map(|entry| entry.unwrap().path().to_string());
    entries.filter(|path| path.contains("/.chefrs-")).collect()
}

/// A session is killed while a command looks at its draft, in a directory of this owner.
fn killed_session(argv: &[&str], place: &Utf8Path, state: &Utf8Path, owner: Option<u32>) {
    let make = |name: &str| {
        let path = place.join(name);
        std::fs::create_dir(&path).unwrap();
        chown(&path, owner, owner).unwrap();
        path
    };
    let directory = make("it's\na \\n \"place\"");
    let mut command = std::process::Command::new(argv[0]);
    command.args(&argv[1..]).stdin(Stdio::piped()).stdout(Stdio::piped()).process_group(0);
    let mut child = command.spawn().unwrap();
    let (reader, writer) = (child.stdout.take().unwrap(), child.stdin.take().unwrap());
    let mut shell = Shell::over("spec", reader, writer).unwrap();
    shell.keep_state_in(&state.to_owned()).unwrap();
    apply(&mut shell, &Step::Lock(holder("r1"))).unwrap();
    let (began, go) = (place.join("began"), place.join("go"));
    let script =
        "echo >\"$1\"; for i in $(seq 9000); do [ -e \"$2\" ] && break; sleep 0.02; done; echo >\"$2.seen\"";
    let check = Command::new(["/bin/sh", "-c", script, "sh", began.as_str(), go.as_str()]);
    let step = Step::WriteFile(WriteFile { verify: vec![check], ..file(&directory.join("a"), "secret\n") });
    let writing = std::thread::spawn(move || shell.apply(&step, &mut |_| {}));
    wait_for(began.as_std_path());
    killpg(Pid::from_raw(i32::try_from(child.id()).unwrap()), Signal::SIGKILL).unwrap();
    child.wait_in_time().unwrap();
    writing.join().unwrap().unwrap_err();
    std::fs::write(&go, "").unwrap();
    wait_for(place.join("go.seen").as_std_path());
}

#[test]
fn what_a_killed_session_left_is_told_and_taken_away_by_both() {
    let root_is_here = is_root();
    for argv in shells() {
        for owner in [None, Some(40_003)] {
            if owner.is_some() && !root_is_here {
                continue;
            }
            for is_local in [true, false] {
                let directory = tempfile::tempdir().unwrap();
                std::fs::set_permissions(&directory, std::fs::Permissions::from_mode(0o755)).unwrap();
                let here = root(&directory);
                let state = here.join("state");
                killed_session(&argv, &here, &state, owner);
                let place = here.join("it's\na \\n \"place\"");
                let found = drafts_in(&place);
                assert_eq!(found.len(), 1, "{argv:?}");
                let (mut near, mut far) = (local(&state), session(&argv, &state));
                let far = far.shell();
                assert_eq!(left(&mut near), found, "{argv:?} {owner:?}");
                assert_eq!(left(far), found, "{argv:?} {owner:?}");
                // Looking removes nothing.
                assert_eq!(drafts_in(&place), found);
                let next: &mut dyn Target = if is_local { &mut near } else { far };
                apply(next, &Step::Lock(holder("r2"))).unwrap();
                assert_eq!(drafts_in(&place), Vec::<String>::new(), "{argv:?} {owner:?} {is_local}");
                assert_eq!(left(next), Vec::<String>::new());
            }
        }
    }
}

/// What is written down of drafts, and what is there, after a run has begun.
fn swept(target: &mut dyn Target, here: &Utf8Path, state: &Utf8Path) -> (Vec<String>, Vec<String>) {
    std::fs::create_dir(state).unwrap();
    std::fs::set_permissions(state, std::fs::Permissions::from_mode(0o700)).unwrap();
    let mut lines = Vec::new();
    let mut listed = |path: Utf8PathBuf, id: Option<(u64, u64)>| {
        let id = id.map_or_else(|| "-".to_owned(), |(device, inode)| format!("{device}:{inode}"));
        lines.push(format!("{id} {path}\n"));
        path
    };
    let id = |path: &Utf8Path| {
        let found = path.metadata().unwrap();
        (found.dev(), found.ino())
    };
    let tree = |path: &Utf8Path| {
        std::fs::create_dir_all(path.join("a/.b")).unwrap();
        std::fs::write(path.join("a/.b/c"), "c").unwrap();
        symlink("/etc", path.join("l")).unwrap();
    };
    for (name, owner) in [("ours", 0), ("theirs", 40_003)] {
        let place = here.join(name);
        std::fs::create_dir(&place).unwrap();
        let draft = |digits: &str| place.join(format!(".chefrs-{digits}"));
        std::fs::write(listed(draft("00000000000a"), None), "half").unwrap();
        tree(&listed(draft("00000000000b"), None));
        let known = draft("00000000000c");
        tree(&known);
        listed(known.clone(), Some(id(&known)));
        let other = draft("00000000000d");
        tree(&other);
        listed(other.clone(), Some((id(&other).0, 1)));
        std::fs::create_dir(listed(draft("00000000000e"), None)).unwrap();
        symlink("/etc/passwd", listed(draft("00000000000f"), None)).unwrap();
        std::fs::write(draft("00000000000f.pin"), "pin").unwrap();
        // These are not called as drafts are.
        for name in
            [".chefrs-0000", ".chefrs-00000000000x", "chefrs-00000000000a", "a", ".chefrs-00000000000a0"]
        {
            std::fs::write(listed(place.join(name), None), "kept").unwrap();
        }
        // The new tree is in its place, so the old one goes; the other one is the only one that there is.
        tree(&draft("0000000000aa.old"));
        listed(draft("0000000000aa"), None);
        std::fs::create_dir(listed(draft("0000000000ab"), None)).unwrap();
        tree(&draft("0000000000ab.old"));
        chown(&place, Some(owner), Some(owner)).unwrap();
    }
    // A link of somebody else's is not followed to what is ours.
    symlink(here.join("ours"), here.join("theirs/link")).unwrap();
    rustix::fs::chownat(
        rustix::fs::CWD,
        here.join("theirs/link").as_str(),
        Some(rustix::fs::Uid::from_raw(40_003)),
        None,
        rustix::fs::AtFlags::SYMLINK_NOFOLLOW,
    )
    .unwrap();
    std::fs::write(here.join("ours/.chefrs-00000000001a"), "kept").unwrap();
    listed(here.join("theirs/link/.chefrs-00000000001a"), None);
    listed(here.join("gone/.chefrs-00000000001b"), None);
    lines.push(format!("- {here}/ours/.chefrs-00000000001"));
    std::fs::write(state.join("drafts"), lines.concat()).unwrap();

    apply(target, &Step::Lock(holder("r2"))).unwrap();
    let names = |name: &str| {
        let entries = here.join(name).read_dir_utf8().unwrap();
        let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().to_owned()).collect();
        names.sort();
        names
    };
    (names("ours"), names("theirs"))
}

#[test]
fn no_more_is_taken_away_than_what_a_run_has_made() {
    if !is_root() {
        return;
    }
    let kept = [".chefrs-0000", ".chefrs-00000000000a0", ".chefrs-00000000000x"];
    let ours =
        [kept.as_slice(), &[".chefrs-00000000001a", ".chefrs-0000000000ab.old", "a", "chefrs-00000000000a"]];
    let theirs = [
        kept.as_slice(),
        // A tree that nobody knows: her own, or one that she has given the draft's name.
        &[
            ".chefrs-00000000000b",
            ".chefrs-00000000000d",
            ".chefrs-0000000000aa.old",
            ".chefrs-0000000000ab.old",
        ],
        &["a", "chefrs-00000000000a", "link"],
    ];
    let sorted = |names: &[&[&str]]| {
        let mut names: Vec<String> = names.concat().into_iter().map(str::to_owned).collect();
        names.sort();
        names
    };
    let wanted = (sorted(&ours), sorted(&theirs));
    let mut columns = vec![None];
    columns.extend(shells().into_iter().map(Some));
    for argv in columns {
        let directory = tempfile::tempdir().unwrap();
        std::fs::set_permissions(&directory, std::fs::Permissions::from_mode(0o755)).unwrap();
        let here = root(&directory);
        let state = here.join("state");
        let found = match &argv {
            Some(argv) => swept(session(argv, &state).shell(), &here, &state),
            None => swept(&mut local(&state), &here, &state),
        };
        assert_eq!(found, wanted, "{argv:?}");
        assert_eq!(left(&mut local(&state)), Vec::<String>::new(), "{argv:?}");
    }
}
