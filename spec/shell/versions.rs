//! What a machine remembers of its downloads, and how servers are asked by it: the same in both engines.

use std::sync::{Arc, Mutex};

use camino::Utf8Path;
use chefrs::model::downloaded::Downloaded;
use chefrs::model::query::{Answer, HttpRequest, Query};
use chefrs::model::step::{Fetch, Step};
use chefrs::target::Target;
use chefrs::target::local::Local;

use super::runs::{local, session};
use super::{Session, root, server, shells, without, words};
use crate::patience::CallInTime as _;
use crate::skipped::{is_root, skip};

/// `/to?ADDRESS` redirects, `/none` tells no version, `/odd` one that can't be sent back; the others have one, and answer 304
/// to whom knows it. Gives its address, and all requests.
fn serve() -> (String, Arc<Mutex<Vec<String>>>) {
    let requests = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&requests);
    let address = server::serve(move |request| {
        seen.lock().unwrap().push(request.to_owned());
        let path = server::path(request);
        let knows = request.lines().any(|line| line.eq_ignore_ascii_case("if-none-match: \"v1\""));
        let (status, headers) = match path {
            "/none" => (200, String::new()),
            "/odd" => (200, format!("ETag: \"{}\"\r\n", "x".repeat(300))),
            "/404" => (404, "ETag: \"v1\"\r\n".to_owned()),
            _ => match path.split_once("/to?") {
                Some((_, to)) => (302, format!("Location: {to}\r\nETag: \"of the redirect\"\r\n")),
                None => {
                    (if knows { 304 } else { 200 }, "ETag: \"v1\"\r\nLast-Modified: yesterday\r\n".into())
                }
            },
        };
        let body = if status == 200 { path.repeat(20_000) } else { String::new() };
        format!(
            "HTTP/1.1 {status} X\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        )
    });
    (address, requests)
}

fn fetch(target: &mut dyn Target, path: &Utf8Path, urls: &[String], remember: bool) -> Result<(), String> {
    let step =
        Fetch { urls: urls.to_vec(), path: path.to_owned(), timeout: 60, remember, ..Fetch::default() };
    target.apply(&Step::Fetch(step), &mut |_| {}).map_err(|failure| failure.message)
}

fn remembered(target: &mut dyn Target) -> Vec<Downloaded> {
    match target.ask(&[Query::Downloads]).unwrap().remove(0) {
        Answer::Downloads(files) => files,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_version_of_the_last_download_to_a_path_is_remembered() {
    let ((one, _), (other, _)) = (serve(), serve());
    let at = |rest: &str| format!("http://{one}{rest}");
    let cases: Vec<(&str, Vec<String>, bool)> = vec![
        ("plain", vec![at("/file")], true),
        ("away", vec![at(&format!("/to?http://{other}/file"))], true),
        ("near", vec![at("/to?/file")], true),
        ("second", vec![at("/404"), format!("http://user:s3cr3t@{one}/file?token=s3cr3t")], true),
        ("unasked", vec![at("/file")], false),
        ("odd", vec![at("/odd")], true),
        ("again", vec![at("/file")], true),
        ("again", vec![at("/none")], true),
        ("failed", vec![at("/404")], true),
    ];
    let run = |target: &mut dyn Target, here: &Utf8Path| {
        for (name, urls, remember) in &cases {
            let done = fetch(target, &here.join(name), urls, *remember);
            assert_eq!(done.is_err(), *name == "failed", "{name}: {done:?}");
        }
        let mut files = remembered(target);
        for file in &mut files {
            file.path = file.path.strip_prefix(here).unwrap().to_owned();
        }
        files
    };
    let state = tempfile::tempdir().unwrap();
    let directory = tempfile::tempdir().unwrap();
    let wanted = run(&mut local(&root(&state)), &root(&directory));
    let names: Vec<&str> = wanted.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(names, ["plain", "away", "near", "second"]);
    assert_eq!(wanted[1].origin, format!("http://{other}"));
    assert!(wanted.iter().all(|file| file.etag.as_deref() == Some("\"v1\"")), "{wanted:?}");
    let text = std::fs::read_to_string(root(&state).join("downloads")).unwrap();
    assert!(!text.contains("s3cr3t") && !text.contains("/file"), "{text}");
    for argv in shells() {
        let (state, directory) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let mut session = session(&argv, &root(&state));
        assert_eq!(run(session.shell(), &root(&directory)), wanted, "{argv:?}");
    }
}

#[test]
fn a_server_is_asked_and_nothing_is_read() {
    let (one, requests) = serve();
    let ask = |target: &mut dyn Target, path: &str, headers: &[(&str, &str)]| {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let request = HttpRequest {
            url: format!("http://{one}{path}"),
            headers,
            wanted_headers: vec!["etag".into(), "location".into()],
            timeout: 20,
            attempts: 1,
            of_version: true,
            ..HttpRequest::default()
        };
        match target.ask(&[Query::Http(Box::new(request))]).unwrap().remove(0) {
            Answer::Http(page) => (page.status, page.headers),
            other => panic!("{other:?}"),
        }
    };
    let cases: [(&str, &[(&str, &str)]); 4] =
        [("/file", &[("If-None-Match", "\"v1\"")]), ("/file", &[]), ("/to?/file", &[]), ("/404", &[])];
    let statuses = [304, 200, 302, 404];
    for ((path, headers), status) in cases.into_iter().zip(statuses) {
        let wanted = ask(&mut Local::new(), path, headers);
        assert_eq!(wanted.0, Some(status), "{path}");
        for argv in shells() {
            assert_eq!(ask(Session::with(&argv).shell(), path, headers), wanted, "{argv:?}: {path}");
        }
    }
    assert!(requests.lock().unwrap().iter().all(|request| request.starts_with("GET ")));
}

#[test]
fn a_memory_that_makes_no_sense_is_ignored() {
    let (one, _) = serve();
    let state = tempfile::tempdir().unwrap();
    let state = root(&state);
    let bad = [
        "\u{0}\u{1} no json\n",
        "{\"path\":\"/x\"}\n",
        "{\"path\":\"x\",\"from\":\"\",\"origin\":\"\",\"sha256\":\"\",\"etag\":\"1\"}\n",
        "{\"path\":\"/x\",\"from\":\"\",\"origin\":\"\",\"sha256\":\"\",\"etag\":\"1\\r\\nX-Evil: 1\"}\n",
    ];
    std::fs::write(state.join("downloads"), bad.concat()).unwrap();
    let mut here = local(&state);
    assert_eq!(remembered(&mut here), []);
    fetch(&mut here, &state.join("file"), &[format!("http://{one}/file")], true).unwrap();
    assert_eq!(remembered(&mut here).len(), 1);
    let mode = std::os::unix::fs::PermissionsExt::mode(
        &std::fs::metadata(state.join("downloads")).unwrap().permissions(),
    );
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn gnu_wget_tells_the_same_as_curl() {
    if !is_root() || std::process::Command::new("wget").arg("--version").output_in_time().is_err() {
        skip("it takes root and wget");
        return;
    }
    let (one, _) = serve();
    let (state, directory) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let argv = without(&["curl"], &["/bin/sh"]);
    let mut session = session(&words(&argv), &root(&state));
    let path = root(&directory).join("file");
    fetch(session.shell(), &path, &[format!("http://{one}/to?/file")], true).unwrap();
    let files = remembered(session.shell());
    assert_eq!((files.len(), files[0].etag.as_deref()), (1, Some("\"v1\"")), "{files:?}");
    assert_eq!(files[0].origin, format!("http://{one}"));
    for (headers, status) in [(vec![("If-None-Match".to_owned(), "\"v1\"".to_owned())], 304), (vec![], 200)] {
        let request = HttpRequest {
            url: format!("http://{one}/file"),
            headers,
            timeout: 20,
            attempts: 1,
            of_version: true,
            ..HttpRequest::default()
        };
        let Answer::Http(page) = session.shell().ask(&[Query::Http(Box::new(request))]).unwrap().remove(0)
        else {
            panic!("no page")
        };
        assert_eq!(page.status, Some(status), "{page:?}");
    }
}
