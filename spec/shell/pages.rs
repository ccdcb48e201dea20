//! Pages of the machine itself: the same results, also of what is slow.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use chefrs::model::query::{Answer, HttpRequest, Query};
use chefrs::target::Target;
use chefrs::target::local::Local;

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

fn ask(target: &mut dyn Target, url: &str) -> Answer {
    let request = HttpRequest {
        url: url.to_owned(),
        headers: Vec::new(),
        timeout: 1,
        attempts: 1,
        interval: 0,
        ..HttpRequest::default()
    };
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
