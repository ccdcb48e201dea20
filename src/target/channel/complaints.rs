//! What is said on standard error, by `ssh` and by what runs on the target: read all the time, kept within bounds, told
//! apart from tracing.

use std::io::{BufRead, BufReader, Read};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use super::options::unknown_option;
use crate::model::english::printable;

/// Lines kept.
const LINES: usize = 100;
/// Bytes of one line.
const LINE: u64 = 1024;

/// How long what the process has said is still read after its end, when something it left behind holds the stream open.
const LINGER: Duration = Duration::from_millis(1500);

/// Stack of the thread that listens.
const STACK: usize = 64 << 10;

/// What `ssh -v` puts before the lines that trace its work.
const TRACE: &str = "debug1: ";

/// The last step of a way that `ssh` has told of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum WayIn {
    /// None: it may have come in over a connection that was there before.
    #[default]
    Unknown,
    /// It has called, and nobody has answered.
    Called,
    /// The connection is made; whoever answers has let nobody in yet.
    Connected,
    /// The target has let us in.
    LetIn,
}

/// How far `ssh` came, as its tracing tells.
#[derive(Debug, Clone, Default)]
pub(super) struct Trace {
    /// The key that the server showed last, as `TYPE FINGERPRINT`.
    pub(super) host_key: Option<String>,
    /// The jump host before the target, the last one if there are several.
    pub(super) jump: Option<String>,
    /// Somebody on the way, or the target, has let us in.
    pub(super) let_in: bool,
    /// The last step of the way to the target itself.
    pub(super) step: WayIn,
    /// What ran on the target was ended by a signal.
    pub(super) killed: bool,
    /// The last option of ours that it refused and can do without.
    pub(super) unknown_option: Option<&'static str>,
}

/// Whose standard error a stream is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Speaker {
    /// `ssh` here. What it says is never taken for a question.
    Ssh,
    /// What runs on the target. What it says is never taken for tracing.
    Target,
    /// Both: the program that leads there hands on what comes from the target.
    Both,
}

/// What was said so far.
#[derive(Debug, Default)]
struct Said {
    /// Words of `ssh` that are meant for people, the last ones.
    ssh: Vec<String>,
    /// The same of what runs on the target.
    target: Vec<String>,
    trace: Trace,
    /// How often the question was asked that was to be expected.
    asked: usize,
    /// Nobody waits for a question any more.
    over: bool,
    /// Streams that are still open.
    open: usize,
}

/// What was said, and a bell for whoever waits for a question.
#[derive(Debug, Default)]
struct Ear {
    said: Mutex<Said>,
    bell: Condvar,
}

impl Ear {
    fn said(&self) -> MutexGuard<'_, Said> {
        self.said.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A stream has come to its end; of which one no question can come any more.
    fn closed(&self, speaker: Speaker) {
        let mut said = self.said();
        said.open -= 1;
        said.over |= speaker != Speaker::Ssh;
        self.bell.notify_all();
    }
}

/// A listener on standard error. Clones hear the same.
#[derive(Debug, Clone, Default)]
pub(super) struct Complaints {
    ear: Arc<Ear>,
}

impl Complaints {
    /// Listens to a program from now on; a line that holds `question` is one.
    pub(super) fn listen(stream: Option<impl Read + Send + 'static>, question: &str) -> Self {
        let complaints = Self::default();
        match stream {
            Some(stream) => complaints.add(stream, Speaker::Both, question),
            None => complaints.questions().end(),
        }
        complaints
    }

    /// Listens to one more stream.
    pub(super) fn add(&self, stream: impl Read + Send + 'static, speaker: Speaker, question: &str) {
        let ear = Arc::clone(&self.ear);
        let question = question.to_owned();
        self.ear.said().open += 1;
        let listen = move || read(stream, &ear, speaker, &question);
        // Without the thread nothing is kept, and the reason of a failure is told less well.
        if thread::Builder::new().name("stderr".into()).stack_size(STACK).spawn(listen).is_err() {
            self.ear.closed(speaker);
        }
    }

    /// The target has let us in, as something else than the tracing tells.
    pub(super) fn let_in(&self) {
        self.ear.said().trace.step = WayIn::LetIn;
    }

    /// It is all over: waits for the last words, as far as nothing that was left behind holds a stream open.
    pub(super) fn finish(&self) {
        drop(self.ear.bell.wait_timeout_while(self.ear.said(), LINGER, |said| said.open > 0));
    }

    /// Words of `ssh` that are meant for people.
    pub(super) fn of_ssh(&self) -> Vec<String> {
        self.ear.said().ssh.clone()
    }

    /// Words of what runs on the target.
    pub(super) fn of_target(&self) -> Vec<String> {
        self.ear.said().target.clone()
    }

    /// Everything: first what `ssh` said, then what the target did.
    pub(super) fn all(&self) -> Vec<String> {
        let said = self.ear.said();
        if said.ssh == said.target { said.ssh.clone() } else { [&said.ssh[..], &said.target].concat() }
    }

    /// How far `ssh` came.
    pub(super) fn trace(&self) -> Trace {
        self.ear.said().trace.clone()
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
        let mut said = self.ear.said();
        while said.asked < times && !said.over {
            said = self.ear.bell.wait(said).unwrap_or_else(PoisonError::into_inner);
        }
        said.asked >= times
    }

    /// Whether nobody will ask any more.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.ear.said().over
    }

    /// Nobody needs to wait any more.
    pub fn end(&self) {
        self.ear.said().over = true;
        self.ear.bell.notify_all();
    }
}

fn read(stream: impl Read, ear: &Ear, speaker: Speaker, question: &str) {
    let mut stream = BufReader::new(stream);
    loop {
        let mut line = Vec::new();
        match stream.by_ref().take(LINE).read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => return ear.closed(speaker),
            Ok(_) => {
                let text = printable(String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']));
                let mut said = ear.said();
                if speaker != Speaker::Ssh && text.contains(question) {
                    said.asked += 1;
                    ear.bell.notify_all();
                } else if speaker == Speaker::Target || !note(&text, &mut said.trace) {
                    said.keep(&text, speaker);
                }
            }
        }
    }
}

impl Said {
    fn keep(&mut self, line: &str, speaker: Speaker) {
        if line.trim().is_empty() {
            return;
        }
        let keep = |lines: &mut Vec<String>| {
            if lines.len() == LINES {
                lines.remove(0);
            }
            lines.push(line.to_owned());
        };
        if speaker != Speaker::Target {
            keep(&mut self.ssh);
        }
        if speaker != Speaker::Ssh {
            keep(&mut self.target);
        }
    }
}

/// Takes in what a line tells of the way; whether it is there for nothing else.
fn note(line: &str, told: &mut Trace) -> bool {
    if let Some(trace) = line.strip_prefix(TRACE) {
        if let Some(key) = trace.strip_prefix("Server host key: ") {
            told.host_key = Some(key.to_owned());
        }
        if let Some(command) = trace.strip_prefix("Setting implicit ProxyCommand from ProxyJump: ") {
            told.jump = command.split_whitespace().last().map(str::to_owned);
        }
        // Where jump hosts are called first, the lines don't tell who is meant.
        if told.jump.is_none() {
            if trace.starts_with("Connecting to ") {
                told.step = WayIn::Called;
            } else if trace.starts_with("Connection established") {
                told.step = WayIn::Connected;
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
            told.step = WayIn::LetIn;
        }
    }
    // The last is what it says when we have ended it.
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
