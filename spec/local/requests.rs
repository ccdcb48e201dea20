//! Pages of the machine itself, and downloads, against a server of our own.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use chefrs::model::content::sha256;
use chefrs::model::query::{Answer, HttpRequest, HttpResult, Query};
use chefrs::model::step::{Attributes, Fetch, PublishedChecksum, Step};
use chefrs::target::local::names::in_hosts;

use crate::patience::joined;

use super::Ground;

/// Answers one connection with each of these, and gives its address.
fn serve(answers: Vec<String>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for answer in answers {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = Vec::new();
            let mut byte = [0];
            while !request.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|n| n == 1) {
                request.push(byte[0]);
            }
            stream.write_all(answer.as_bytes()).unwrap();
        }
    });
    format!("http://{address}")
}

fn page(status: u16, body: &str) -> String {
    format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
}

fn request(url: String) -> HttpRequest {
    HttpRequest { url, timeout: 300, attempts: 1, accept: vec![(200, 299)], ..HttpRequest::default() }
}

fn ask(request: HttpRequest) -> HttpResult {
    match Ground::new().ask(Query::Http(Box::new(request))) {
        Answer::Http(result) => result,
        other => panic!("{other:?}"),
    }
}

#[test]
fn attempts_end_with_a_wanted_status() {
    let url = serve(vec![page(503, "no"), page(200, "yes"), page(500, "too late")]);
    let result = ask(HttpRequest { attempts: 5, ..request(url) });
    assert_eq!((result.status, result.body.as_str(), result.error), (Some(200), "yes", None));
}

#[test]
fn bodies_are_bounded_and_redirects_are_answers() {
    let url = serve(vec![page(302, &"x".repeat(100_000))]);
    let result = ask(request(url));
    assert_eq!((result.status, result.body.len()), (Some(302), 65536));
}

#[test]
fn chunks_are_joined() {
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n";
    let url = serve(vec![chunked.into()]);
    assert_eq!(ask(request(url)).body, "abcde");
}

#[test]
fn unix_sockets() {
    let ground = Ground::new();
    let socket = ground.path("s");
    let listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut buffer = [0; 1024];
        let n = stream.read(&mut buffer).unwrap();
        stream.write_all(page(200, "hello").as_bytes()).unwrap();
        String::from_utf8_lossy(&buffer[..n]).into_owned()
    });
    let headers = vec![("Host".to_owned(), "site.example".to_owned())];
    let result = ask(HttpRequest { headers, ..request(format!("unix:{socket}:/page?x=1")) });
    assert_eq!(result.body, "hello");
    let sent = joined("the server at a socket", server);
    assert!(sent.starts_with("GET /page?x=1 HTTP/1.1\r\n"), "{sent}");
    assert!(sent.contains("Host: site.example\r\n") && !sent.contains("Host: localhost"), "{sent}");
}

#[test]
fn what_does_not_answer_is_told() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let silent = ask(HttpRequest { timeout: 1, ..request(format!("http://{address}/")) });
    assert_eq!(silent.error.as_deref(), Some("no answer within 1 s"));
    // Nobody listens on the port for multiplexers.
    let refused = ask(request("http://127.0.0.1:1/".into())).error.unwrap();
    assert_eq!(refused, "can't connect to `127.0.0.1:1`: connection refused");
    let far = ask(request("http://no-such-host.invalid/".into())).error.unwrap();
    assert_eq!(far, "there is no host of that name");
    let bad = ask(request("ftp://x/".into())).error.unwrap();
    assert!(bad.contains("begins with none"));
    let split = ask(HttpRequest {
        headers: vec![("X".into(), "a\r\nB: c".into())],
        ..request("http://127.0.0.1:1/".into())
    });
    assert!(split.error.unwrap().contains("control character"));
}

#[test]
fn hosts() {
    let text = "127.0.0.1 localhost # home\n::1 localhost ip6\n10.0.0.1 db.example DB\n#10.0.0.2 db\n";
    let found: Vec<String> = in_hosts(text, "db").iter().map(ToString::to_string).collect();
    assert_eq!(found, ["10.0.0.1"]);
    assert_eq!(in_hosts(text, "localhost").len(), 2);
    assert!(in_hosts(text, "home").is_empty());
}

fn fetch(ground: &Ground, urls: Vec<String>) -> Fetch {
    Fetch {
        urls,
        path: ground.path("d/file"),
        checksum: None,
        headers: std::collections::BTreeMap::new(),
        attributes: Attributes::default(),
        backup: 0,
        timeout: 300,
        size_limit: 0,
        ..Fetch::default()
    }
}

#[test]
fn mirrors_are_tried_in_order() {
    let mut ground = Ground::new();
    ground.put("d/file", "old");
    let bad = serve(vec![page(404, "no")]);
    let wrong = serve(vec![page(200, "wrong")]);
    let good = serve(vec![page(200, "right")]);
    let checksum = Some(sha256(b"right")[..12].to_owned());
    let urls = vec![format!("{bad}/a"), format!("{wrong}/a"), format!("{good}/a")];
    ground.apply(&Step::Fetch(Fetch { checksum, ..fetch(&ground, urls) })).unwrap();
    assert_eq!(ground.text("d/file"), "right");
    assert_eq!(ground.names("d"), ["file"]);
}

#[test]
fn each_failure_of_a_download_is_told_and_nothing_is_replaced() {
    let mut ground = Ground::new();
    ground.put("d/file", "old");
    let bad = serve(vec![page(404, "no")]).replace("http://", "http://user:pass@");
    let short = serve(vec!["HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort".into()]);
    let wrong = format!("file://{}", ground.put("source", "wrong"));
    let checksum = Some(sha256(b"right"));
    let step = Fetch { checksum, ..fetch(&ground, vec![bad, short, wrong, "gopher://x".into()]) };
    let failure = ground.apply(&Step::Fetch(step)).unwrap_err();
    assert!(failure.message.ends_with("from any of 4 addresses"), "{failure}");
    assert!(failure.details[0].ends_with("the server answered with status 404"), "{:?}", failure.details);
    assert!(!failure.details[0].contains("pass"), "{:?}", failure.details);
    assert!(failure.details[1].contains("bytes"), "{:?}", failure.details);
    assert!(failure.details[2].contains("the checksum is"), "{:?}", failure.details);
    assert!(failure.details[3].contains("begins with none"), "{:?}", failure.details);
    assert_eq!((ground.text("d/file").as_str(), ground.names("d")), ("old", vec!["file".to_owned()]));
    let step = Fetch { checksum: Some("abc".into()), ..fetch(&ground, vec![]) };
    let failure = ground.apply(&Step::Fetch(step)).unwrap_err();
    assert!(failure.message.contains("is not a SHA-256 checksum"));
}

#[test]
fn the_bytes_of_a_download_are_those_that_were_sent_whatever_the_server_calls_them() {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(b"text").unwrap();
    let bytes = gzip.finish().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/a.tar.gz", listener.local_addr().unwrap());
    let sent = bytes.clone();
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut buffer = [0; 4096];
        let n = stream.read(&mut buffer).unwrap();
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            sent.len()
        );
        stream.write_all(&[head.as_bytes(), &sent].concat()).unwrap();
        String::from_utf8_lossy(&buffer[..n]).into_owned()
    });
    let mut ground = Ground::new();
    std::fs::create_dir(ground.path("d")).unwrap();
    let step = Fetch { checksum: Some(sha256(&bytes)), ..fetch(&ground, vec![url]) };
    ground.apply(&Step::Fetch(step)).unwrap();
    assert_eq!(std::fs::read(ground.path("d/file")).unwrap(), bytes);
    let asked = joined("the server of a squeezed file", server).to_lowercase();
    assert!(!asked.contains("accept-encoding: gzip"), "{asked}");
}

#[test]
fn a_download_has_a_limit_whether_its_size_was_announced_or_not() {
    let mut ground = Ground::new();
    std::fs::create_dir(ground.path("d")).unwrap();
    let file = format!("file://{}", ground.put("source", "12345"));
    let announced = serve(vec![page(200, "12345")]);
    let open = serve(vec!["HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n12345".into()]);
    for url in [file.clone(), announced, open] {
        let step = Fetch { size_limit: 4, ..fetch(&ground, vec![url]) };
        let failure = ground.apply(&Step::Fetch(step)).unwrap_err();
        assert!(failure.message.ends_with("it has more than 4 bytes, the `size_limit`"), "{failure}");
        assert_eq!(failure.hints, ["raise `size_limit` if so much is wanted"]);
    }
    assert!(ground.names("d").is_empty());
    ground.apply(&Step::Fetch(Fetch { size_limit: 5, ..fetch(&ground, vec![file]) })).unwrap();
}

#[test]
fn the_checksum_comes_out_of_a_published_list() {
    let mut ground = Ground::new();
    std::fs::create_dir(ground.path("d")).unwrap();
    let digest = sha256(b"right");
    let other = sha256(b"other");
    let fetched = |ground: &mut Ground, list: &str, name: &str| {
        let source = format!("file://{}", ground.put("source", "right"));
        let url = format!("file://{}", ground.put("sums", list));
        let published = Some(PublishedChecksum { url, name: name.to_owned() });
        ground.apply(&Step::Fetch(Fetch { published, ..fetch(ground, vec![source]) })).map_err(|failure| {
            assert!(ground.names("d").is_empty(), "nothing is left: {:?}", ground.names("d"));
            failure.message.split(": ").last().unwrap_or_default().to_owned()
        })
    };
    let bad = [
        (format!("{other}  a\n"), "the checksum is"),
        (format!("{digest}  b\n{other}  not-a\n"), "the list of checksums does not name `a`"),
        (format!("{digest}  x/a\n{other}  y/a\n"), "the list has different checksums for `a`"),
        ("<html>no list</html>\n".into(), "the list of checksums does not name `a`"),
        ("x".repeat((1 << 20) + 1), "it has more than 1048576 bytes"),
    ];
    for (list, why) in bad {
        let failure = fetched(&mut ground, &list, "a").unwrap_err();
        assert!(failure.contains(why), "{failure}");
    }
    for list in [
        format!("{other}  b\n{digest}  a\n"),
        format!("{other} *b\r\n{digest} *./pool/a\r\n"),
        format!("SHA256 (b) = {other}\nSHA256 (a) = {}\n", digest.to_uppercase()),
        format!("{digest}\n"),
        format!("{digest}  x/a\n{digest}  y/a\n"),
    ] {
        fetched(&mut ground, &list, "a").unwrap();
        assert_eq!(ground.text("d/file"), "right");
        std::fs::remove_file(ground.path("d/file")).unwrap();
    }
}
