//! Downloads by the machine's own programs: mirrors, checksums, and what is told of those that do not do.

use chefrs::model::content::sha256;
use chefrs::model::query::{Answer, Query};
use chefrs::model::step::{Attributes, Command, Fetch, Step};
use chefrs::target::Target;
use chefrs::target::local::Local;

use super::steps::{told, tree};
use super::{Session, root, server, shells, with_busybox, without, words};

use crate::patience::CallInTime as _;
use crate::skipped::{is_root, skip};

/// Answers every request for `/NUMBER…` with that status, the others with its path; gives its address.
fn serve() -> String {
    let address = server::serve(|request| {
        let path = server::path(request);
        let token = request.lines().find_map(|line| {
            let (name, value) = line.split_once(": ")?;
            name.eq_ignore_ascii_case("x-token").then_some(value)
        });
        let token = token.unwrap_or_default();
        let status = path[1..].parse().unwrap_or(200);
        let more = match path {
            "/short" => "Content-Length: 999\r\n",
            "/302" => "Location: /moved\r\n",
            _ => "",
        };
        format!("HTTP/1.1 {status} X\r\n{more}Connection: close\r\n\r\n{path}{token}")
    });
    format!("http://{address}")
}

fn fetch(
    target: &mut dyn Target,
    change: &dyn Fn(&mut Fetch),
) -> (Result<(), String>, Vec<String>, Vec<String>) {
    let directory = tempfile::tempdir().unwrap();
    let here = root(&directory);
    std::fs::create_dir(here.join("d")).unwrap();
    std::fs::write(here.join("d/file"), "old").unwrap();
    std::fs::write(here.join("source"), "of a file").unwrap();
    let mut step = Fetch {
        urls: Vec::new(),
        path: here.join("d/file"),
        checksum: None,
        headers: std::collections::BTreeMap::new(),
        attributes: Attributes::default(),
        backup: 0,
        timeout: 300,
        size_limit: 0,
        ..Fetch::default()
    };
    change(&mut step);
    for url in &mut step.urls {
        *url = url.replace("HERE", here.as_str());
    }
    let done = target.apply(&Step::Fetch(step), &mut |_| {});
    let output = done.as_ref().err().map(|failure| failure.details.clone()).unwrap_or_default();
    let output = output.into_iter().map(|line| line.replace(here.as_str(), "ROOT")).collect();
    (done.map_err(|failure| told(&failure, &here).0), output, tree(&here))
}

#[test]
fn the_same_bytes_and_the_same_refusals() {
    let server = serve();
    let at = |path: &str| format!("{server}{path}");
    let shut = "http://127.0.0.1:1/x".to_owned();
    let cases: Vec<Box<dyn Fn(&mut Fetch)>> = vec![
        Box::new(|step| step.urls = vec![at("/a b?c=1&d={e}")]),
        Box::new(|step| step.urls = vec![at("/good")]),
        Box::new(|step| step.urls = vec![at("/404")]),
        Box::new(|step| step.urls = vec![at("/302")]),
        Box::new(|step| {
            step.urls = vec![shut.clone(), at("/503"), "gopher://x".into(), "file:/x".into(), at("/good")];
        }),
        Box::new(|step| step.urls = vec![shut.clone(), at("/503"), at("/500").replace("//", "//user:pass@")]),
        Box::new(|step| step.urls = vec!["file://HERE/source".into()]),
        Box::new(|step| step.urls = vec!["file://HERE/d".into(), "file://localhostHERE/source".into()]),
        Box::new(|_| {}),
        Box::new(|step| {
            step.urls = vec![at("/good"), "file://HERE/source".into()];
            step.size_limit = 4;
        }),
        Box::new(|step| {
            step.urls = vec!["file://HERE/source".into()];
            step.size_limit = 9;
        }),
        Box::new(|step| {
            step.urls = vec![at("/wrong"), at("/good")];
            step.checksum = Some(sha256(b"/good")[..9].to_ascii_uppercase());
            step.attributes.mode = Some(0o600);
        }),
        Box::new(|step| {
            step.urls = vec![at("/good")];
            step.checksum = Some(sha256(b"other"));
        }),
        Box::new(|step| {
            step.urls = vec![at("/good")];
            step.checksum = Some("nothex".into());
        }),
        Box::new(|step| {
            step.urls = vec![at("/good")];
            step.headers = [("X-Token".to_owned(), "it's \"secret\"".to_owned())].into();
        }),
        Box::new(|step| {
            step.urls = vec![at("/good")];
            step.attributes.owner = Some("no-such-user".into());
        }),
        Box::new(|step| {
            step.urls = vec![at("/good")];
            step.path = step.path.parent().unwrap().to_owned();
        }),
    ];
    for (index, change) in cases.iter().enumerate() {
        let wanted = fetch(&mut Local::new(), change);
        for argv in shells() {
            let found = fetch(Session::with(&argv).shell(), change);
            if index == 0 {
                // Both refuse the space, each in its own words.
                assert!(wanted.0.is_err() && found.0.is_err(), "{argv:?}: {found:?}");
                assert_eq!(found.2, wanted.2, "{argv:?}");
                continue;
            }
            assert_eq!(found, wanted, "{argv:?}: case {index}");
        }
    }
}

#[test]
fn a_transfer_that_breaks_off_replaces_nothing() {
    let server = serve();
    for argv in shells() {
        let (done, _, tree) =
            fetch(Session::with(&argv).shell(), &|step| step.urls = vec![format!("{server}/short")]);
        assert!(done.unwrap_err().starts_with("can't download `ROOT/d/file` from "), "{argv:?}");
        assert_eq!(tree.len(), 3, "{argv:?}: {tree:?}");
    }
}

#[test]
fn a_command_that_failed_is_diagnosed() {
    let command = Command {
        diagnose: vec!["/bin/sh".into(), "-c".into(), "echo looked; echo at >&2".into()],
        ..Command::new(["false"])
    };
    let step = Step::Run(command);
    let wanted = Local::new().apply(&step, &mut |_| {}).unwrap_err();
    for argv in shells() {
        assert_eq!(Session::with(&argv).shell().apply(&step, &mut |_| {}).unwrap_err(), wanted, "{argv:?}");
    }
}

#[test]
fn wget_is_as_good_where_nothing_is_secret_and_without_both_it_is_told() {
    if !is_root() {
        return;
    }
    let server = serve();
    let at = |path: &str| format!("{server}{path}");
    let try_without = |programs: &[&str], change: &dyn Fn(&mut Fetch)| {
        let argv = without(programs, &["/bin/sh"]);
        let argv: Vec<&str> = argv.iter().map(String::as_str).collect();
        fetch(Session::with(&argv).shell(), change).0
    };
    let get = |path: &str| {
        let url = at(path);
        move |step: &mut Fetch| step.urls = vec![url.clone()]
    };
    if std::process::Command::new("wget").arg("--version").output_in_time().is_ok() {
        assert_eq!(try_without(&["curl"], &get("/good")), Ok(()));
        let told = try_without(&["curl"], &get("/404"));
        let words =
            format!("can't download `ROOT/d/file` from {}: the server answered with status 404", at("/404"));
        assert_eq!(told, Err(words));
        let secret = |step: &mut Fetch| {
            get("/good")(step);
            step.headers = [("X-Token".to_owned(), "secret".to_owned())].into();
        };
        let words =
            "`ROOT/d/file` can't be downloaded: headers and passwords need `curl`, which is not installed";
        assert_eq!(try_without(&["curl"], &secret), Err(words.to_owned()));
        // A query that holds nothing of anybody's is one to every wget.
        let query = get("/good?version=1.2.3&arch=x86_64");
        assert_eq!(try_without(&["curl"], &query), Ok(()));
        if let Some(busybox) = with_busybox(&["wget"]) {
            let argv = without(&["curl"], &self::words(&busybox));
            assert_eq!(fetch(Session::with(&self::words(&argv)).shell(), &query).0, Ok(()));
        }
    } else {
        skip("no wget");
    }
    let words = "`ROOT/d/file` can't be downloaded: there is neither `curl` nor `wget`";
    assert_eq!(try_without(&["curl", "wget"], &get("/good")), Err(words.to_owned()));
}

/// What a plan asks for: the same bytes and the same reasons, by whatever program.
#[test]
fn what_is_at_an_address_is_told_alike() {
    let server = serve();
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let ask = |target: &mut dyn Target, url: &str| {
        target.ask(&[Query::Download(url.to_owned())]).unwrap().remove(0)
    };
    let owned = |argv: &[&str]| argv.iter().map(|word| (*word).to_owned()).collect::<Vec<String>>();
    let mut programs: Vec<Vec<String>> = shells().iter().map(|argv| owned(argv)).collect();
    if is_root() && std::process::Command::new("wget").arg("--version").output_in_time().is_ok() {
        programs.push(without(&["curl"], &["/bin/sh"]));
        if let Some(busybox) = with_busybox(&["wget"]) {
            programs.push(without(&["curl"], &words(&busybox)));
        }
    }
    for (url, wanted) in [
        (format!("{server}/plain"), Ok("L3BsYWlu".to_owned())),
        (format!("{server}/302"), Ok("L21vdmVk".to_owned())),
        (format!("{server}/404"), Err("the server answered with status 404")),
        (format!("http://{nobody}/"), Err("the connection failed")),
    ] {
        let wanted = wanted.map_err(str::to_owned);
        let wanted = Answer::Download(wanted);
        assert_eq!(ask(&mut Local::new(), &url), wanted, "{url}");
        for argv in &programs {
            let argv: Vec<&str> = argv.iter().map(String::as_str).collect();
            assert_eq!(ask(Session::with(&argv).shell(), &url), wanted, "{argv:?}: {url}");
        }
    }
}

/// Whoever looks at the list of processes while a download is under way does not see its address.
#[test]
fn no_list_of_processes_shows_an_address() {
    if !is_root() {
        return;
    }
    const TOKEN: &str = "t0k3n-0f-th1s-sp3c";
    let address = server::serve(|request| {
        let lines = std::fs::read_dir("/proc").unwrap().flatten();
        let lines = lines.filter_map(|entry| std::fs::read(entry.path().join("cmdline")).ok());
        let is_seen = lines.into_iter().any(|line| String::from_utf8_lossy(&line).contains(TOKEN));
        let is_whole = server::path(request).ends_with(TOKEN);
        let body =
            format!("{} {}", if is_whole { "whole" } else { "cut" }, if is_seen { "seen" } else { "unseen" });
        format!("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{body}")
    });
    let get = |argv: &[String], path: &str, secret: bool| {
        let url = format!("http://{address}{path}{TOKEN}");
        let change = move |step: &mut Fetch| {
            step.urls = vec![url.clone()];
            step.checksum = Some(sha256(b"whole unseen"));
            step.secret = secret;
        };
        fetch(Session::with(&words(argv)).shell(), &change).0
    };
    let installed = |name: &str| std::process::Command::new(name).arg("--version").output_in_time().is_ok();
    let mut found = Vec::new();
    if installed("curl") {
        found.push(vec!["/bin/sh".to_owned()]);
    }
    if installed("wget") {
        found.push(without(&["curl"], &["/bin/sh"]));
    }
    for argv in found {
        for path in ["/a?token=", "/"] {
            assert_eq!(get(&argv, path, true), Ok(()), "{argv:?} {path}");
        }
    }
    let Some(busybox) = with_busybox(&["wget"]) else { return };
    let argv = without(&["curl"], &words(&busybox));
    let refused = "`ROOT/d/file` can't be downloaded: its address may contain a secret, which the `wget` there shows to all users";
    for (path, secret) in
        [("/a?token=", false), ("/a?v=1&AccessKey=", false), ("/a?x=0123456789abcdef", false), ("/", true)]
    {
        assert_eq!(get(&argv, path, secret), Err(refused.to_owned()), "{path}");
    }
}
