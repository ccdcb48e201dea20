//! Standard error of `ssh` and of the remote command: read continuously, limited in size, with messages separated from
//! the trace of `ssh -v`.

use std::io::{BufRead, BufReader, Read};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use super::options::unknown_option;
use crate::model::english::printable;

/// Lines kept.
const LINES: usize = 100;
/// Longest line, in bytes.
const LINE: u64 = 1024;

/// How long standard error is read after the process has ended, if another process keeps it open.
const LINGER: Duration = Duration::from_millis(1500);

/// Stack size of the reading thread.
const STACK: usize = 64 << 10;

/// Prefix of trace lines of `ssh -v`.
const TRACE: &str = "debug1: ";

/// How far a login has got, from the trace of `ssh`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum LoginProgress {
    /// Unknown: it may use a connection that existed before.
    #[default]
    Unknown,
    /// `ssh` is connecting.
    Called,
    /// Connected, not yet logged in.
    Connected,
    /// Logged in.
    LetIn,
}

/// What the trace of `ssh` has told.
#[derive(Debug, Clone, Default)]
pub(super) struct Trace {
    /// The host key that the server showed last, as `TYPE FINGERPRINT`.
    pub(super) host_key: Option<String>,
    /// The last jump host before the target.
    pub(super) jump: Option<String>,
    /// A jump host or the target has let us in.
    pub(super) let_in: bool,
    /// How far the login on the target itself has got.
    pub(super) step: LoginProgress,
    /// The remote command was killed by a signal.
    pub(super) killed: bool,
    /// The last of our options that `ssh` does not know and can do without.
    pub(super) unknown_option: Option<&'static str>,
}

/// The source of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StderrSource {
    /// `ssh` itself. Its lines are never a question.
    Ssh,
    /// The remote command. Its lines are never a trace.
    Target,
    /// Both: a program passes on the standard error of the target.
    Both,
}

/// What was read so far.
#[derive(Debug, Default)]
struct StderrLines {
    /// Messages of `ssh`, the last ones.
    ssh: Vec<String>,
    /// Messages of the remote command, the last ones.
    target: Vec<String>,
    trace: Trace,
    /// Number of times that the question was asked.
    asked: usize,
    /// No more questions will be asked.
    over: bool,
    /// Number of open streams.
    open: usize,
}

/// What was read, shared between threads, and a condition variable for new questions.
#[derive(Debug, Default)]
struct SharedStderr {
    said: Mutex<StderrLines>,
    bell: Condvar,
}

impl SharedStderr {
    fn said(&self) -> MutexGuard<'_, StderrLines> {
        self.said.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A stream has ended. If it was the remote command's, no more questions will be asked.
    fn closed(&self, speaker: StderrSource) {
        let mut said = self.said();
        said.open -= 1;
        said.over |= speaker != StderrSource::Ssh;
        self.bell.notify_all();
    }
}

/// Reads standard error on threads. Clones share the result.
#[derive(Debug, Clone, Default)]
pub(super) struct Stderr {
    shared: Arc<SharedStderr>,
}

impl Stderr {
    /// Reads the standard error of a program. A line that contains `question` is one.
    pub(super) fn listen(stream: Option<impl Read + Send + 'static>, question: &str) -> Self {
        let stderr = Self::default();
        match stream {
            Some(stream) => stderr.add(stream, StderrSource::Both, question),
            None => stderr.questions().end(),
        }
        stderr
    }

    /// Adds a stream.
    pub(super) fn add(&self, stream: impl Read + Send + 'static, speaker: StderrSource, question: &str) {
        let shared = Arc::clone(&self.shared);
        let question = question.to_owned();
        self.shared.said().open += 1;
        let listen = move || read(stream, &shared, speaker, &question);
        // Without a thread, nothing is kept, and failures are less precise.
        if thread::Builder::new().name("stderr".into()).stack_size(STACK).spawn(listen).is_err() {
            self.shared.closed(speaker);
        }
    }

    /// Records that the target has let us in, from a source other than the trace.
    pub(super) fn let_in(&self) {
        self.shared.said().trace.step = LoginProgress::LetIn;
    }

    /// Waits until all streams have ended, unless another process keeps one open.
    pub(super) fn finish(&self) {
        drop(self.shared.bell.wait_timeout_while(self.shared.said(), LINGER, |said| said.open > 0));
    }

    /// Messages of `ssh`.
    pub(super) fn of_ssh(&self) -> Vec<String> {
        self.shared.said().ssh.clone()
    }

    /// Messages of the remote command.
    pub(super) fn of_target(&self) -> Vec<String> {
        self.shared.said().target.clone()
    }

    /// All messages, those of `ssh` first.
    pub(super) fn all(&self) -> Vec<String> {
        let said = self.shared.said();
        if said.ssh == said.target { said.ssh.clone() } else { [&said.ssh[..], &said.target].concat() }
    }

    pub(super) fn trace(&self) -> Trace {
        self.shared.said().trace.clone()
    }

    /// For waiting on another thread.
    pub(super) fn questions(&self) -> Questions {
        Questions { shared: Arc::clone(&self.shared) }
    }
}

/// Waits for questions.
#[derive(Debug, Clone)]
pub struct Questions {
    shared: Arc<SharedStderr>,
}

impl Questions {
    /// Waits until the question was asked `times` times. Returns false if that will not happen.
    #[must_use]
    pub fn wait(&self, times: usize) -> bool {
        let mut said = self.shared.said();
        while said.asked < times && !said.over {
            said = self.shared.bell.wait(said).unwrap_or_else(PoisonError::into_inner);
        }
        said.asked >= times
    }

    /// Whether no more questions will be asked.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.shared.said().over
    }

    /// Wakes everyone who waits.
    pub fn end(&self) {
        self.shared.said().over = true;
        self.shared.bell.notify_all();
    }
}

fn read(stream: impl Read, shared: &SharedStderr, speaker: StderrSource, question: &str) {
    let mut stream = BufReader::new(stream);
    loop {
        let mut line = Vec::new();
        match stream.by_ref().take(LINE).read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => return shared.closed(speaker),
            Ok(_) => {
                let text = printable(String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']));
                let mut said = shared.said();
                if speaker != StderrSource::Ssh && text.contains(question) {
                    said.asked += 1;
                    shared.bell.notify_all();
                } else if speaker == StderrSource::Target || !note(&text, &mut said.trace) {
                    said.keep(&text, speaker);
                }
            }
        }
    }
}

impl StderrLines {
    fn keep(&mut self, line: &str, speaker: StderrSource) {
        if line.trim().is_empty() {
            return;
        }
        let keep = |lines: &mut Vec<String>| {
            if lines.len() == LINES {
                lines.remove(0);
            }
            lines.push(line.to_owned());
        };
        if speaker != StderrSource::Target {
            keep(&mut self.ssh);
        }
        if speaker != StderrSource::Ssh {
            keep(&mut self.target);
        }
    }
}

/// Records what a line of the trace tells. Returns whether the line belongs to the trace.
fn note(line: &str, told: &mut Trace) -> bool {
    if let Some(trace) = line.strip_prefix(TRACE) {
        if let Some(key) = trace.strip_prefix("Server host key: ") {
            told.host_key = Some(key.to_owned());
        }
        if let Some(command) = trace.strip_prefix("Setting implicit ProxyCommand from ProxyJump: ") {
            told.jump = command.split_whitespace().last().map(str::to_owned);
        }
        // With a jump host, these lines may be about either host.
        if told.jump.is_none() {
            if trace.starts_with("Connecting to ") {
                told.step = LoginProgress::Called;
            } else if trace.starts_with("Connection established") {
                told.step = LoginProgress::Connected;
            }
        }
        told.killed |= trace.contains(" rtype exit-signal ");
        return true;
    }
    if let Some(option) = unknown_option(line) {
        told.unknown_option = Some(option);
        return true;
    }
    if line.starts_with("Authenticated to ") {
        told.let_in = true;
        if told.jump.is_none() || line.contains("(via proxy)") {
            told.step = LoginProgress::LetIn;
        }
    }
    // The last one is printed when we have killed it.
    let tracing = [
        "OpenSSH_",
        "Authenticated to ",
        "Transferred: ",
        "Bytes per second: ",
        "Authenticated using ",
        "Killed by signal ",
    ];
    tracing.iter().any(|word| line.starts_with(word))
}
