//! Where there is no flock(1), a file names the shell that holds the lock: shells and the program itself look at it.

use std::process;
use std::thread;
use std::time::{Duration, Instant};

use camino::{Utf8Path, Utf8PathBuf};
use chefrs::model::journal::Lock;
use chefrs::model::step::Step;
use chefrs::target::local::boot_id;

use super::runs::{apply, holder, local, lock, session};
use super::{Session, root, shells, without, words};

use crate::patience::{EndInTime as _, until};
use crate::skipped::is_root;

/// Every shell that is here, on a machine without flock; nothing without root.
fn flockless() -> Vec<Vec<String>> {
    if !is_root() {
        return Vec::new();
    }
    shells().iter().map(|argv| without(&["flock"], argv)).collect()
}

fn through(argv: &[String], state: &Utf8Path) -> Session {
    session(&words(argv), state)
}

fn held(run: &str) -> Lock {
    Lock { held: true, holder: Some(holder(run)), left: None }
}

fn busy(state: &Utf8Path) -> Result<(), String> {
    Err(format!("`{state}/lock` is held by another run"))
}

/// What names holders in the state directory.
fn names(state: &Utf8Path) -> Vec<String> {
    let names = state.read_dir_utf8().unwrap().map(|entry| entry.unwrap().file_name().to_owned());
    names.filter(|name| name.starts_with("lock.")).collect()
}

/// The start of a process, as the kernel counts it.
fn start(pid: u32) -> String {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    stat[stat.rfind(')').unwrap() + 2..].split(' ').nth(19).unwrap().to_owned()
}

#[test]
fn a_process_holds_the_lock_for_as_long_as_it_lives() {
    for argv in flockless() {
        let directory = tempfile::tempdir().unwrap();
        let state = root(&directory).join("state");
        let mut here = local(&state);
        let mut flocks = session(&["/bin/sh"], &state);
        let mut one = through(&argv, &state);
        let mut other = through(&argv, &state);
        apply(one.shell(), &Step::Lock(holder("one"))).unwrap();
        let seen = [lock(one.shell()), lock(other.shell()), lock(flocks.shell()), lock(&mut here)];
        assert_eq!(seen, [held("one"), held("one"), held("one"), held("one")], "{argv:?}");
        let two = Step::Lock(holder("two"));
        assert_eq!(apply(other.shell(), &two), busy(&state), "{argv:?}");
        assert_eq!(apply(flocks.shell(), &two), busy(&state), "{argv:?}");
        assert_eq!(apply(&mut here, &two), busy(&state), "{argv:?}");
        assert_eq!(
            (names(&state).len(), lock(&mut here)),
            (1, held("one")),
            "{argv:?}: who came too late left nothing"
        );

        // One that is dead holds nothing, even before anybody has taken notice of its end.
        one.child.kill().unwrap();
        let begin = Instant::now();
        let free = Lock { held: false, holder: Some(holder("one")), left: None };
        while lock(&mut here) != free {
            assert!(begin.elapsed() < Duration::from_secs(60), "{argv:?}: {:?}", lock(&mut here));
            thread::sleep(Duration::from_millis(20));
        }
        assert_eq!(lock(other.shell()), free, "{argv:?}");
        one.child.wait_in_time().unwrap();
        apply(other.shell(), &two).unwrap();
        assert_eq!(
            (names(&state).len(), lock(&mut here)),
            (1, held("two")),
            "{argv:?}: the dead one's name is gone"
        );
        drop(other);
        assert_eq!((names(&state).len(), lock(&mut here)), (0, Lock::default()), "{argv:?}: given back");

        // The kernel's lock counts all the same.
        apply(&mut here, &Step::Lock(holder("three"))).unwrap();
        let mut again = through(&argv, &state);
        assert_eq!(lock(again.shell()), held("three"), "{argv:?}");
        assert_eq!(apply(again.shell(), &two), busy(&state), "{argv:?}");
        assert_eq!(names(&state).len(), 0, "{argv:?}");
        drop(here);
        apply(flocks.shell(), &Step::Lock(holder("four"))).unwrap();
        assert_eq!(
            (lock(again.shell()), apply(again.shell(), &two)),
            (held("four"), busy(&state)),
            "{argv:?}"
        );
    }
}

#[test]
fn a_name_that_a_process_of_another_time_has_left_holds_nothing() {
    let own = process::id();
    let (boot, start) = (boot_id(), start(own));
    let left = [
        format!("lock.{own}.1.{boot}"),
        format!("lock.{own}.{start}.of-another-boot"),
        format!("lock.4194305.{start}.{boot}"),
        "lock.x.y.z".to_owned(),
    ];
    let alive = format!("lock.{own}.{start}.{boot}");
    let directory = tempfile::tempdir().unwrap();
    let here = root(&directory);
    let made = |name: &str, files: &[String]| -> Utf8PathBuf {
        let state = here.join(name);
        apply(&mut local(&state), &Step::Lock(holder("past"))).unwrap();
        for file in files {
            std::fs::write(state.join(file), "").unwrap();
        }
        state
    };
    // The program itself.
    let state = made("local", &left);
    assert_eq!(lock(&mut local(&state)), Lock::default());
    assert_eq!(names(&state).len(), 4, "a look changes nothing");
    let mut taken = local(&state);
    apply(&mut taken, &Step::Lock(holder("one"))).unwrap();
    assert_eq!(names(&state), ["lock.x.y.z"], "what is no name of ours is left alone");
    drop(taken);
    std::fs::write(state.join(&alive), "").unwrap();
    assert!(lock(&mut local(&state)).held);
    assert_eq!(apply(&mut local(&state), &Step::Lock(holder("two"))), busy(&state));
    // Shells, with flock and without.
    let plain = shells().into_iter().map(|argv| argv.into_iter().map(str::to_owned).collect());
    for (n, argv) in flockless().into_iter().chain(plain).enumerate() {
        let state = made(&format!("shell{n}"), &left);
        let mut session = through(&argv, &state);
        assert_eq!((lock(session.shell()), names(&state).len()), (Lock::default(), 4), "{argv:?}");
        apply(session.shell(), &Step::Lock(holder("one"))).unwrap();
        assert!(names(&state).iter().all(|name| !left[..3].contains(name)), "{argv:?}: {:?}", names(&state));
        drop(session);
        assert_eq!(names(&state), ["lock.x.y.z"], "{argv:?}");
        std::fs::write(state.join(&alive), "").unwrap();
        let mut session = through(&argv, &state);
        assert!(lock(session.shell()).held, "{argv:?}");
        assert_eq!(apply(session.shell(), &Step::Lock(holder("two"))), busy(&state), "{argv:?}");
    }
}

/// In a PID namespace the kernel hides a lock that was taken by a program which has ended, as flock(1) has.
#[test]
fn in_a_container_shells_with_flock_and_without_see_each_other() {
    if !is_root() {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let state = root(&directory).join("state");
    // Both are in one namespace; what is started first is its first process, and waits.
    let mut first = process::Command::new("unshare")
        .args(["--pid", "--fork", "--kill-child", "--mount-proc", "cat"])
        .stdin(process::Stdio::piped())
        .spawn()
        .unwrap();
    let own = first.id().to_string();
    let children = format!("/proc/{own}/task/{own}/children");
    until("the namespace's first process", || {
        std::fs::read_to_string(&children).is_ok_and(|text| !text.trim().is_empty())
    });
    let inner = std::fs::read_to_string(&children).unwrap().trim().to_owned();
    let comm = format!("/proc/{inner}/comm");
    until("its mounts", || std::fs::read_to_string(&comm).is_ok_and(|name| name.trim() == "cat"));
    let enter = ["nsenter", "--pid", "--mount", "--target", &inner, "--"].map(str::to_owned);
    for argv in shells() {
        let plain = [&enter[..], &argv.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>()].concat();
        let bare = [&enter[..], &without(&["flock"], &argv)].concat();
        for [taker, other] in [[&plain, &bare], [&bare, &plain], [&plain, &plain]] {
            let mut taken = through(taker, &state);
            apply(taken.shell(), &Step::Lock(holder("one"))).unwrap();
            let mut late = through(other, &state);
            assert_eq!(lock(late.shell()), held("one"), "{taker:?} {other:?}");
            assert_eq!(apply(late.shell(), &Step::Lock(holder("two"))), busy(&state), "{taker:?} {other:?}");
            drop(taken);
            apply(late.shell(), &Step::Lock(holder("two"))).unwrap();
        }
    }
    drop(first.stdin.take());
    first.wait_in_time().unwrap();
}

/// The program and a shell that come at once never both have it.
#[test]
fn of_two_that_come_at_once_one_has_it_at_most() {
    for argv in flockless() {
        let directory = tempfile::tempdir().unwrap();
        let state = root(&directory).join("state");
        for _ in 0..20 {
            let (mut one, mut here) = (through(&argv, &state), local(&state));
            let (shell, local) = thread::scope(|scope| {
                let shell = scope.spawn(|| apply(one.shell(), &Step::Lock(holder("shell"))));
                let local = apply(&mut here, &Step::Lock(holder("local")));
                (shell.join().unwrap(), local)
            });
            assert!(shell.is_err() || local.is_err(), "{argv:?}");
        }
    }
}
