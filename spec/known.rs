//! What is known of a machine, and what of it a step makes stale.

use camino::{Utf8Path, Utf8PathBuf};
use chefrs::model::known::{Known, Stop};
use chefrs::model::query::{Answer, CommandResult, Query};
use chefrs::model::step::{Attributes, Command, Step};

const PATHS: &[&str] = &[
    "/",
    "/etc",
    "/etc/passwd",
    "/etc/systemd/system/a.service",
    "/srv",
    "/srv/a",
    "/srv/a/b",
    "/srv/a/b/c",
    "/srv/ab",
    "/srv/z",
    "/usr/lib/systemd/system",
    "/var/lib/dpkg/status",
    "/var/lib/other",
];

fn queries() -> Vec<Query> {
    let files = PATHS.iter().flat_map(|path| Query::about(Utf8Path::new(path)));
    let apt = || "apt".to_owned();
    let others = [
        Query::User("deploy".into()),
        Query::Group("deploy".into()),
        Query::Package { manager: apt(), name: "git".into() },
        Query::Candidate { manager: apt(), name: "git".into() },
        Query::PackageDatabase { manager: apt() },
        Query::Service("nginx".into()),
        Query::Host,
        Query::Interfaces,
    ];
    files.chain(others).collect()
}

fn steps() -> Vec<Step> {
    let mut steps = vec![Step::Run(Command::new(["true"]))];
    for path in PATHS.iter().chain(&["/srv/a/new", "/srv/./a", "/elsewhere"]) {
        let path = Utf8PathBuf::from(*path);
        let attributes = Attributes::default();
        steps.push(Step::Touch { path: path.clone() });
        steps.push(Step::Remove { path: path.clone(), recursive: true, backup: 0 });
        steps.push(Step::MakeDirectory { path, attributes, parents: true });
    }
    steps
}

/// Any answer will do: what is asked here is only whether there is one.
fn known(queries: &[Query]) -> Known {
    Known::from_answers(queries.iter().map(|query| (query.clone(), Answer::Stat(None))))
}

#[test]
fn a_step_makes_stale_what_it_affects_and_nothing_else() {
    let queries = queries();
    for step in steps() {
        let mut known = known(&queries);
        known.forget_after(&step);
        for query in &queries {
            assert_eq!(known.has(query), !step.affects(query), "{query:?} after {step:?}");
        }
    }
}

#[test]
fn what_ran_before_a_step_is_asked_again_after_it() {
    let mut known = known(&queries());
    let live = Query::Command(Box::new(Command::new(["id"])));
    known.insert(live.clone(), Answer::Command(CommandResult::default()));
    known.forget_after(&Step::Touch { path: "/elsewhere/leaf".into() });
    assert!(!known.has(&live));
    assert!(known.has(&Query::Stat("/srv/a".into())));
}

/// Steps on as many files as are known, each in a directory of its own that is made before it, and in /etc.
fn looked_at(files: usize) -> usize {
    let file = |index: usize| Utf8PathBuf::from(format!("/etc/app/{index}/conf"));
    let queries = (0..files).flat_map(|index| Query::about(&file(index)));
    let mut known = known(&queries.collect::<Vec<_>>());
    let mut looked_at = 0;
    for index in 0..files {
        let path = file(index).parent().expect("it has one").to_owned();
        let attributes = Attributes::default();
        looked_at += known.forget_after(&Step::MakeDirectory { path, attributes, parents: true });
        looked_at += known.forget_after(&Step::Touch { path: file(index) });
        known.insert(
            Query::Command(Box::new(Command::new(["id"]))),
            Answer::Command(CommandResult::default()),
        );
    }
    looked_at
}

#[test]
fn what_a_step_makes_stale_costs_the_same_however_much_is_known() {
    assert_eq!(looked_at(400), 4 * looked_at(100) + 3);
}

#[test]
fn a_path_is_the_same_however_it_is_written() {
    let mut known = Known::default();
    for (asked, same) in [
        ("/srv/a", ["/srv//a", "/srv/./a", "/srv/a/", "//srv/a", "/srv/a/."]),
        ("/srv//.b/", ["/srv/.b", "/srv/.b/", "/srv//.b", "/./srv/.b", "/srv/./.b"]),
    ] {
        known.insert(Query::Stat(asked.into()), Answer::Stat(None));
        for path in same {
            assert!(known.has(&Query::Stat(path.into())), "{asked} is {path}");
            assert_eq!(known.stat(Utf8Path::new(path)), Ok(None), "{asked} is {path}");
        }
    }
    let wanted = Query::Digest("/srv/a".into());
    assert_eq!(known.digest(Utf8Path::new("/srv/a")), Err(Stop::Wanted(vec![wanted])));
    assert!(known.stat(Utf8Path::new("/srv/../a")).is_err());
}
