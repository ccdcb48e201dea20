//! The same questions, the same answers.

use chefrs::model::query::{Answer, Query};
use chefrs::target::Target as _;
use chefrs::target::local::Local;

use crate::patience::CallInTime as _;
use crate::skipped::{is_root, skip_anywhere};

use super::{HOSTILE, Session, root, shells, without, words};

/// What can't be equal because time goes by, or because a shell words it differently.
fn comparable(answer: Answer) -> Answer {
    match answer {
        Answer::Host(mut host) => {
            host.now = 0;
            // A program that runs there needs no other.
            host.downloader = None;
            host.attributes_unseen = false;
            Answer::Host(host)
        }
        other => other,
    }
}

#[test]
fn questions_about_files_are_answered_alike() {
    let directory = tempfile::tempdir().unwrap();
    let root = root(&directory);
    let mut queries = Vec::new();
    for name in HOSTILE {
        let path = root.join(name);
        std::fs::write(&path, format!("content of {name}\n\0\x01")).unwrap();
        std::os::unix::fs::symlink(name, root.join(format!("{name}.link"))).unwrap();
        std::os::unix::fs::symlink(format!("gone {name}\n"), root.join(format!("{name}.dangling"))).unwrap();
        std::fs::create_dir(root.join(format!("{name}.d"))).unwrap();
        std::fs::write(root.join(format!("{name}.d/{name}")), "below").unwrap();
        std::fs::write(root.join(format!("{name}.d/.hidden")), "").unwrap();
    }
    std::fs::write(root.join("binary"), [0, 255, 254, 10, 13, 0]).unwrap();
    std::fs::write(root.join("large"), vec![b'x'; (1 << 20) + 1]).unwrap();
    std::fs::write(root.join("just"), vec![b'x'; 1 << 20]).unwrap();
    std::os::unix::fs::symlink("circle", root.join("circle")).unwrap();
    let mut paths = vec![root.clone(), "/".into(), "/dev/null".into(), "/etc/passwd".into()];
    for name in HOSTILE {
        for ending in ["", ".link", ".dangling", ".d", ".d/gone/deeper", ".gone", "/below"] {
            paths.push(root.join(format!("{name}{ending}")));
        }
    }
    for name in ["binary", "large", "just"] {
        paths.push(root.join(name));
    }
    for path in paths {
        queries.extend([
            Query::Stat(path.clone()),
            Query::Resolve(path.clone()),
            Query::Digest(path.clone()),
            Query::Read(path.clone()),
            Query::List(path.clone()),
            Query::Writable(path),
        ]);
    }
    queries.extend([Query::Stat(root.join("circle")), Query::Resolve(root.join("circle"))]);
    // Directories outside of ours may change between two looks.
    queries.retain(|query| !matches!(query, Query::List(path) if path == "/"));
    let wanted = Local::new().ask(&queries).unwrap();
    for argv in shells() {
        let found = Session::with(&argv).shell().ask(&queries).unwrap();
        for ((query, wanted), found) in queries.iter().zip(&wanted).zip(&found) {
            assert_eq!(found, wanted, "{argv:?}: {query:?}");
        }
    }
    assert!(!root.join("pwned").exists());
}

#[test]
fn what_is_immutable_or_may_only_grow_can_not_be_replaced() {
    let directory = tempfile::tempdir().unwrap();
    let root = root(&directory);
    let (file, inside) = (root.join("file"), root.join("dir"));
    std::fs::write(&file, "x").unwrap();
    std::fs::create_dir(&inside).unwrap();
    let change = |attribute: &str| {
        let mut chattr = std::process::Command::new("chattr");
        let done = chattr.arg(attribute).args([&file, &inside]).output_in_time();
        done.is_ok_and(|output| output.status.success())
    };
    let queries =
        [&file, &inside, &inside.join("new"), &root.join("new")].map(|path| Query::Writable(path.clone()));
    for attribute in ["i", "a"] {
        if !change(&format!("+{attribute}")) {
            skip_anywhere("an immutable file needs root, chattr, and a file system that has it");
            return;
        }
        let told = Local::new().ask(&queries);
        let others: Vec<_> = shells()
            .into_iter()
            .map(|argv| (argv.clone(), Session::with(&argv).shell().ask(&queries)))
            .collect();
        assert!(change(&format!("-{attribute}")));
        let wanted = [false, false, false, true].map(Answer::Writable);
        assert_eq!(told.unwrap(), wanted, "{attribute}");
        for (argv, found) in others {
            assert_eq!(found.unwrap(), wanted, "{argv:?}: {attribute}");
        }
    }
}

#[test]
fn without_lsattr_it_is_said_that_attributes_are_not_seen() {
    if !is_root() {
        return;
    }
    let unseen = |argv: &[&str]| {
        let told = Session::with(argv).shell().ask(&[Query::Host]).unwrap().remove(0);
        matches!(told, Answer::Host(host) if host.attributes_unseen)
    };
    assert!(!unseen(&["/bin/sh"]));
    assert!(unseen(&words(&without(&["lsattr"], &["/bin/sh"]))));
}

#[test]
fn questions_about_the_machine_are_answered_alike() {
    let apt = || "apt".to_owned();
    let package = |name: &str| Query::Package { manager: apt(), name: name.into() };
    let candidate = |name: &str| Query::Candidate { manager: apt(), name: name.into() };
    let providers = |name: &str| Query::Providers { manager: apt(), name: name.into() };
    let queries = [
        Query::User("root".into()),
        Query::User("nobody".into()),
        Query::User("no-such-user".into()),
        Query::Group("root".into()),
        Query::Group("no-such-group".into()),
        package("dpkg"),
        package("no-such-package"),
        package("awk"),
        Query::Package { manager: "yast".into(), name: "x".into() },
        candidate("no-such-package"),
        candidate("-o=x"),
        Query::Versions { manager: apt(), name: "dpkg".into() },
        Query::Versions { manager: apt(), name: "no-such-package".into() },
        providers("awk"),
        providers("no-such-package"),
        providers("-o=x"),
        Query::InstalledPackages { manager: apt() },
        Query::PackageDatabase { manager: apt() },
        Query::Service("no-such-service".into()),
        Query::Service("cron".into()),
        Query::Service("a b".into()),
        Query::Host,
    ];
    let wanted = Local::new().ask(&queries).unwrap();
    for argv in shells() {
        let mut session = Session::with(&argv);
        // The second time is answered from what has not changed since.
        for _ in 0..2 {
            let found = session.shell().ask(&queries).unwrap();
            for ((query, wanted), found) in queries.iter().zip(&wanted).zip(found) {
                assert_eq!(comparable(found), comparable(wanted.clone()), "{argv:?}: {query:?}");
            }
        }
    }
}

#[test]
fn a_large_batch_keeps_its_order() {
    let directory = tempfile::tempdir().unwrap();
    let root = root(&directory);
    let mut queries = Vec::new();
    for n in 0..500 {
        let path = root.join(n.to_string());
        if n % 3 != 0 {
            std::fs::write(&path, n.to_string()).unwrap();
        }
        queries.extend([Query::Digest(path.clone()), Query::Stat(path)]);
    }
    let wanted = Local::new().ask(&queries).unwrap();
    assert_eq!(Session::with(&["/bin/sh"]).shell().ask(&queries).unwrap(), wanted);
}
