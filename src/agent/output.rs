//! Output to the control side, written on a thread of its own, so that a stalled network does not block the run.

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

/// How long the last messages may take after the run.
const PATIENCE: Duration = Duration::from_secs(60);

/// Number of queued messages from which output lines of commands are dropped. That is as much as one command may print,
/// at most 25 MiB. A connection may stall for a minute, and the queue must not fill the memory.
const BACKLOG: usize = 20_000;

/// Events are compressed together in groups of at least [`FEW`] and at most [`PIECE`], each event up to [`SMALL`]
/// bytes. A full group is half of the largest frame.
const FEW: usize = 4;
const PIECE: usize = 512;
const SMALL: usize = 16 << 10;

/// How long to wait for more events to send together.
const INSTANT: Duration = Duration::from_millis(5);

/// The queue to the writing thread.
#[derive(Debug)]
pub(super) struct AgentOutput {
    messages: Sender<FromAgent>,
    silent: Receiver<()>,
    waiting: Arc<AtomicUsize>,
    thinned: AtomicBool,
}

impl AgentOutput {
    /// Writes the first line, and starts the thread.
    ///
    /// # Errors
    /// The thread can't be started.
    pub(super) fn new(nonce: &str, output: Box<dyn Write + Send>) -> Result<Self, Failure> {
        let (messages, queue) = mpsc::channel();
        let (end, silent) = mpsc::channel();
        let waiting = Arc::<AtomicUsize>::default();
        let counted = Arc::clone(&waiting);
        let first = format!("\n{nonce} agent {}\n", frame::VERSION);
        let speak = move || {
            // If nobody listens any more, the messages are dropped, and the run continues.
            let _ = speak(&first, output, &queue, &counted);
            // Empty the queue until the end, so that it does not grow.
            queue.iter().for_each(drop);
            drop(end);
        };
        thread::Builder::new()
            .name("output".into())
            .spawn(speak)
            .map_err(|error| Failure::new(format!("can't start a thread: {error}")))?;
        Ok(Self { messages, silent, waiting, thinned: AtomicBool::new(false) })
    }

    /// Queues a message. Output lines of commands are dropped if the control side is too slow.
    pub(super) fn say(&self, message: FromAgent) {
        let is_line = matches!(&message, FromAgent::Event(event) if matches!(**event, Event::Output { .. }));
        let message = if is_line && self.waiting.load(Ordering::Relaxed) >= BACKLOG {
            if self.thinned.swap(true, Ordering::Relaxed) {
                return;
            }
            let text = "command output is left out: it comes faster than it is read".to_owned();
            FromAgent::Event(Box::new(Event::Note { text }))
        } else {
            message
        };
        self.waiting.fetch_add(1, Ordering::Relaxed);
        // The thread receives until `self` is dropped.
        let _ = self.messages.send(message);
    }

    /// Whether the queue is so long that output lines would soon be dropped.
    pub(super) fn is_behind(&self) -> bool {
        self.waiting.load(Ordering::Relaxed) >= BACKLOG / 2
    }

    /// Waits until all messages are written, up to a limit.
    pub(super) fn finish(self) {
        drop(self.messages);
        // The thread only closes the channel at its end; it never sends.
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
        let message = match queue.recv_timeout(frame::KEEP_ALIVE) {
            Ok(message) => message,
            // Tell the other side that we are alive: a command may take hours.
            Err(RecvTimeoutError::Timeout) => {
                frame::send_keep_alive(&mut output)?;
                output.flush()?;
                continue;
            }
            Err(RecvTimeoutError::Disconnected) => return Ok(()),
        };
        waiting.fetch_sub(1, Ordering::Relaxed);
        let begin = Instant::now();
        let mut next = Some(message);
        let mut events = Vec::new();
        // Send together what is queued, or comes within an instant.
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

/// Sends events: a few one by one, many compressed.
fn tell(output: &mut dyn Write, events: &mut Vec<(Box<Event>, String)>) -> io::Result<()> {
    if events.len() < FEW {
        return events.drain(..).try_for_each(|(event, _)| send(output, &FromAgent::Event(event)));
    }
    let texts: Vec<String> = events.drain(..).map(|(_, json)| json).collect();
    send(output, &FromAgent::Events(pack::events(&texts)?))
}

/// If a message is too long for a frame, sends a failure instead, so that the control side does not wait for it.
fn send(output: &mut dyn Write, message: &FromAgent) -> io::Result<()> {
    match frame::send(output, message) {
        Err(error) if error.kind() == io::ErrorKind::InvalidInput => {
            let failure = Failure::new(format!("the agent has something to say that is too long: {error}"));
            frame::send(output, &FromAgent::Failed(failure))
        }
        sent => sent,
    }
}
