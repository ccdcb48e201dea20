//! What a channel's process says on standard error: read all the time, kept within bounds, told apart from tracing.

use std::io::{BufRead, BufReader, Read as _};
use std::process::ChildStderr;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use crate::model::english::printable;

/// Lines kept.
const LINES: usize = 100;
/// Bytes of one line.
const LINE: u64 = 1024;

/// How long what the process has said is still read after its end, when something it left behind holds the stream open.
const LINGER: Duration = Duration::from_millis(500);

/// Stack of the thread that listens.
const STACK: usize = 64 << 10;

/// What `ssh -v` puts before the lines that trace its work.
const TRACE: &str = "debug1: ";

/// How far `ssh` came, as its tracing tells.
#[derive(Debug, Clone, Default)]
pub(super) struct Trace {
    /// The key that the server showed last, as `TYPE FINGERPRINT`.
    pub(super) host_key: Option<String>,
    /// The jump host before the target, the last one if there are several.
    pub(super) jump: Option<String>,
    /// Somebody on the way, or the target, has let us in.
    pub(super) let_in: bool,
    /// What ran on the target was ended by a signal.
    pub(super) killed: bool,
}

/// What was said so far.
#[derive(Debug, Default)]
struct Said {
    /// Words meant for people, the last ones.
    lines: Vec<String>,
    trace: Trace,
    /// How often the question was asked that was to be expected.
    asked: usize,
    /// Nobody waits for a question any more.
    over: bool,
    /// Nothing more will be said.
    ended: bool,
}

/// What was said, and a bell for whoever waits for a question.
#[derive(Debug, Default)]
struct Ear {
    said: Mutex<Said>,
    bell: Condvar,
}

impl Ear {
    /// Nobody needs to wait for a question any more; whether because nothing more will be said.
    fn end(&self, ended: bool) {
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        said.over = true;
        said.ended |= ended;
        self.bell.notify_all();
    }
}

/// A listener on standard error.
#[derive(Debug)]
pub(super) struct Complaints {
    ear: Arc<Ear>,
}

impl Complaints {
    /// Listens from now on; a line that holds `question` is one.
    pub(super) fn listen(stream: Option<ChildStderr>, question: &str) -> Self {
        let ear = Arc::<Ear>::default();
        let kept = Arc::clone(&ear);
        let question = question.to_owned();
        let listening = stream.is_some_and(|stream| {
            let listen = move || read(stream, &kept, &question);
            thread::Builder::new().name("stderr".into()).stack_size(STACK).spawn(listen).is_ok()
        });
        // Without the thread nothing is kept, and the reason of a failure is told less well.
        if !listening {
            ear.end(true);
        }
        Self { ear }
    }

    /// The process is over: waits for its last words, as far as nothing that it left behind holds the stream open.
    pub(super) fn finish(&self) {
        let said = self.ear.said.lock().unwrap_or_else(PoisonError::into_inner);
        drop(self.ear.bell.wait_timeout_while(said, LINGER, |said| !said.ended));
    }

    /// Words meant for people.
    pub(super) fn lines(&self) -> Vec<String> {
        self.with(|said| said.lines.clone())
    }

    /// How far `ssh` came.
    pub(super) fn trace(&self) -> Trace {
        self.with(|said| said.trace.clone())
    }

    fn with<T>(&self, look: impl FnOnce(&Said) -> T) -> T {
        look(&self.ear.said.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Somebody who waits for questions on another thread.
    pub(super) fn questions(&self) -> Questions {
        Questions { ear: Arc::clone(&self.ear) }
    }
}

/// Waits for questions.
#[derive(Debug, Clone)]
pub struct Questions {
    ear: Arc<Ear>,
}

impl Questions {
    /// Waits until the question was asked so often; false when nobody will ask it any more.
    #[must_use]
    pub fn wait(&self, times: usize) -> bool {
        let mut said = self.ear.said.lock().unwrap_or_else(PoisonError::into_inner);
        while said.asked < times && !said.over {
            said = self.ear.bell.wait(said).unwrap_or_else(PoisonError::into_inner);
        }
        said.asked >= times
    }

    /// Nobody needs to wait any more.
    pub fn end(&self) {
        self.ear.end(false);
    }
}

fn read(stream: ChildStderr, ear: &Ear, question: &str) {
    let mut stream = BufReader::new(stream);
    loop {
        let mut line = Vec::new();
        match stream.by_ref().take(LINE).read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => return ear.end(true),
            Ok(_) => {
                let text = printable(String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']));
                let mut said = ear.said.lock().unwrap_or_else(PoisonError::into_inner);
                if text.contains(question) {
                    said.asked += 1;
                    ear.bell.notify_all();
                } else {
                    note(&text, &mut said);
                }
            }
        }
    }
}

fn note(line: &str, said: &mut Said) {
    if let Some(trace) = line.strip_prefix(TRACE) {
        if let Some(key) = trace.strip_prefix("Server host key: ") {
            said.trace.host_key = Some(key.to_owned());
        }
        if let Some(command) = trace.strip_prefix("Setting implicit ProxyCommand from ProxyJump: ") {
            said.trace.jump = command.split_whitespace().last().map(str::to_owned);
        }
        said.trace.killed |= trace.contains(" rtype exit-signal ");
        return;
    }
    said.trace.let_in |= line.starts_with("Authenticated to ");
    // The last is what it says when we have ended it.
    let tracing = [
        "OpenSSH_",
        "Authenticated to ",
        "Transferred: ",
        "Bytes per second: ",
        "Authenticated using ",
        "Killed by signal ",
    ];
    if line.trim().is_empty() || tracing.iter().any(|word| line.starts_with(word)) {
        return;
    }
    if said.lines.len() == LINES {
        said.lines.remove(0);
    }
    said.lines.push(line.to_owned());
}
