//! What is read obeys the same walk as what is written, the last component included.

use std::os::unix::fs::{chown, lchown, symlink};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use camino::Utf8Path;
use chefrs::model::query::{Answer, FileText, Query};
use chefrs::model::step::{Attributes, Fetch, Step, Unpack};
use chefrs::target::Target as _;
use rustix::fs::{CWD, Mode, RenameFlags};

use super::Ground;

use crate::skipped::is_root;

const NOBODY: u32 = 65534;

/// A user's directory with a link in it, which leads to a secret of root's.
fn trap(ground: &Ground) -> camino::Utf8PathBuf {
    ground.put("secret", "of root");
    std::fs::create_dir(ground.path("home")).unwrap();
    let link = ground.path("home/in");
    symlink(ground.path("secret"), &link).unwrap();
    lchown(&link, Some(NOBODY), None).unwrap();
    chown(ground.path("home"), Some(NOBODY), None).unwrap();
    link
}

fn fetch(url: String, path: &Utf8Path) -> Step {
    Step::Fetch(Fetch {
        urls: vec![url],
        path: path.to_owned(),
        checksum: None,
        headers: std::collections::BTreeMap::new(),
        attributes: Attributes::default(),
        backup: 0,
        timeout: 20,
        size_limit: 0,
        ..Fetch::default()
    })
}

#[test]
fn a_users_link_to_somebody_elses_file_is_not_read() {
    if !is_root() {
        return;
    }
    let mut ground = Ground::new();
    let link = trap(&ground);
    let queries = [Query::Read(link.clone()), Query::Digest(link.clone()), Query::List(link.clone())];
    let why = format!(
        "the link `{link}` belongs to `nobody` and leads to `{}`, which belongs to `root`: it is not followed",
        ground.path("secret")
    );
    for answer in ground.machine.ask(&queries).unwrap() {
        let Answer::Failed(failure) = answer else { panic!("{answer:?}") };
        assert_eq!(failure.message, why);
        assert_eq!(failure.hints, ["write the real path in the recipe, or let root own the link"]);
    }
    let got = ground.path("got");
    let failure = ground.apply(&fetch(format!("file://{link}"), &got)).unwrap_err();
    assert_eq!(failure.message, format!("can't download `{got}` from file://{link}: {why}"));
    assert_eq!(failure.hints, ["write the real path in the recipe, or let root own the link"]);
    assert!(!got.exists());
    // The link itself may be looked at, and what is behind it, of which nothing is read: a virtual environment of an
    // account links to the interpreter, which is root's.
    assert!(matches!(ground.ask(Query::Stat(link.clone())), Answer::Stat(Some(_))));
    assert!(matches!(ground.ask(Query::Resolve(link)), Answer::Stat(Some(stat)) if stat.owner == "root"));
}

#[test]
fn links_that_nobody_could_have_laid_are_read_through() {
    if !is_root() {
        return;
    }
    let mut ground = Ground::new();
    trap(&ground);
    std::fs::write(ground.path("home/own"), "own").unwrap();
    symlink("own", ground.path("home/link")).unwrap();
    for name in ["home/own", "home/link"] {
        lchown(ground.path(name), Some(NOBODY), None).unwrap();
    }
    symlink("secret", ground.path("root's")).unwrap();
    symlink("root's", ground.path("twice")).unwrap();
    for (name, text) in [("home/link", "own"), ("root's", "of root"), ("twice", "of root")] {
        let read = ground.ask(Query::Read(ground.path(name)));
        assert_eq!(read, Answer::Read(Some(FileText::Text(text.into()))), "{name}");
        ground.apply(&fetch(format!("file://{}", ground.path(name)), &ground.path("got"))).unwrap();
        assert_eq!(ground.text("got"), text);
    }
}

#[test]
fn a_second_name_of_somebody_elses_file_is_not_read() {
    if !is_root() {
        return;
    }
    let mut ground = Ground::new();
    trap(&ground);
    let planted = ground.path("home/planted");
    std::fs::hard_link(ground.path("secret"), &planted).unwrap();
    for query in [Query::Read(planted.clone()), Query::Digest(planted.clone())] {
        let Answer::Failed(failure) = ground.ask(query) else { panic!("it was read") };
        assert!(failure.message.ends_with("lies in a directory of `nobody`: it is not read"), "{failure}");
    }
    assert!(ground.apply(&fetch(format!("file://{planted}"), &ground.path("got"))).is_err());
    let step = Step::Unpack(Unpack {
        archive: planted,
        checksum: None,
        destination: ground.path("unpacked"),
        strip_components: 0,
        attributes: Attributes::default(),
        replace: false,
        size_limit: 0,
        mark: None,
    });
    let failure = ground.apply(&step).unwrap_err();
    assert!(failure.message.ends_with("it is not read"), "{failure}");
}

/// Somebody exchanges a file of theirs and a link to the secret as fast as they can, until the guard is dropped.
struct Swapper {
    done: std::sync::Arc<AtomicBool>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Swapper {
    fn of(one: camino::Utf8PathBuf, other: camino::Utf8PathBuf) -> Self {
        let done = std::sync::Arc::new(AtomicBool::new(false));
        let ends = done.clone();
        let thread = std::thread::spawn(move || {
            while !ends.load(Ordering::Relaxed) {
                rustix::fs::renameat_with(
                    CWD,
                    one.as_std_path(),
                    CWD,
                    other.as_std_path(),
                    RenameFlags::EXCHANGE,
                )
                .unwrap();
            }
        });
        Self { done, thread: Some(thread) }
    }
}

impl Drop for Swapper {
    fn drop(&mut self) {
        self.done.store(true, Ordering::Relaxed);
        self.thread.take().unwrap().join().unwrap();
    }
}

/// Looks at the name, then reads by the name: what is not to be done.
fn by_name(path: &Utf8Path) -> Option<String> {
    let regular = std::fs::symlink_metadata(path).is_ok_and(|found| found.is_file());
    if regular { std::fs::read_to_string(path).ok() } else { None }
}

#[test]
fn a_name_exchanged_for_a_link_again_and_again_gives_nothing_away() {
    if !is_root() {
        return;
    }
    let mut ground = Ground::new();
    let link = trap(&ground);
    let own = ground.path("home/own");
    std::fs::write(&own, "own").unwrap();
    chown(&own, Some(NOBODY), None).unwrap();
    let swapper = Swapper::of(link, own.clone());
    let begin = Instant::now();
    let mut leaked = false;
    for _ in 0..200_000 {
        leaked |= by_name(&own).as_deref() == Some("of root");
        if leaked || begin.elapsed() > Duration::from_secs(20) {
            break;
        }
    }
    assert!(leaked, "the attack itself does not work here, so this proves nothing");
    for _ in 0..3000 {
        match ground.ask(Query::Read(own.clone())) {
            Answer::Read(Some(FileText::Text(text))) => assert_eq!(text, "own"),
            Answer::Failed(_) | Answer::Read(None) => {}
            other => panic!("{other:?}"),
        }
    }
    drop(swapper);
}

#[test]
fn a_directory_exchanged_for_a_link_again_and_again_gives_nothing_away() {
    if !is_root() {
        return;
    }
    let mut ground = Ground::new();
    trap(&ground);
    ground.put("system/in", "of root");
    ground.put("home/d/in", "own");
    let link = ground.path("home/link");
    symlink(ground.path("system"), &link).unwrap();
    for name in ["home/d", "home/d/in", "home/link"] {
        lchown(ground.path(name), Some(NOBODY), None).unwrap();
    }
    let path = ground.path("home/d/in");
    let swapper = Swapper::of(link, ground.path("home/d"));
    for _ in 0..3000 {
        let digest = ground.ask(Query::Digest(path.clone()));
        let read = ground.ask(Query::Read(path.clone()));
        assert!(!format!("{read:?}").contains("of root"), "{read:?}");
        assert_ne!(digest, Answer::Digest(Some(chefrs::model::content::sha256(b"of root"))));
    }
    drop(swapper);
}

#[test]
fn what_is_no_regular_file_is_refused_at_once() {
    let mut ground = Ground::new();
    let pipe = ground.path("pipe");
    rustix::fs::mkfifoat(CWD, pipe.as_std_path(), Mode::from_raw_mode(0o600)).unwrap();
    let begin = Instant::now();
    for source in [pipe.as_path(), Utf8Path::new("/dev/zero"), ground.path("").as_path()] {
        let failure = ground.apply(&fetch(format!("file://{source}"), &ground.path("got"))).unwrap_err();
        assert!(failure.message.ends_with("is not a regular file"), "{failure}");
    }
    assert_eq!(ground.ask(Query::Read(pipe.clone())), Answer::Read(None));
    assert_eq!(ground.ask(Query::Digest(pipe)), Answer::Digest(None));
    assert!(begin.elapsed() < Duration::from_secs(10));
}

#[test]
fn a_hash_without_end_hears_that_the_run_is_to_end() {
    let interrupt = chefrs::target::interrupt::Interrupt::default();
    let mut machine = chefrs::target::local::Local::under(interrupt.clone());
    let ground = Ground::new();
    let hole = ground.put("hole", "");
    std::fs::File::options().write(true).open(&hole).unwrap().set_len(1 << 42).unwrap();
    let begin = Instant::now();
    let halter = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(200));
        interrupt.halt();
    });
    let answer = machine.ask(&[Query::Digest(hole.clone())]).unwrap().remove(0);
    halter.join().unwrap();
    let Answer::Failed(failure) = answer else { panic!("{answer:?}") };
    assert_eq!(failure.message, format!("can't read `{hole}`: the run was ended"));
    assert!(begin.elapsed() < Duration::from_secs(20));
}
