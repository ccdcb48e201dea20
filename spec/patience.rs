//! Waiting for what must come: for a condition, never for a while, and with more patience than any machine needs.

use std::io::Read;
use std::path::Path;
use std::process::{Child, ExitStatus, Output};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// Whoever has waited so long waits for what never comes.
pub const PATIENCE: Duration = Duration::from_secs(300);

const GLANCE: Duration = Duration::from_millis(20);

/// Waits until something holds; `what` is said if it never does.
#[track_caller]
pub fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let begin = Instant::now();
    while !holds() {
        assert!(begin.elapsed() < PATIENCE, "it never came: {what}");
        thread::sleep(GLANCE);
    }
}

/// Waits until something is at a path.
#[track_caller]
pub fn wait_for(path: &Path) {
    until(&path.display().to_string(), || path.exists());
}

/// How two looks at this machine differ, if they do. What it does meanwhile, as the networks of other specs come and go,
/// is told from a difference between them by a third look: then both look again.
pub fn undisturbed<T: PartialEq>(one: impl Fn() -> T, other: impl Fn() -> T) -> Option<(T, T)> {
    for _ in 0..100 {
        let (first, second) = (one(), other());
        if first == second {
            return None;
        }
        if one() == first && other() == second {
            return Some((first, second));
        }
    }
    panic!("the machine is never at rest");
}

/// Whether a process runs; one that has only not been waited for has ended.
pub fn is_running(pid: &str) -> bool {
    let status = Path::new("/proc").join(pid.trim()).join("status");
    let status = std::fs::read_to_string(status).unwrap_or_default();
    !status.is_empty() && !status.contains("State:\tZ") && !status.contains("State:\tX")
}

/// The running processes in whose arguments these words stand.
pub fn processes_with(words: &str) -> Vec<String> {
    let pids = std::fs::read_dir("/proc").unwrap().flatten();
    let pids = pids.map(|entry| entry.file_name().to_string_lossy().into_owned());
    pids.filter(|pid| {
        let arguments = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        String::from_utf8_lossy(&arguments).contains(words) && is_running(pid)
    })
    .collect()
}

/// A program that was started with both streams piped, which are heard while it runs.
pub struct Heard {
    child: Child,
    stdout: Stream,
    stderr: Stream,
}

impl Heard {
    pub fn new(mut child: Child) -> Self {
        let stdout = Stream::new(child.stdout.take().unwrap());
        let stderr = Stream::new(child.stderr.take().unwrap());
        Self { child, stdout, stderr }
    }

    /// Number of its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    pub fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(i32::try_from(self.id()).unwrap()), signal).unwrap();
    }

    /// Waits until these words stand on its standard output.
    #[track_caller]
    pub fn says(&self, words: &str) {
        until(&format!("{words:?} on standard output"), || self.stdout.has(words));
    }

    /// Waits until these words stand so often on its standard output.
    #[track_caller]
    pub fn says_times(&self, words: &str, times: usize) {
        until(&format!("{words:?} on standard output"), || {
            self.stdout.text().matches(words).count() >= times
        });
    }

    /// Waits until these words stand on its standard error.
    #[track_caller]
    pub fn complains(&self, words: &str) {
        until(&format!("{words:?} on standard error"), || self.stderr.has(words));
    }

    /// A signal, and what is said once it has been taken: two that follow each other too soon count as one.
    #[track_caller]
    pub fn told_to_end(&self, signal: Signal, words: &str) {
        self.signal(signal);
        self.complains(words);
    }

    /// Waits until it has ended, which it must by itself.
    #[track_caller]
    pub fn end(mut self) -> Output {
        let mut status: Option<ExitStatus> = None;
        let begin = Instant::now();
        while status.is_none() {
            if begin.elapsed() > PATIENCE {
                let _ = self.child.kill();
                let _ = self.child.wait();
                panic!("it hangs: {}{}", self.stdout.text(), self.stderr.text());
            }
            thread::sleep(GLANCE);
            status = self.child.try_wait().unwrap();
        }
        Output { status: status.unwrap(), stdout: self.stdout.end(), stderr: self.stderr.end() }
    }
}

/// One stream, and who reads it.
struct Stream {
    bytes: Arc<Mutex<Vec<u8>>>,
    reader: JoinHandle<()>,
}

impl Stream {
    fn new(mut from: impl Read + Send + 'static) -> Self {
        let bytes = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&bytes);
        let reader = thread::spawn(move || {
            let mut piece = [0; 4096];
            while let Ok(n @ 1..) = from.read(&mut piece) {
                heard.lock().unwrap().extend_from_slice(&piece[..n]);
            }
        });
        Self { bytes, reader }
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes.lock().unwrap()).into_owned()
    }

    fn has(&self, words: &str) -> bool {
        self.text().contains(words)
    }

    /// All of it, once nobody holds its other end.
    fn end(self) -> Vec<u8> {
        self.reader.join().unwrap();
        std::mem::take(&mut self.bytes.lock().unwrap())
    }
}
