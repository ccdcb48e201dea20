//! Secrets on their way through the programs that are started: not in their words, not in what they store, not in a core.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::program::Program;
use crate::patience::{CallInTime as _, EndInTime as _, until};
use crate::skipped::skip;

const TOKEN: &str = "t0k3n-of-the-rep0sitory";

/// Serves the files below a directory to whoever logs in as `deploy` with the token.
fn serve(directory: &Path) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let directory = directory.to_owned();
    std::thread::spawn(move || {
        listener.incoming().for_each(|stream| answer(&mut stream.unwrap(), &directory));
    });
    address.to_string()
}

fn answer(stream: &mut TcpStream, directory: &Path) {
    let mut request = Vec::new();
    let mut byte = [0];
    while !request.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|n| n == 1) {
        request.push(byte[0]);
    }
    let request = String::from_utf8(request).unwrap();
    // deploy:t0k3n-of-the-rep0sitory
    let is_known = request.contains("Basic ZGVwbG95OnQwazNuLW9mLXRoZS1yZXAwc2l0b3J5");
    let path = request.split([' ', '?']).nth(1).unwrap().trim_start_matches('/');
    let (status, body) = match std::fs::read(directory.join(path)) {
        _ if !is_known => ("401 X\r\nWWW-Authenticate: Basic realm=x", Vec::new()),
        Ok(body) => ("200 X", body),
        Err(_) => ("404 X", Vec::new()),
    };
    let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
    let _ = stream.write_all(&[head.as_bytes(), &body].concat());
}

/// Looks at the words of every process until it is dropped; whether the token was among them.
struct Watcher {
    ends: Arc<AtomicBool>,
    thread: std::thread::JoinHandle<Vec<String>>,
}

impl Watcher {
    fn start() -> Self {
        let ends = Arc::<AtomicBool>::default();
        let until = Arc::clone(&ends);
        let thread = std::thread::spawn(move || {
            let mut seen = Vec::new();
            while !until.load(Ordering::Relaxed) {
                for process in std::fs::read_dir("/proc").unwrap().flatten() {
                    let words = std::fs::read(process.path().join("cmdline")).unwrap_or_default();
                    let words = String::from_utf8_lossy(&words).replace('\0', " ");
                    if words.contains(TOKEN) {
                        seen.push(words);
                    }
                }
            }
            seen
        });
        Self { ends, thread }
    }

    fn seen(self) -> Vec<String> {
        self.ends.store(true, Ordering::Relaxed);
        self.thread.join().unwrap()
    }
}

#[test]
fn a_secret_that_is_replaced_is_shown_no_more_than_the_new_one() {
    let run = || Program::new(&["run", "-r", "app"]);
    let secret = |value: &str| run().env("CHEFRS_SECRET_PASSWORD", value);
    let recipe = r#"file "[DIR]/app.conf" { content = secret "password", mode = "0600" }"#;
    let first = secret("the-former-password\n").file("recipes/app.lua", recipe).output();
    let second = secret("the-later-password\n").within(first.directory).output();
    let said = second.stdout + &second.stderr;
    assert!(said.contains("    -********\n    +********\n"), "{said}");
    assert!(!said.contains("former") && !said.contains("later"), "{said}");
    let third = secret("").within(second.directory).output();
    let said = third.stdout + &third.stderr;
    assert!(said.contains("the secret `password` is empty\n"), "{said}");
    assert!(said.contains("hint: CHEFRS_SECRET_PASSWORD is set but empty"), "{said}");
    assert_eq!(third.status, 1);
    let kept = std::fs::read_to_string(third.directory.path().join("app.conf")).unwrap();
    assert_eq!(kept, "the-later-password\n");
}

#[test]
fn git_is_told_the_login_unseen_and_keeps_none_of_it() {
    if Command::new("git").arg("--version").output_in_time().is_err() {
        skip("no git");
        return;
    }
    let upstream = tempfile::tempdir().unwrap();
    let script = "git init -q -b main work && cd work && echo 1 >page && git add page && \
                  git -c user.name=spec -c user.email=spec@localhost commit -qm one && cd .. && \
                  git clone -q --bare work bare.git && cd bare.git && git update-server-info";
    let made = Command::new("sh").args(["-c", script]).current_dir(upstream.path()).output_in_time().unwrap();
    assert!(made.status.success(), "{made:?}");
    let address = serve(upstream.path());
    let recipe = "git \"[DIR]/copy\" { repository = secret \"address\", revision = \"main\" }\n";
    let watcher = Watcher::start();
    let done = Program::new(&["run", "-r", "git", "--verbose"])
        .file("recipes/git.lua", recipe)
        .env("CHEFRS_SECRET_ADDRESS", &format!("http://deploy:{TOKEN}@{address}/bare.git"))
        .output();
    let seen = watcher.seen();
    assert_eq!(done.status, 0, "{}{}", done.stdout, done.stderr);
    assert_eq!(seen, Vec::<String>::new());
    let copy = done.directory.path().join("copy");
    assert_eq!(std::fs::read_to_string(copy.join("page")).unwrap(), "1\n");
    let kept =
        Command::new("grep").args(["-rlF", TOKEN]).arg(done.directory.path()).output_in_time().unwrap();
    assert_eq!(String::from_utf8_lossy(&kept.stdout), "");
    assert!(!(done.stdout + &done.stderr).contains(TOKEN));
    let again = Program::new(&["run", "-r", "git"])
        .within(done.directory)
        .env("CHEFRS_SECRET_ADDRESS", &format!("http://deploy:{TOKEN}@{address}/bare.git"))
        .output();
    assert_eq!(again.status, 0, "{}{}", again.stdout, again.stderr);
    assert!(again.stdout.contains("1 up to date"), "{}", again.stdout);
}

#[test]
fn no_core_is_left_of_a_process_that_may_hold_one() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::create_dir(directory.path().join("recipes")).unwrap();
    let started = directory.path().join("started");
    let recipe = format!("execute \"touch {} && sleep 60\"\n", started.display());
    std::fs::write(directory.path().join("recipes/a.lua"), recipe).unwrap();
    let program = env!("CARGO_BIN_EXE_chefrs");
    let dumps = |line: &str, ready: &dyn Fn() -> bool| {
        let mut child = Command::new("sh")
            .args(["-c", &format!("ulimit -c unlimited; exec {line}")])
            .current_dir(directory.path())
            .env("CHEFRS_STATE_DIRECTORY", directory.path().join(".state"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        until("it works", ready);
        kill(Pid::from_raw(i32::try_from(child.id()).unwrap()), Signal::SIGABRT).unwrap();
        child.wait_in_time().unwrap().core_dumped()
    };
    assert!(!dumps(&format!("{program} run -r a"), &|| started.exists()));
}

#[test]
fn a_program_that_is_started_here_gets_none() {
    let program = "#!/bin/sh\nenv >seen\necho '{ \"nodes\": { \"web1\": {} } }'\n";
    let done = Program::new(&["nodes"])
        .file("chefrs.toml", "inventory = [\"./inventory\"]\n")
        .file("inventory", program)
        .mode("inventory", 0o755)
        .env("CHEFRS_SECRET_IT", TOKEN)
        .env("KEPT", "yes")
        .output();
    assert_eq!(done.status, 0, "{}{}", done.stdout, done.stderr);
    let seen = std::fs::read_to_string(done.directory.path().join("seen")).unwrap();
    assert!(seen.contains("KEPT=yes") && !seen.contains(TOKEN), "{seen}");
}
