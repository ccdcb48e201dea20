//! A command from its start to its end: three pipes and a clock in one loop.

use std::io::Write as _;
use std::os::fd::{AsFd, OwnedFd};
use std::process::{Child, ChildStdin, ExitStatus};
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use rustix::process::{Pid, PidfdFlags, Signal};

use crate::target::Progress;
use crate::target::local::output::OutputStream;

/// Between asking a process group to stop and stopping it.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long output is still read after the program has ended, when something it left behind holds it open.
const LINGER: Duration = Duration::from_millis(500);
/// How often the program is looked at where the kernel can't tell of its end.
const TICK: Duration = Duration::from_millis(20);

/// What has been done to stop a command.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Urgency {
    Running,
    Asked,
    Killed,
}

/// A running command with its three pipes.
pub(super) struct ProcessWatch<'a> {
    child: &'a mut Child,
    group: Option<Pid>,
    pidfd: Option<OwnedFd>,
    stdin: Option<ChildStdin>,
    input: &'a [u8],
    out: Option<OwnedFd>,
    err: Option<OwnedFd>,
    stdout: OutputStream,
    stderr: OutputStream,
    deadline: Instant,
    urgency: Urgency,
    timed_out: bool,
    ended: Option<ExitStatus>,
}

impl<'a> ProcessWatch<'a> {
    pub(super) fn new(child: &'a mut Child, input: &'a [u8], seconds: u64) -> Self {
        let group = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
        let stdin = child.stdin.take().filter(|_| !input.is_empty());
        let out = child.stdout.take().map(OwnedFd::from);
        let err = child.stderr.take().map(OwnedFd::from);
        for pipe in
            [stdin.as_ref().map(AsFd::as_fd), out.as_ref().map(AsFd::as_fd), err.as_ref().map(AsFd::as_fd)]
                .into_iter()
                .flatten()
        {
            // A pipe that stays blocking is read only when poll says so, which is slower but right.
            let _ = rustix::fs::fcntl_setfl(pipe, rustix::fs::OFlags::NONBLOCK);
        }
        Self {
            group,
            pidfd: group.and_then(|pid| rustix::process::pidfd_open(pid, PidfdFlags::empty()).ok()),
            stdin,
            input,
            out,
            err,
            stdout: OutputStream::default(),
            stderr: OutputStream::default(),
            // A day is for ever here, and no sum overflows.
            deadline: Instant::now() + Duration::from_secs(seconds.min(86_400 * 365)),
            urgency: Urgency::Running,
            timed_out: false,
            ended: None,
            child,
        }
    }

    /// The process group, while its number is its own.
    pub(super) fn group(&self) -> Option<Pid> {
        self.group
    }

    /// How it ended; nothing if its time was over first.
    pub(super) fn ended(&self) -> Option<ExitStatus> {
        self.ended.filter(|_| !self.timed_out)
    }

    /// Standard output and standard error.
    pub(super) fn output(self) -> (OutputStream, OutputStream) {
        (self.stdout, self.stderr)
    }

    /// Reads, feeds and keeps the time until it has ended.
    pub(super) fn see_it_end(&mut self, progress: &mut dyn FnMut(Progress)) {
        loop {
            let now = Instant::now();
            if self.ended.is_some() && ((self.out.is_none() && self.err.is_none()) || now >= self.deadline) {
                break;
            }
            if self.ended.is_none() && now >= self.deadline && !self.press(now) {
                break;
            }
            self.wait(now);
            self.feed();
            drain(&mut self.out, &mut self.stdout, progress);
            drain(&mut self.err, &mut self.stderr, progress);
            if self.ended.is_none()
                && let Ok(Some(status)) = self.child.try_wait()
            {
                self.ended = Some(status);
                self.stdin = None;
                self.deadline = Instant::now() + LINGER;
            }
        }
        if self.timed_out {
            // What ignored the first signal, or was started meanwhile, goes too.
            self.signal(Signal::KILL);
        }
        // What it wrote is in the pipes by now, and counts even if we were kept from reading for so long.
        drain(&mut self.out, &mut self.stdout, progress);
        drain(&mut self.err, &mut self.stderr, progress);
    }

    /// The time is over: asks, then kills, then gives up on a process that even the kernel can't stop.
    fn press(&mut self, now: Instant) -> bool {
        self.timed_out = true;
        self.urgency = match self.urgency {
            Urgency::Running => {
                self.signal(Signal::TERM);
                Urgency::Asked
            }
            Urgency::Asked => {
                self.signal(Signal::KILL);
                Urgency::Killed
            }
            Urgency::Killed => return false,
        };
        self.deadline = now + PATIENCE;
        true
    }

    fn signal(&self, signal: Signal) {
        if let Some(group) = self.group {
            // A group that is gone needs no signal.
            let _ = rustix::process::kill_process_group(group, signal);
        }
    }

    /// Sleeps until something moves or the deadline comes.
    fn wait(&self, now: Instant) {
        let mut pause = self.deadline.saturating_duration_since(now).min(Duration::from_secs(30));
        let mut fds = Vec::with_capacity(4);
        fds.extend(self.stdin.as_ref().map(|fd| PollFd::new(fd.as_fd(), PollFlags::POLLOUT)));
        fds.extend(self.out.as_ref().map(|fd| PollFd::new(fd.as_fd(), PollFlags::POLLIN)));
        fds.extend(self.err.as_ref().map(|fd| PollFd::new(fd.as_fd(), PollFlags::POLLIN)));
        if self.ended.is_none() {
            match &self.pidfd {
                Some(fd) => fds.push(PollFd::new(fd.as_fd(), PollFlags::POLLIN)),
                None => pause = pause.min(TICK),
            }
        }
        // Rounded up, so that the last wait does not spin.
        let timeout = PollTimeout::try_from(pause.as_millis() + 1).unwrap_or(PollTimeout::MAX);
        // An interrupted wait is only a shorter one.
        let _ = poll(&mut fds, timeout);
    }

    fn feed(&mut self) {
        let Some(stdin) = &mut self.stdin else { return };
        match stdin.write(self.input) {
            Ok(n) => self.input = &self.input[n..],
            Err(error) if would_block(&error) => {}
            // A program that does not read its input is free not to.
            Err(_) => self.input = &[],
        }
        if self.input.is_empty() {
            self.stdin = None;
        }
    }
}

/// Reads what is there, at most so much that a flood can't keep the clock from being looked at.
fn drain(pipe: &mut Option<OwnedFd>, output: &mut OutputStream, progress: &mut dyn FnMut(Progress)) {
    let mut buffer = [0; 16 * 1024];
    for _ in 0..16 {
        let Some(fd) = pipe.as_ref() else { return };
        match rustix::io::read(fd, &mut buffer) {
            Ok(0) => *pipe = None,
            Ok(n) => output.take(&buffer[..n], progress),
            Err(rustix::io::Errno::INTR) => {}
            Err(rustix::io::Errno::AGAIN) => return,
            Err(_) => *pipe = None,
        }
    }
}

fn would_block(error: &std::io::Error) -> bool {
    matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::Interrupted)
}
