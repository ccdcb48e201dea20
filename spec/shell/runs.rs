//! Lock, journal and history through a shell are those that a machine's own target keeps: each sees the other's.

use std::os::unix::fs::PermissionsExt as _;

use camino::Utf8Path;
use chefrs::model::collection::Timing;
use chefrs::model::event::{Counts, Mode};
use chefrs::model::journal::{Debt, Holder, Journal, Lock, Record, RunRecord};
use chefrs::model::query::{Answer, Query};
use chefrs::model::step::{Command, Step};
use chefrs::target::Target;
use chefrs::target::local::Local;
use rustix::process::{PidfdFlags, PidfdGetfdFlags, getpid, pidfd_getfd, pidfd_open};

use super::{Session, root, shells};
use crate::patience::{EndInTime as _, until};

pub(super) fn local(state: &Utf8Path) -> Local {
    let mut local = Local::new();
    local.keep_state_in(state.to_owned());
    local
}

pub(super) fn session(argv: &[&str], state: &Utf8Path) -> Session {
    let mut session = Session::with(argv);
    session.shell().keep_state_in(&state.to_owned()).unwrap();
    session
}

pub(super) fn apply(target: &mut dyn Target, step: &Step) -> Result<(), String> {
    target.apply(step, &mut |_| {}).map_err(|failure| failure.message)
}

pub(super) fn ask(target: &mut dyn Target, query: Query) -> Answer {
    target.ask(&[query]).unwrap().remove(0)
}

pub(super) fn lock(target: &mut dyn Target) -> Lock {
    match ask(target, Query::Lock) {
        Answer::Lock(lock) => lock,
        other => panic!("{other:?}"),
    }
}

pub(super) fn holder(run: &str) -> Holder {
    let text = |text: &str| text.to_owned();
    Holder { run: text(run), user: text("it's"), host: text("h\"ost"), pid: 7, since: text("now") }
}

fn debt(to: &str) -> Debt {
    Debt {
        to: format!("service[{to}]"),
        within: Vec::new(),
        action: "reload".into(),
        timing: Timing::Delayed,
        from: "file[/etc/it's\n$(x)]".into(),
        recipe: String::new(),
        skip_on_failure: false,
        awaits: None,
        begun: None,
        run: "r1".into(),
    }
}

fn ran(n: usize) -> Step {
    Step::Record(Record::Run(RunRecord {
        run: format!("run{n}"),
        user: "ada".into(),
        run_list: vec!["blog".into()],
        mode: Mode::Run,
        started: "then".into(),
        ended: "now".into(),
        counts: Some(Counts { updated: n, ..Counts::default() }),
        exit: 0,
        restart: None,
    }))
}

#[test]
fn the_lock_is_one_for_both() {
    for argv in shells() {
        let directory = tempfile::tempdir().unwrap();
        let state = root(&directory).join("state");
        let mut here = local(&state);
        assert_eq!(lock(session(&argv, &state).shell()), Lock::default(), "{argv:?}");
        assert!(!state.exists(), "a look makes nothing");

        let mut through = session(&argv, &state);
        let shell = through.shell();
        apply(shell, &Step::Lock(holder("one"))).unwrap();
        apply(shell, &Step::Lock(holder("one"))).unwrap();
        let held = Lock { held: true, holder: Some(holder("one")), left: None };
        assert_eq!((lock(shell), lock(&mut here)), (held.clone(), held), "{argv:?}");
        let busy = Err(format!("`{state}/lock` is held by another run"));
        assert_eq!(apply(&mut here, &Step::Lock(holder("two"))), busy, "{argv:?}");
        assert_eq!(apply(session(&argv, &state).shell(), &Step::Lock(holder("two"))), busy, "{argv:?}");
        assert_eq!(std::fs::metadata(&state).unwrap().permissions().mode() & 0o777, 0o700);
        assert_eq!(std::fs::metadata(state.join("lock")).unwrap().permissions().mode() & 0o777, 0o600);
        // What a recipe starts and leaves behind holds nothing.
        apply(shell, &Step::Run(Command::new(["/bin/sh", "-c", "sleep 20 >/dev/null 2>&1 &"]))).unwrap();
        drop(through);
        assert_eq!(lock(&mut here), Lock::default(), "{argv:?}: given back in good order");

        apply(&mut here, &Step::Lock(holder("two"))).unwrap();
        let mut through = session(&argv, &state);
        assert_eq!(
            lock(through.shell()),
            Lock { held: true, holder: Some(holder("two")), left: None },
            "{argv:?}"
        );
        assert_eq!(apply(through.shell(), &Step::Lock(holder("three"))), busy, "{argv:?}");
        drop(here);
        apply(through.shell(), &Step::Lock(holder("three"))).unwrap();
    }
}

/// A process that is being started has a copy of each open file, until its program is loaded.
#[test]
fn a_copy_of_the_open_file_does_not_keep_the_lock() {
    let directory = tempfile::tempdir().unwrap();
    let state = root(&directory).join("state");
    let mut here = local(&state);
    apply(&mut here, &Step::Lock(holder("one"))).unwrap();
    let file = std::fs::canonicalize(state.join("lock")).unwrap();
    let open = std::fs::read_dir("/proc/self/fd").unwrap().map(|entry| entry.unwrap());
    let of_lock = open.filter(|entry| std::fs::read_link(entry.path()).is_ok_and(|path| path == file));
    let own = pidfd_open(getpid(), PidfdFlags::empty()).unwrap();
    let copies: Vec<_> = of_lock
        .map(|entry| entry.file_name().to_str().unwrap().parse().unwrap())
        .map(|number| pidfd_getfd(&own, number, PidfdGetfdFlags::empty()).unwrap())
        .collect();
    assert_eq!(copies.len(), 1);
    assert!(lock(&mut local(&state)).held);
    drop(here);
    assert_eq!(lock(&mut local(&state)), Lock::default());
    apply(&mut local(&state), &Step::Lock(holder("two"))).unwrap();
}

#[test]
fn a_session_that_is_cut_off_frees_the_lock_and_leaves_its_words() {
    for argv in shells() {
        let directory = tempfile::tempdir().unwrap();
        let state = root(&directory).join("state");
        let mut through = session(&argv, &state);
        apply(through.shell(), &Step::Lock(holder("cut"))).unwrap();
        through.child.kill().unwrap();
        through.child.wait_in_time().unwrap();
        let left = Lock { held: false, holder: Some(holder("cut")), left: None };
        let mut here = local(&state);
        // Whatever program was just running for it may take a moment to end.
        until(&format!("{argv:?}: its lock is free"), || lock(&mut here) == left);
        assert_eq!(lock(session(&argv, &state).shell()), left, "{argv:?}");
    }
}

/// Owes, strikes and ends runs, told by `first` and `second` in turn; what is on disk then.
fn story(state: &Utf8Path, first: &mut dyn Target, second: &mut dyn Target) -> (Vec<Answer>, String, String) {
    let owe = |names: &[&str]| Step::Record(Record::Owed(names.iter().map(|name| debt(name)).collect()));
    let strike = |names: &[&str]| Step::Record(Record::Struck(names.iter().map(|name| debt(name)).collect()));
    let mut answers = Vec::new();
    apply(first, &owe(&["a", "b"])).unwrap();
    answers.push(ask(second, Query::Journal));
    apply(first, &strike(&["a"])).unwrap();
    answers.push(ask(second, Query::Journal));
    let text = |name: &str| std::fs::read_to_string(state.join(name)).unwrap();
    let journal = text("journal");
    apply(first, &strike(&["b"])).unwrap();
    answers.push(ask(second, Query::Journal));
    assert_eq!(text("journal"), "");
    for n in 0..152 {
        apply(first, &ran(n)).unwrap();
    }
    answers.push(ask(second, Query::History));
    (answers, journal, text("history"))
}

#[test]
fn entries_are_the_same_bytes() {
    let directory = tempfile::tempdir().unwrap();
    let state = root(&directory).join("state");
    let wanted = story(&state, &mut local(&state), &mut local(&state));
    assert_eq!(wanted.2.lines().count(), 101);
    for argv in shells() {
        std::fs::remove_dir_all(&state).unwrap();
        let (mut one, mut other) = (session(&argv, &state), session(&argv, &state));
        let found = story(&state, one.shell(), other.shell());
        assert_eq!(found, wanted, "{argv:?}");
        assert_eq!(std::fs::metadata(state.join("history")).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::remove_dir_all(&state).unwrap();
        let (mut one, mut other) = (session(&argv, &state), local(&state));
        assert_eq!(story(&state, one.shell(), &mut other), wanted, "{argv:?}");
    }
}

#[test]
fn what_was_cut_off_is_written_over() {
    for argv in shells() {
        let directory = tempfile::tempdir().unwrap();
        let state = root(&directory).join("state");
        for (name, whole) in [("journal", "nonsense n\n"), ("history", "n\n")] {
            for target in [&mut local(&state) as &mut dyn Target, session(&argv, &state).shell()] {
                apply(target, &Step::Record(Record::Owed(vec![debt("x")]))).unwrap();
                apply(target, &ran(1)).unwrap();
            }
            std::fs::write(state.join(name), format!("{whole}half a lin")).unwrap();
        }
        let mut both = Vec::new();
        for mut through in [None, Some(session(&argv, &state))] {
            let kept = ["journal", "history"].map(|name| std::fs::read(state.join(name)).unwrap());
            let mut here = local(&state);
            let target: &mut dyn Target = match &mut through {
                Some(session) => session.shell(),
                None => &mut here,
            };
            apply(target, &Step::Record(Record::Owed(vec![debt("y")]))).unwrap();
            apply(target, &ran(2)).unwrap();
            both.push(["journal", "history"].map(|name| std::fs::read_to_string(state.join(name)).unwrap()));
            for (name, bytes) in ["journal", "history"].into_iter().zip(kept) {
                std::fs::write(state.join(name), bytes).unwrap();
            }
        }
        assert_eq!(both[0], both[1], "{argv:?}");
        assert!(both[0][0].starts_with("nonsense n\n{"), "{both:?}");
        let Answer::Journal(Journal { unread, .. }) = ask(&mut local(&state), Query::Journal) else {
            panic!()
        };
        assert_eq!(unread, 1);
    }
}

#[test]
fn a_state_directory_that_others_may_write_to_is_not_believed() {
    for argv in shells() {
        let directory = tempfile::tempdir().unwrap();
        let state = root(&directory).join("state");
        apply(&mut local(&state), &ran(1)).unwrap();
        for mode in [0o770, 0o702, 0o1777, 0o755, 0o700] {
            std::fs::set_permissions(&state, std::fs::Permissions::from_mode(mode)).unwrap();
            let mut through = session(&argv, &state);
            for query in [Query::Lock, Query::Journal, Query::History] {
                // A lock that nobody has taken yet is no file, so there is nothing to distrust.
                let (wanted, found) = (ask(&mut local(&state), query.clone()), ask(through.shell(), query));
                assert_eq!(found, wanted, "{argv:?}: {mode:o}");
            }
            for step in [Step::Record(Record::Owed(vec![debt("x")])), ran(3)] {
                let wanted = local(&state).apply(&step, &mut |_| {});
                assert_eq!(through.shell().apply(&step, &mut |_| {}), wanted, "{argv:?}: {mode:o}");
            }
        }
    }
}
