//! Pages of the machine itself: the same results, also of what is slow.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use chefrs::model::query::{Answer, HttpRequest, Query};
use chefrs::target::Target;
use chefrs::target::local::Local;

use crate::patience::{CallInTime as _, EndInTime as _};

use super::{Session, shells};

/// Answers each connection with the text, and keeps it open.
fn serve(text: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        let mut open = Vec::new();
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(text.as_bytes());
            open.push(stream);
        }
    });
    format!("http://{address}/")
}

/// A server with a certificate of its own for `blog.example.org`, ended when it is dropped.
struct Secured {
    server: Child,
    port: String,
}

impl Secured {
    fn new(place: &Path) -> Self {
        let (key, certificate) = (place.join("key"), place.join("certificate"));
        let made = Command::new("openssl")
            .args(["req", "-x509", "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"])
            .args(["-subj", "/CN=blog.example.org", "-addext", "subjectAltName=DNS:blog.example.org"])
            .args(["-days", "3650", "-keyout", key.to_str().unwrap(), "-out", certificate.to_str().unwrap()])
            .output_in_time()
            .unwrap();
        assert!(made.status.success(), "{made:?}");
        let mut server = Command::new("openssl")
            .args(["s_server", "-accept", "127.0.0.1:0", "-www", "-key", key.to_str().unwrap()])
            .args(["-cert", certificate.to_str().unwrap()])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // `ACCEPT 127.0.0.1:40123`
        let lines = BufReader::new(server.stdout.take().unwrap()).lines();
        let mut ports = lines.map_while(Result::ok).filter_map(|line| {
            line.strip_prefix("ACCEPT ")?.rsplit_once(':').map(|(_, port)| port.to_owned())
        });
        let port = ports.next().expect("openssl says on which port it listens");
        Self { server, port }
    }
}

impl Drop for Secured {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait_in_time();
    }
}

fn ask(target: &mut dyn Target, url: &str) -> Answer {
    fetch(target, HttpRequest { url: url.to_owned(), timeout: 1, attempts: 1, ..HttpRequest::default() })
}

fn fetch(target: &mut dyn Target, request: HttpRequest) -> Answer {
    target.ask(&[Query::Http(Box::new(request))]).unwrap().remove(0)
}

#[test]
fn what_comes_too_slowly_is_told_alike() {
    for text in [
        "",
        "HTTP/1.1 200 OK\r\n",
        "HTTP/1.1 100 Continue\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        "SSH-2.0-OpenSSH_9.2\r\n\r\n",
    ] {
        let url = serve(text);
        let wanted = ask(&mut Local::new(), &url);
        for argv in shells() {
            let found = ask(Session::with(&argv).shell(), &url);
            assert_eq!(found, wanted, "{argv:?}: {text:?}");
        }
    }
}

#[test]
fn a_certificate_counts_unless_the_cook_says_otherwise() {
    let place = tempfile::tempdir().unwrap();
    let server = Secured::new(place.path());
    let request = HttpRequest {
        url: format!("https://blog.example.org:{}/", server.port),
        connect_to: Some([127, 0, 0, 1].into()),
        wanted_headers: vec!["content-type".into()],
        timeout: 60,
        attempts: 1,
        ..HttpRequest::default()
    };
    let any = HttpRequest { any_certificate: true, ..request.clone() };
    let look = |target: &mut dyn Target| {
        let Answer::Http(refused) = fetch(target, request.clone()) else { panic!("no answer") };
        assert_eq!(refused.status, None);
        let why = refused.error.unwrap().to_lowercase();
        assert!(why.contains("certificate"), "{why}");
        let Answer::Http(page) = fetch(target, any.clone()) else { panic!("no answer") };
        assert_eq!((page.status, page.error), (Some(200), None));
        assert_eq!(page.headers, [("content-type".to_owned(), "text/html".to_owned())]);
        assert!(page.body.contains("<HTML>"), "{}", page.body);
    };
    look(&mut Local::new());
    for argv in shells() {
        look(Session::with(&argv).shell());
    }
}
