//! What waits without an end in the standard library, with one.

use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind, Read};
use std::os::fd::AsFd;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Output};
use std::sync::mpsc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, gettid};

use super::{PATIENCE, within};

/// Calls of a program that end: in time by itself, else by force and with a panic that says which program it was.
pub trait CallInTime {
    /// What it printed and how it ended.
    #[track_caller]
    fn output_in_time(&mut self) -> io::Result<Output>;

    /// The same for a program that may take longer than others.
    #[track_caller]
    fn output_within(&mut self, patience: Duration) -> io::Result<Output>;

    /// How it ended.
    #[track_caller]
    fn status_in_time(&mut self) -> io::Result<ExitStatus>;
}

impl CallInTime for Command {
    fn output_in_time(&mut self) -> io::Result<Output> {
        self.output_within(PATIENCE)
    }

    #[expect(clippy::disallowed_methods, reason = "here it gets its end")]
    fn output_within(&mut self, patience: Duration) -> io::Result<Output> {
        called(self, patience, Command::output)
    }

    #[expect(clippy::disallowed_methods, reason = "here it gets its end")]
    fn status_in_time(&mut self) -> io::Result<ExitStatus> {
        called(self, PATIENCE, Command::status)
    }
}

/// The call is made on a thread of its own: what is started there are its children, so that they are found.
#[track_caller]
fn called<T: Send + 'static>(
    command: &mut Command,
    patience: Duration,
    call: fn(&mut Command) -> io::Result<T>,
) -> io::Result<T> {
    let what = format!("{command:?}");
    let mut moved = std::mem::replace(command, Command::new("/bin/false"));
    let (tell, told) = mpsc::channel();
    let (tell_thread, thread) = mpsc::channel();
    thread::spawn(move || {
        let _ = tell_thread.send(gettid());
        let result = call(&mut moved);
        let _ = tell.send((result, moved));
    });
    match told.recv_timeout(patience) {
        Ok((result, moved)) => {
            *command = moved;
            result
        }
        Err(_) => {
            let children = thread.try_recv().map(children_of).unwrap_or_default();
            for child in children {
                end_by_force(child);
            }
            panic!("it has not ended in {} s: {what}", patience.as_secs());
        }
    }
}

fn children_of(thread: Pid) -> Vec<Pid> {
    let children = PathBuf::from(format!("/proc/self/task/{thread}/children"));
    let children = fs::read_to_string(children).unwrap_or_default();
    children.split_whitespace().filter_map(|pid| pid.parse().ok()).map(Pid::from_raw).collect()
}

fn end_by_force(pid: Pid) {
    let _ = kill(pid, Signal::SIGKILL);
}

/// A process that has been started, and ends in time: by itself, else by force.
pub trait EndInTime {
    /// How it ended; an error that says which program it was, if it did not by itself.
    fn wait_in_time(&mut self) -> io::Result<ExitStatus>;

    /// What it printed and how it ended.
    fn output_in_time(self) -> io::Result<Output>;
}

impl EndInTime for Child {
    fn wait_in_time(&mut self) -> io::Result<ExitStatus> {
        // Who reads to the end of its input must come to it.
        drop(self.stdin.take());
        let mut status = None;
        let ended = within(PATIENCE, || {
            status = self.try_wait().transpose();
            status.is_some()
        });
        match status {
            Some(status) if ended => status,
            _ => {
                let words = words_of(self.id());
                end_by_force(Pid::from_raw(self.id().cast_signed()));
                Err(io::Error::new(ErrorKind::TimedOut, format!("it has not ended in time: {words}")))
            }
        }
    }

    #[expect(clippy::disallowed_methods, reason = "here it gets its end")]
    fn output_in_time(self) -> io::Result<Output> {
        let (pid, words) = (Pid::from_raw(self.id().cast_signed()), words_of(self.id()));
        let (tell, told) = mpsc::channel();
        thread::spawn(move || tell.send(self.wait_with_output()));
        told.recv_timeout(PATIENCE).unwrap_or_else(|_| {
            end_by_force(pid);
            Err(io::Error::new(ErrorKind::TimedOut, format!("it has not ended in time: {words}")))
        })
    }
}

/// The arguments of a process.
fn words_of(pid: u32) -> String {
    let words = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    String::from_utf8_lossy(&words).replace('\0', " ")
}

/// A stream that somebody else may keep open and silent: then a read of it fails.
pub struct Patient<R> {
    stream: R,
    patience: Duration,
}

impl<R> Patient<R> {
    pub fn new(stream: R) -> Self {
        Self::within(PATIENCE, stream)
    }

    pub fn within(patience: Duration, stream: R) -> Self {
        Self { stream, patience }
    }
}

impl<R: Read + AsFd> Read for Patient<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let patience = PollTimeout::try_from(self.patience).unwrap();
        let mut streams = [PollFd::new(self.stream.as_fd(), PollFlags::POLLIN)];
        match poll(&mut streams, patience)? {
            0 => Err(io::Error::new(ErrorKind::TimedOut, "nothing was said for too long, and no end came")),
            _ => self.stream.read(buffer),
        }
    }
}

/// What a thread has come to.
#[track_caller]
pub fn joined<T>(what: &str, thread: JoinHandle<T>) -> T {
    assert!(within(PATIENCE, || thread.is_finished()), "it never ended: {what}");
    thread.join().unwrap()
}

/// Takes the lock of a file, which another process may hold as long as it builds something.
#[track_caller]
pub fn locked(what: &str, file: &File) {
    let mut failed = None;
    let ended = within(super::LONG, || match file.try_lock() {
        Ok(()) => true,
        Err(TryLockError::WouldBlock) => false,
        Err(TryLockError::Error(error)) => {
            failed = Some(error);
            true
        }
    });
    assert!(ended, "somebody holds it for ever: {what}");
    assert!(failed.is_none(), "{what}: {failed:?}");
}
