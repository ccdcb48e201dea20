//! Headers and passwords are for the origin that was declared: no redirect takes them to another, in either engine.

use std::collections::BTreeMap;

use chefrs::model::step::{Attributes, Fetch, Step};
use chefrs::target::Target;
use chefrs::target::local::Local;

use super::{Session, root, server, shells};

/// Tells of each request what secrets came with it; `/to?ADDRESS` redirects. Gives its address.
fn serve() -> String {
    server::serve(|request| {
        let path = server::path(request);
        let names = ["x-token: ", "authorization: ", "cookie: "];
        let told: Vec<&str> = request
            .lines()
            .filter(|line| names.iter().any(|name| line.to_ascii_lowercase().starts_with(name)))
            .collect();
        let told = format!("{path} {}", told.len());
        let (status, more) = match path.split_once("/to?") {
            Some((_, address)) => (302, format!("Location: {address}\r\n")),
            None => (200, String::new()),
        };
        format!(
            "HTTP/1.1 {status} X\r\n{more}Content-Length: {}\r\nConnection: close\r\n\r\n{told}",
            told.len()
        )
    })
}

fn fetched(target: &mut dyn Target, url: &str, headers: &[(&str, &str)]) -> String {
    let directory = tempfile::tempdir().unwrap();
    let path = root(&directory).join("file");
    let headers: BTreeMap<String, String> =
        headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let step = Fetch {
        urls: vec![url.to_owned()],
        path: path.clone(),
        checksum: None,
        headers,
        attributes: Attributes::default(),
        backup: 0,
        timeout: 60,
        size_limit: 0,
        ..Fetch::default()
    };
    match target.apply(&Step::Fetch(step), &mut |_| {}) {
        Ok(()) => std::fs::read_to_string(path).unwrap(),
        Err(failure) => failure.message.replace(url, "URL").replace(path.as_str(), "PATH"),
    }
}

#[test]
fn what_was_declared_for_an_origin_is_told_to_no_other() {
    let (one, other) = (serve(), serve());
    let secrets = [("X-Token", "s3cr3t"), ("Authorization", "Bearer s3cr3t"), ("Cookie", "a=s3cr3t")];
    let cases: Vec<(String, &[(&str, &str)], &str)> = vec![
        (format!("http://{one}/plain"), &secrets, "/plain 3"),
        (format!("http://{one}/to?/near"), &secrets, "/near 3"),
        (format!("http://{one}/to?near"), &secrets, "/near 3"),
        (format!("http://{one}/to?http://{one}/near"), &secrets, "/near 3"),
        (format!("http://{one}/to?http://{other}/away"), &secrets, "/away 0"),
        (format!("http://{one}/to?//{other}/away"), &secrets, "/away 0"),
        // Once away, nothing is told any more.
        (format!("http://{one}/to?http://{other}/to?http://{one}/back"), &secrets, "/back 0"),
        (format!("http://{one}/to?http://{other}/away"), &[], "/away 0"),
        (format!("http://user:s3cr3t@{one}/to?/near"), &[], "/near 1"),
        (format!("http://user:s3cr3t@{one}/to?http://{other}/away"), &[], "/away 0"),
    ];
    for (url, headers, wanted) in &cases {
        assert_eq!(fetched(&mut Local::new(), url, headers), *wanted, "{url}");
        for argv in shells() {
            assert_eq!(fetched(Session::with(&argv).shell(), url, headers), *wanted, "{argv:?}: {url}");
        }
    }
}

#[test]
fn a_redirect_without_end_and_one_to_a_file_are_followed_nowhere() {
    let one = serve();
    let around = format!("http://{one}/to?{}", "/to?".repeat(20));
    let astray = format!("http://{one}/to?file:///etc/hostname");
    for url in [around, astray] {
        let told = fetched(&mut Local::new(), &url, &[("X-Token", "s3cr3t")]);
        assert!(told.contains("it is redirected"), "{told}");
    }
}
