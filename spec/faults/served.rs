//! A site that does not come up: what was served before is still, and the reason is shown.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use crate::cli::program::Program;
use crate::patience::joined;

/// A server that answers with a file: the status in its first line, the page in the rest. Ends when it is dropped.
struct Server {
    address: SocketAddr,
    ended: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    fn new(page: PathBuf) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let ended = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&ended);
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if seen.load(Ordering::SeqCst) {
                    return;
                }
                answer(stream.unwrap(), &page);
            }
        });
        Self { address, ended, thread: Some(thread) }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::SeqCst);
        // It waits for a connection, and ends with this one.
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            joined("the server of a page", thread);
        }
    }
}

fn answer(mut stream: TcpStream, page: &Path) {
    let mut request = Vec::new();
    let mut byte = [0];
    while !request.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|n| n == 1) {
        request.push(byte[0]);
    }
    let text = fs::read_to_string(page).unwrap_or_else(|_| "404\ngone".into());
    let (status, body) = text.split_once('\n').unwrap();
    let head = format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
    // Who asked may be gone already.
    let _ = stream.write_all((head + body).as_bytes());
}

#[test]
fn the_old_site_stays_served_when_the_new_one_fails_its_check() {
    let project = tempfile::tempdir().unwrap();
    let place = project.path().to_owned();
    for (folder, page) in [("old", "200\nthe old site"), ("new", "500\nno such table")] {
        fs::create_dir(place.join(folder)).unwrap();
        fs::write(place.join(folder).join("page"), page).unwrap();
    }
    fs::write(place.join("log"), (1..=60).map(|n| format!("line {n}")).collect::<Vec<_>>().join("\n"))
        .unwrap();
    std::os::unix::fs::symlink("old", place.join("current")).unwrap();
    let (site, trial) = (Server::new(place.join("current/page")), Server::new(place.join("new/page")));
    let recipe = format!(
        "http_check \"http://{}/\" {{ attempts = 2, interval = 0, diagnose = {{ \"cat\", \"[DIR]/log\" }} }}\n\
         link \"[DIR]/current\" {{ to = \"new\" }}\n\
         http_check \"http://{}/\" {{ body_contains = \"the new site\" }}\n",
        trial.address, site.address
    );
    let check = format!("http_check[http://{}/]", trial.address);
    let failed = Program::new(&["run", "-r", "site"])
        .within(project)
        .file("recipes/site.lua", &recipe)
        .stdout_has(&format!(
            "error: {check} failed to check: `http://{}/` answers 500 after 2 attempts, \
             expected anything but 400 and 5xx\n  --> recipes/site.lua:1\n",
            trial.address
        ))
        // Of the log the end, then the page.
        .stdout_has("  | $ cat [DIR]/log\n  | line 11\n")
        .stdout_has("  | line 60\n  | no such table\n")
        .stdout_has("0 updated, 0 up to date, 2 not run, 1 failed in [TIME]\n")
        .status(1)
        .check();
    assert!(!failed.stdout.contains("| line 10\n"), "{}", failed.stdout);
    assert_eq!(fs::read_link(place.join("current")).unwrap(), Path::new("old"));

    fs::write(place.join("new/page"), "200\nthe new site").unwrap();
    let _mended = Program::new(&["run", "-r", "site"])
        .within(failed.directory)
        .stdout_has("1 updated, 2 up to date, 0 failed in [TIME]\n")
        .check();
    assert_eq!(fs::read_link(place.join("current")).unwrap(), Path::new("new"));
}

#[test]
fn a_port_that_somebody_else_has_is_found_out() {
    let project = tempfile::tempdir().unwrap();
    fs::write(project.path().join("page"), "200\nsomebody else's").unwrap();
    let stranger = Server::new(project.path().join("page"));
    let port = stranger.address.port();
    let start = "use IO::Socket; IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => shift, Listen => 1) \
                 or die \"can't listen: $!\\n\"";
    let recipe = format!(
        "execute \"start\" {{ command = {{ \"perl\", \"-e\", [==[{start}]==], \"{port}\" }} }}\n\
         http_check \"http://127.0.0.1:{port}/\" {{ body_contains = \"our site\", diagnose = {{ \"cat\", \"[DIR]/page\" }} }}\n"
    );
    Program::new(&["run", "-r", "site", "--on-failure", "continue"])
        .within(project)
        .file("recipes/site.lua", &recipe)
        .stdout_has("error: execute[start] failed to run: `perl -e ")
        .stdout_has("  | can't listen: Address already in use\n")
        // That something answers there is not enough.
        .stdout_has(&format!(
            "failed to check: `http://127.0.0.1:{port}/` answers 200, but the page does not contain `our site`\n"
        ))
        .stdout_has("  | somebody else's\n")
        .stdout_has("0 updated, 0 up to date, 2 failed in [TIME]\n")
        .status(1)
        .check();
}
