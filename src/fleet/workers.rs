//! Worker threads that take one host after the other, and one place where all that they say is heard.

use std::io;
use std::ops::Range;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

/// Stack of a worker. Only what is used of it takes memory; compiling has a thread of its own.
const STACK: usize = 2 << 20;

/// Messages that may wait to be heard. A host that says more than can be reported is held up, not kept in memory.
const WAITING: usize = 256;

/// How long nothing needs to be said until it is told that nothing was.
const GLANCE: Duration = Duration::from_millis(100);

/// The hosts that have not been begun.
#[derive(Debug)]
pub(super) struct Queue(Mutex<WaitingHosts>);

#[derive(Debug)]
struct WaitingHosts {
    hosts: Range<usize>,
    failed: usize,
    max_failures: Option<usize>,
}

impl Queue {
    /// Nobody waits yet; once so many hosts have failed, nobody is begun.
    pub(super) fn new(max_failures: Option<usize>) -> Self {
        Self(Mutex::new(WaitingHosts { hosts: 0..0, failed: 0, max_failures }))
    }

    /// These wait now.
    pub(super) fn fill(&self, hosts: Range<usize>) {
        self.lock().hosts = hosts;
    }

    /// The next one; none when all have been begun, or enough have failed.
    fn take(&self) -> Option<usize> {
        let mut waiting = self.lock();
        if waiting.is_shut() { None } else { waiting.hosts.next() }
    }

    /// Whether enough have failed.
    pub(super) fn is_shut(&self) -> bool {
        self.lock().is_shut()
    }

    /// One has failed.
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

/// Says something; never fails, since who hears outlives who says.
pub(super) type Tell<'a, M> = &'a dyn Fn(M);

/// Does `one` for every host in the queue, `forks` at once, until it is empty or `stopped`. What they tell arrives at
/// `hear`, in order for each host; nothing arrives there when nothing was told for a moment.
///
/// # Errors
/// No thread can be started; nothing was begun.
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
                    // Heard until the last sender is gone.
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
                // Fewer at once do the same work.
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
