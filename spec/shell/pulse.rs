//! A shell that holds the lock gives it up when nobody was heard for too long, and not while it works.

use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use camino::Utf8Path;
use chefrs::model::content::Content;
use chefrs::model::journal::Lock;
use chefrs::model::step::{Command as Run, Step};
use chefrs::target::shell::Shell;

use super::runs::{apply, holder, local, lock};
use super::{root, shells, words};
use crate::local::file;
use crate::patience::{CallInTime as _, EndInTime as _};
use crate::skipped::is_root;

/// A way to a shell that remembers what went through, and can swallow everything without saying so.
#[derive(Clone)]
struct Network {
    way: Arc<Mutex<(Option<ChildStdin>, String)>>,
    cut: Arc<AtomicBool>,
}

impl Write for Network {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let (way, sent) = &mut *self.way.lock().unwrap();
        if self.cut.load(Ordering::Relaxed) {
            return Ok(bytes.len());
        }
        sent.push_str(&String::from_utf8_lossy(bytes));
        way.as_mut().unwrap().write_all(bytes).map(|()| bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Network {
    fn cut(&self) {
        self.cut.store(true, Ordering::Relaxed);
    }

    /// Ends it in good order.
    fn close(&self) {
        self.way.lock().unwrap().0 = None;
    }

    fn sent(&self) -> String {
        self.way.lock().unwrap().1.clone()
    }

    /// Lines that are signs of life, so far.
    fn signs(&self) -> usize {
        self.sent().lines().filter(|line| *line == "beat").count()
    }

    /// The directory of the session.
    fn directory(&self) -> PathBuf {
        let sent = self.sent();
        let name = sent.split("work '").nth(1).unwrap().split('\'').next().unwrap();
        Path::new("/tmp").join(name)
    }
}

/// A shell that holds the lock of a state directory.
struct Holding {
    shell: Option<Shell>,
    child: Child,
    network: Network,
}

impl Holding {
    fn new(argv: &[&str], state: &Utf8Path, period: Duration) -> Self {
        let mut child = Command::new(argv[0])
            .args(&argv[1..])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (reader, writer) = (child.stdout.take().unwrap(), child.stdin.take().unwrap());
        let way = Arc::new(Mutex::new((Some(writer), String::new())));
        let network = Network { way, cut: Arc::default() };
        let mut shell = Shell::over("spec", reader, network.clone()).unwrap();
        shell.keep_state_in(&state.to_owned()).unwrap();
        shell.beat_every(period);
        apply(&mut shell, &Step::Lock(holder("one"))).unwrap();
        Self { shell: Some(shell), child, network }
    }

    fn shell(&mut self) -> &mut Shell {
        self.shell.as_mut().unwrap()
    }
}

impl Drop for Holding {
    fn drop(&mut self) {
        self.shell = None;
        let _ = self.child.kill();
        let _ = self.child.wait_in_time();
    }
}

fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let begin = Instant::now();
    while !holds() {
        assert!(begin.elapsed() < Duration::from_secs(120), "{what}");
        thread::sleep(Duration::from_millis(50));
    }
}

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn a_silent_network_frees_the_lock() {
    let all: Vec<_> = shells()
        .into_iter()
        .map(|argv| {
            let directory = tempfile::tempdir().unwrap();
            let state = root(&directory).join("state");
            let holding = Holding::new(&argv, &state, SECOND);
            assert!(lock(&mut local(&state)).held, "{argv:?}");
            holding.network.cut();
            (argv, directory, state, holding)
        })
        .collect();
    for (argv, _directory, state, mut holding) in all {
        let left = Lock { held: false, holder: Some(holder("one")), left: None };
        until(&format!("{argv:?} gives the lock up"), || lock(&mut local(&state)) == left);
        assert_eq!(holding.child.wait_in_time().unwrap().signal(), Some(9), "{argv:?}");
        let own = holding.network.directory();
        until(&format!("{argv:?} leaves no directory behind"), || !own.exists());
        assert!(apply(holding.shell(), &Step::Run(Run::new(["true"]))).is_err(), "{argv:?}");
        apply(&mut local(&state), &Step::Lock(holder("two"))).unwrap();
    }
}

#[test]
fn a_command_is_never_left_without_the_lock() {
    let directory = tempfile::tempdir().unwrap();
    let here = root(&directory);
    let state = here.join("state");
    let mut holding = Holding::new(&["/bin/sh"], &state, SECOND);
    let network = holding.network.clone();
    let script = format!("cd {here}; touch begun; until test -e go; do sleep 0.1; done");
    thread::scope(|scope| {
        let work = scope.spawn(|| apply(holding.shell(), &Step::Run(Run::new(["/bin/sh", "-c", &script]))));
        until("the command", || here.join("begun").exists());
        network.cut();
        // Longer than a silence may last; where this machine is slow, this says less, and nothing wrong.
        thread::sleep(10 * SECOND);
        assert!(lock(&mut local(&state)).held);
        std::fs::write(here.join("go"), "").unwrap();
        assert_eq!(work.join().unwrap(), Ok(()));
    });
    until("the lock is given up once the command has ended", || !lock(&mut local(&state)).held);
}

#[test]
fn a_session_that_ends_leaves_nothing() {
    for argv in shells() {
        let directory = tempfile::tempdir().unwrap();
        let state = root(&directory).join("state");
        let mut holding = Holding::new(&argv, &state, SECOND);
        let own = holding.network.directory();
        assert!(own.join("pulse").exists(), "{argv:?}");
        // Requests of several parts, with signs of life around them and none in them.
        let mut large = file(&state.join("large"), "");
        for n in 0..3 {
            large.content = Content::Text(format!("{n}{}", "0123456789abcdef".repeat(50_000)));
            apply(holding.shell(), &Step::WriteFile(large.clone())).unwrap();
        }
        assert_eq!(lock(&mut local(&state)).holder, Some(holder("one")), "{argv:?}");
        assert!(own.join("pulse").exists(), "{argv:?}");
        holding.shell = None;
        holding.network.close();
        assert_eq!(holding.child.wait_in_time().unwrap().code(), Some(0), "{argv:?}");
        assert_eq!(lock(&mut local(&state)), Lock::default(), "{argv:?}");
        assert!(!own.exists(), "{argv:?}");
    }
}

/// In place of `sleep`: each line in a pipe is the end of one.
const SLEEP: &str = "#!/bin/sh\nread -r line <\"$(dirname \"$0\")/ticks\"\n";

/// Ends a sleep, once somebody sleeps; false where that is not so.
fn tick(pipe: &Utf8Path) -> bool {
    let open = std::fs::OpenOptions::new()
        .write(true)
        .custom_flags(rustix::fs::OFlags::NONBLOCK.bits().cast_signed())
        .open(pipe);
    match open {
        Ok(mut pipe) => pipe.write_all(b"\n").is_ok(),
        Err(_) => false,
    }
}

#[test]
fn signs_of_life_keep_the_lock() {
    if !is_root() {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let here = root(&directory);
    let state = here.join("state");
    std::fs::write(here.join("sleep"), SLEEP.replace("$(dirname \"$0\")", here.as_str())).unwrap();
    let made =
        Command::new("sh").args(["-c", "chmod 755 sleep; mkfifo ticks"]).current_dir(&here).status_in_time();
    assert!(made.unwrap().success());
    let script = "mount --bind \"$0/sleep\" \"$(readlink -f \"$(command -v sleep)\")\"; exec /bin/sh";
    let argv = ["unshare", "--mount", "/bin/sh", "-c", script, here.as_str()].map(str::to_owned);
    let mut holding = Holding::new(&words(&argv), &state, Duration::from_millis(20));
    let pulse = holding.network.directory().join("pulse");
    for _ in 0..20 {
        let before = std::fs::read_to_string(&pulse).unwrap();
        let signs = holding.network.signs();
        until("a sign of life", || holding.network.signs() > signs);
        until("that is heard", || std::fs::read_to_string(&pulse).unwrap() != before);
        until("a period to end", || tick(&here.join("ticks")));
    }
    assert!(lock(&mut local(&state)).held);
    assert_eq!(holding.child.try_wait().unwrap(), None);
    holding.network.cut();
    let mut periods = 0;
    until("the lock to be given up", || {
        periods += usize::from(tick(&here.join("ticks")));
        !lock(&mut local(&state)).held
    });
    assert!(periods >= 6, "{periods} periods of silence");
}
