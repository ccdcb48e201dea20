//! Worker threads that take hosts from a queue, and one thread that receives their messages.

use std::io;
use std::ops::Range;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

/// Stack size of a worker. Only the used part takes memory; compiling has a thread of its own.
const STACK: usize = 2 << 20;

/// Messages in the channel. A host that sends more than can be reported is blocked, so the memory does not fill up.
const WAITING: usize = 256;

/// How long the receiver waits before it reports that there was no message.
const GLANCE: Duration = Duration::from_millis(100);

/// The hosts that were not started.
#[derive(Debug)]
pub(super) struct Queue(Mutex<WaitingHosts>);

#[derive(Debug)]
struct WaitingHosts {
    hosts: Range<usize>,
    failed: usize,
    max_failures: Option<usize>,
}

impl Queue {
    /// An empty queue. After `max_failures` failed hosts, no more hosts are taken.
    pub(super) fn new(max_failures: Option<usize>) -> Self {
        Self(Mutex::new(WaitingHosts { hosts: 0..0, failed: 0, max_failures }))
    }

    /// Fills the queue.
    pub(super) fn fill(&self, hosts: Range<usize>) {
        self.lock().hosts = hosts;
    }

    /// Takes the next host. `None` if there is none, or enough have failed.
    fn take(&self) -> Option<usize> {
        let mut waiting = self.lock();
        if waiting.is_shut() { None } else { waiting.hosts.next() }
    }

    /// Whether enough hosts have failed.
    pub(super) fn is_shut(&self) -> bool {
        self.lock().is_shut()
    }

    /// Counts a failure.
    pub(super) fn failed(&self) {
        self.lock().failed += 1;
    }

    fn lock(&self) -> MutexGuard<'_, WaitingHosts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl WaitingHosts {
    fn is_shut(&self) -> bool {
        self.max_failures.is_some_and(|most| self.failed >= most)
    }
}

/// Sends a message. Never fails, since the receiver lives longer.
pub(super) type Tell<'a, M> = &'a dyn Fn(M);

/// Runs `one` for each host in the queue, `forks` in parallel, until the queue is empty or `stopped` returns true.
/// Messages are passed to `hear`, in order for each host; `None` if there was no message for a moment.
///
/// # Errors
/// No thread can be started; no host was started.
pub(super) fn work<M: Send>(
    queue: &Queue,
    forks: usize,
    stopped: &(dyn Fn() -> bool + Sync),
    one: &(dyn Fn(usize, Tell<'_, M>) + Sync),
    hear: &mut dyn FnMut(Option<M>),
) -> io::Result<()> {
    let (sender, told) = mpsc::sync_channel(WAITING);
    thread::scope(|scope| {
        for number in 0..forks {
            let sender = sender.clone();
            let worker = move || {
                let tell = |message| {
                    // The receiver lives until the last sender is dropped.
                    let _ = sender.send(message);
                };
                while let Some(host) = if stopped() { None } else { queue.take() } {
                    one(host, &tell);
                }
            };
            let builder = thread::Builder::new().name("host".into()).stack_size(STACK);
            match builder.spawn_scoped(scope, worker) {
                Ok(_) => {}
                Err(error) if number == 0 => return Err(error),
                // Fewer workers do the same work.
                Err(_) => break,
            }
        }
        drop(sender);
        loop {
            match told.recv_timeout(GLANCE) {
                Ok(message) => hear(Some(message)),
                Err(RecvTimeoutError::Timeout) => hear(None),
                Err(RecvTimeoutError::Disconnected) => return Ok(()),
            }
        }
    })
}
