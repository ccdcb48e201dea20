//! A program that was started, and what it says while it runs.

use std::io::Read;
use std::process::{Child, Output};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::{EndInTime as _, PATIENCE, until, within};

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
        let Ok(status) = self.child.wait_in_time() else {
            panic!("it hangs: {}{}", self.stdout.text(), self.stderr.text());
        };
        Output { status, stdout: self.stdout.end(), stderr: self.stderr.end() }
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
    #[track_caller]
    fn end(self) -> Vec<u8> {
        let ended = within(PATIENCE, || self.reader.is_finished());
        assert!(ended, "the program has ended, and somebody still holds its output: {}", self.text());
        std::mem::take(&mut self.bytes.lock().unwrap())
    }
}
