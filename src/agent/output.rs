//! What the agent says, written by a thread of its own: a network that stands still must not hold up the run.

use std::io::{self, BufWriter, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use crate::model::error::Failure;
use crate::model::event::Event;
use crate::model::message::FromAgent;
use crate::target::{frame, pack};

/// How long the last words may take once everything is done.
const PATIENCE: Duration = Duration::from_secs(60);

/// With so many messages waiting, lines of commands are left out: all that one command may say, 25 MiB at worst. A
/// connection may stand still for a minute, and a flood must not fill the memory meanwhile.
const BACKLOG: usize = 20_000;

/// Events that are packed together: from so many on, up to so many, each of at most so many bytes. All of a piece is
/// half of what a frame may hold.
const FEW: usize = 4;
const PIECE: usize = 512;
const SMALL: usize = 16 << 10;

/// How long a further event is waited for before one is sent.
const INSTANT: Duration = Duration::from_millis(5);

/// The way to the control side.
#[derive(Debug)]
pub(super) struct AgentVoice {
    messages: Sender<FromAgent>,
    silent: Receiver<()>,
    waiting: Arc<AtomicUsize>,
    thinned: AtomicBool,
}

impl AgentVoice {
    /// Writes the first line, and everything that is said afterwards as it comes.
    ///
    /// # Errors
    /// There is no thread to be had.
    pub(super) fn new(nonce: &str, output: Box<dyn Write + Send>) -> Result<Self, Failure> {
        let (messages, queue) = mpsc::channel();
        let (end, silent) = mpsc::channel();
        let waiting = Arc::<AtomicUsize>::default();
        let counted = Arc::clone(&waiting);
        let first = format!("\n{nonce} agent {}\n", frame::VERSION);
        let speak = move || {
            // Nobody listens any more: what is still to be said is said to nobody, and the run goes on.
            let _ = speak(&first, output, &queue, &counted);
            // Takes what comes until the end, so that it does not pile up.
            queue.iter().for_each(drop);
            drop(end);
        };
        thread::Builder::new()
            .name("voice".into())
            .spawn(speak)
            .map_err(|error| Failure::new(format!("can't start a thread: {error}")))?;
        Ok(Self { messages, silent, waiting, thinned: AtomicBool::new(false) })
    }

    /// Says it, sooner or later; lines of commands only as far as the control side keeps up with them.
    pub(super) fn say(&self, message: FromAgent) {
        let is_line = matches!(&message, FromAgent::Event(event) if matches!(**event, Event::Output { .. }));
        let message = if is_line && self.waiting.load(Ordering::Relaxed) >= BACKLOG {
            if self.thinned.swap(true, Ordering::Relaxed) {
                return;
            }
            let text = "lines of commands are left out: they come faster than they are taken".to_owned();
            FromAgent::Event(Box::new(Event::Note { text }))
        } else {
            message
        };
        self.waiting.fetch_add(1, Ordering::Relaxed);
        // The thread takes everything until we are dropped.
        let _ = self.messages.send(message);
    }

    /// Whether so much waits to be said that lines of commands would soon be left out.
    pub(super) fn is_behind(&self) -> bool {
        self.waiting.load(Ordering::Relaxed) >= BACKLOG / 2
    }

    /// Waits until everything is said, within reason.
    pub(super) fn finish(self) {
        drop(self.messages);
        // The end of the thread hangs up; nothing is ever sent.
        let _ = self.silent.recv_timeout(PATIENCE);
    }
}

fn speak(
    first: &str,
    output: Box<dyn Write + Send>,
    queue: &Receiver<FromAgent>,
    waiting: &AtomicUsize,
) -> io::Result<()> {
    let mut output = BufWriter::with_capacity(64 << 10, output);
    output.write_all(first.as_bytes())?;
    loop {
        let message = match queue.recv_timeout(frame::SIGN) {
            Ok(message) => message,
            // A command may take hours, and whoever waits for it must know that it is not waited for in vain.
            Err(RecvTimeoutError::Timeout) => {
                frame::give_sign(&mut output)?;
                output.flush()?;
                continue;
            }
            Err(RecvTimeoutError::Disconnected) => return Ok(()),
        };
        waiting.fetch_sub(1, Ordering::Relaxed);
        let begin = Instant::now();
        let mut next = Some(message);
        let mut events = Vec::new();
        // What has piled up, or does within an instant, goes in one piece.
        while let Some(message) = next {
            match message {
                FromAgent::Event(event) => {
                    let json = serde_json::to_string(&event)?;
                    if json.len() > SMALL {
                        tell(&mut output, &mut events)?;
                        send(&mut output, &FromAgent::Event(event))?;
                    } else {
                        events.push((event, json));
                    }
                }
                other => {
                    tell(&mut output, &mut events)?;
                    send(&mut output, &other)?;
                }
            }
            if events.len() >= PIECE {
                tell(&mut output, &mut events)?;
            }
            let patience = if events.is_empty() { Duration::ZERO } else { INSTANT };
            next = if begin.elapsed() < patience * 4 {
                queue.recv_timeout(patience).ok()
            } else {
                queue.try_recv().ok()
            };
            if next.is_some() {
                waiting.fetch_sub(1, Ordering::Relaxed);
            }
        }
        tell(&mut output, &mut events)?;
        output.flush()?;
    }
}

/// Says events: a few one by one, many packed.
fn tell(output: &mut dyn Write, events: &mut Vec<(Box<Event>, String)>) -> io::Result<()> {
    if events.len() < FEW {
        return events.drain(..).try_for_each(|(event, _)| send(output, &FromAgent::Event(event)));
    }
    let texts: Vec<String> = events.drain(..).map(|(_, json)| json).collect();
    send(output, &FromAgent::Events(pack::events(&texts)?))
}

/// What no frame can hold is told as a failure: the control side must not wait for it in vain.
fn send(output: &mut dyn Write, message: &FromAgent) -> io::Result<()> {
    match frame::send(output, message) {
        Err(error) if error.kind() == io::ErrorKind::InvalidInput => {
            let failure = Failure::new(format!("the agent has something to say that is too long: {error}"));
            frame::send(output, &FromAgent::Failed(failure))
        }
        sent => sent,
    }
}
