//! A server of HTTP on loopback, one request after the other, for as long as the specs run.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;

/// Answers each request, given from its first line to the end of its headers, with the bytes of a whole answer; gives its
/// address.
pub fn serve(answer: impl Fn(&str) -> String + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = Vec::new();
            let mut byte = [0];
            while !request.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|n| n == 1) {
                request.push(byte[0]);
            }
            let _ = stream.write_all(answer(&String::from_utf8(request).unwrap()).as_bytes());
        }
    });
    address.to_string()
}

/// The path that a request asks for.
pub fn path(request: &str) -> &str {
    request.split(' ').nth(1).unwrap()
}
