//! A server of HTTP on loopback that gives the files of a directory, or answers as a spec says.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::patience::joined;

/// The server. It ends when it is dropped.
pub(super) struct Web {
    address: SocketAddr,
    ended: Arc<AtomicBool>,
    /// The heads of all requests.
    seen: Arc<Mutex<Vec<String>>>,
    thread: Option<JoinHandle<()>>,
}

/// What it answers: status, headers that end their lines, body. The length that it says is that of the body, unless it is
/// given.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: String,
    pub(super) body: Vec<u8>,
    pub(super) length: Option<usize>,
}

impl Answer {
    pub(super) fn of(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: String::new(), body: body.into(), length: None }
    }
}

impl Web {
    /// Gives files. With a word, only to who sends it as `Authorization`.
    pub(super) fn files(root: PathBuf, word: Option<&'static str>) -> Self {
        Self::new(move |path, head| {
            let is_let_in = word.is_none_or(|word| {
                head.to_lowercase().contains(&format!("authorization: {}\r\n", word.to_lowercase()))
            });
            if !is_let_in {
                return Answer::of(401, "");
            }
            match std::fs::read(root.join(path.trim_start_matches('/'))) {
                Ok(bytes) => Answer::of(200, bytes),
                Err(_) => Answer::of(404, "gone"),
            }
        })
    }

    pub(super) fn new(answer: impl Fn(&str, &str) -> Answer + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (ended, seen) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(Vec::new())));
        let (is_over, heads) = (Arc::clone(&ended), Arc::clone(&seen));
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if is_over.load(Ordering::SeqCst) {
                    return;
                }
                let mut stream = stream.unwrap();
                stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
                let mut request = Vec::new();
                let mut byte = [0];
                while !request.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|n| n == 1) {
                    request.push(byte[0]);
                }
                let head = String::from_utf8_lossy(&request).into_owned();
                let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
                heads.lock().unwrap().push(head.clone());
                let Answer { status, headers, body, length } = answer(&path, &head);
                let length = length.unwrap_or(body.len());
                let head = format!(
                    "HTTP/1.1 {status} X\r\nContent-Length: {length}\r\n{headers}Connection: close\r\n\r\n"
                );
                // Who asked may be gone already.
                let _ = stream.write_all(&[head.as_bytes(), &body].concat());
            }
        });
        Self { address, ended, seen, thread: Some(thread) }
    }

    /// `127.0.0.1:PORT`.
    pub(super) fn host(&self) -> String {
        self.address.to_string()
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The heads of all requests so far.
    pub(super) fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }
}

impl Drop for Web {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::SeqCst);
        // It waits for a connection, and ends with this one.
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            joined("the server of a registry", thread);
        }
    }
}
