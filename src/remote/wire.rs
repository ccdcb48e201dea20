//! Both directions of a channel, with counters for bytes and round trips.

use std::io::{self, BufReader, BufWriter, PipeReader, PipeWriter, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use std::time::Duration;

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use serde::Serialize;

use crate::model::error::Failure;
use crate::model::event::Event;
use crate::target::channel::{Channel, KillHandle, Sharing};
use crate::target::frame;

/// The traffic of a session. It does not depend on the speed of the machine.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Traffic {
    /// Bytes written to the target.
    sent: u64,
    /// Bytes read from it.
    received: u64,
    /// Number of reads after a write, an upper limit for round trips.
    turns: u64,
    /// Why the connection is not shared.
    unshared: Option<String>,
}

impl Traffic {
    pub(super) fn event(self) -> Event {
        let Self { sent, received, turns, unshared } = self;
        Event::Traffic { sent, received, turns, unshared }
    }
}

/// Buffer of a session for each direction, in bytes. There may be hundreds of sessions. Larger reads and writes bypass
/// it.
const BUFFER: usize = 16 << 10;

/// Keep-alive timeout. Agents and shells send a keep-alive every five seconds.
pub(super) const SILENCE: Duration = Duration::from_secs(18);

/// Bytes that a pipe accepts without blocking when poll reports that it is writable.
const ROOM: usize = 4096;

#[derive(Debug, Default)]
struct Counters {
    sent: AtomicU64,
    received: AtomicU64,
    turns: AtomicU64,
    wrote: AtomicBool,
    /// Cuts the connection. Set once the other side sends keep-alives.
    signs: OnceLock<KillHandle>,
}

impl Counters {
    /// The keep-alive timeout: a stopped process does not close its connection, so cut it.
    fn silent(kill_handle: &KillHandle) -> io::Error {
        kill_handle.kill();
        io::Error::new(
            io::ErrorKind::TimedOut,
            format!("nothing was heard for {} seconds", SILENCE.as_secs()),
        )
    }
}

/// Bytes from the target.
pub(super) type TargetInput = BufReader<CountedInput>;

/// Both directions.
pub(super) struct Wire {
    pub(super) input: TargetInput,
    pub(super) output: Output,
}

impl Wire {
    /// Takes the streams of a channel.
    pub(super) fn over(channel: &mut Channel) -> Result<Self, Failure> {
        let (Some(input), Some(output)) = (channel.output(), channel.input()) else {
            return Err(Failure::new("the streams of the connection are in use already"));
        };
        let counters = Arc::<Counters>::default();
        let input = Arc::new(input);
        let back = Arc::downgrade(&input);
        let counted = CountedOutput { stream: output, back, counters: Arc::clone(&counters) };
        Ok(Self {
            input: BufReader::with_capacity(
                BUFFER,
                CountedInput { stream: input, counters: Arc::clone(&counters) },
            ),
            output: Output {
                writer: Arc::new(Mutex::new(BufWriter::with_capacity(BUFFER, counted))),
                counters,
                sharing: channel.sharing(),
            },
        })
    }
}

/// Whether the stream is ready within the keep-alive timeout.
fn is_ready(stream: BorrowedFd<'_>, what: PollFlags) -> io::Result<bool> {
    let timeout = PollTimeout::try_from(SILENCE).unwrap_or(PollTimeout::MAX);
    loop {
        match poll(&mut [PollFd::new(stream, what)], timeout) {
            Ok(ready) => return Ok(ready > 0),
            Err(Errno::EINTR) => {}
            Err(errno) => return Err(errno.into()),
        }
    }
}

/// Counts bytes that are read.
#[derive(Debug)]
pub(super) struct CountedInput {
    stream: Arc<PipeReader>,
    counters: Arc<Counters>,
}

impl Read for CountedInput {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some(kill_handle) = self.counters.signs.get()
            && !is_ready(self.stream.as_fd(), PollFlags::POLLIN)?
        {
            return Err(Counters::silent(kill_handle));
        }
        let n = (&*self.stream).read(buffer)?;
        self.counters.received.fetch_add(n as u64, Ordering::Relaxed);
        if self.counters.wrote.swap(false, Ordering::Relaxed) {
            self.counters.turns.fetch_add(1, Ordering::Relaxed);
        }
        Ok(n)
    }
}

/// Counts bytes that are written.
#[derive(Debug)]
struct CountedOutput {
    stream: PipeWriter,
    /// The stream of bytes from the target, while it is being read.
    back: Weak<PipeReader>,
    counters: Arc<Counters>,
}

impl CountedOutput {
    /// Waits until the stream is writable, as long as the target sends something.
    fn wait_for_room(&self, kill_handle: &KillHandle) -> io::Result<()> {
        let heard = || {
            let unread = self.back.upgrade().and_then(|back| rustix::io::ioctl_fionread(&*back).ok());
            self.counters.received.load(Ordering::Relaxed) + unread.unwrap_or_default()
        };
        let mut before = heard();
        while !is_ready(self.stream.as_fd(), PollFlags::POLLOUT)? {
            let now = heard();
            if now <= before {
                return Err(Counters::silent(kill_handle));
            }
            before = now;
        }
        Ok(())
    }
}

impl Write for CountedOutput {
    fn write(&mut self, mut bytes: &[u8]) -> io::Result<usize> {
        if let Some(kill_handle) = self.counters.signs.get() {
            self.wait_for_room(kill_handle)?;
            bytes = &bytes[..bytes.len().min(ROOM)];
        }
        let n = self.stream.write(bytes)?;
        self.counters.sent.fetch_add(n as u64, Ordering::Relaxed);
        self.counters.wrote.store(true, Ordering::Relaxed);
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

/// Bytes to the target. Interrupts are written from another thread, so each message is written under a lock.
#[derive(Debug, Clone)]
pub(super) struct Output {
    writer: Arc<Mutex<BufWriter<CountedOutput>>>,
    counters: Arc<Counters>,
    sharing: Sharing,
}

impl Output {
    /// From now on the target sends keep-alives. If they stop, the connection is cut.
    pub(super) fn expect_keep_alives(&self, kill_handle: KillHandle) {
        // It fails if it is set already.
        let _ = self.counters.signs.set(kill_handle);
    }

    /// Writes under the lock, and flushes.
    pub(super) fn with<T>(&self, write: impl FnOnce(&mut dyn Write) -> io::Result<T>) -> io::Result<T> {
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let done = write(&mut *writer)?;
        writer.flush()?;
        Ok(done)
    }

    /// Sends a message.
    pub(super) fn send(&self, message: &impl Serialize) -> io::Result<()> {
        self.with(|out| frame::send(out, message))
    }

    /// The counters of both directions.
    pub(super) fn traffic(&self) -> Traffic {
        Traffic {
            sent: self.counters.sent.load(Ordering::Relaxed),
            received: self.counters.received.load(Ordering::Relaxed),
            turns: self.counters.turns.load(Ordering::Relaxed),
            unshared: self.sharing.unshared(),
        }
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes).map(|()| bytes.len())
    }

    /// Under the lock, and flushed.
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.with(|out| out.write_all(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
