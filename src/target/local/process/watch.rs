//! Watches a command from start to end: three pipes and a deadline in one loop.

use std::io::Write as _;
use std::os::fd::{AsFd, OwnedFd};
use std::process::{Child, ChildStdin, ExitStatus};
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use rustix::process::{Pid, PidfdFlags, Signal};

use crate::target::Progress;
use crate::target::local::output::OutputStream;

/// Time between SIGTERM and SIGKILL.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long output is read after the program has ended, if a child of it keeps the pipe open.
const LINGER: Duration = Duration::from_millis(500);
/// How often the program is checked if the kernel has no pidfd.
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
            // If it fails, the pipe blocks and is only read when poll reports data: slower, but correct.
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
            // Limited, so that the sum does not overflow.
            deadline: Instant::now() + Duration::from_secs(seconds.min(86_400 * 365)),
            urgency: Urgency::Running,
            timed_out: false,
            ended: None,
            child,
        }
    }

    /// The process group, until the process is reaped.
    pub(super) fn group(&self) -> Option<Pid> {
        self.group
    }

    /// Its exit status; `None` if it timed out.
    pub(super) fn ended(&self) -> Option<ExitStatus> {
        self.ended.filter(|_| !self.timed_out)
    }

    /// Standard output and standard error.
    pub(super) fn output(self) -> (OutputStream, OutputStream) {
        (self.stdout, self.stderr)
    }

    /// Reads output, writes input and checks the deadline until it has ended.
    pub(super) fn run_to_end(&mut self, progress: &mut dyn FnMut(Progress)) {
        loop {
            let now = Instant::now();
            if self.ended.is_some() && ((self.out.is_none() && self.err.is_none()) || now >= self.deadline) {
                break;
            }
            if self.ended.is_none() && now >= self.deadline && !self.escalate(now) {
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
            // Kills processes that ignored the first signal or were started meanwhile.
            self.signal(Signal::KILL);
        }
        // Everything that it wrote is in the pipes by now, so read it even after the deadline.
        drain(&mut self.out, &mut self.stdout, progress);
        drain(&mut self.err, &mut self.stderr, progress);
    }

    /// After the deadline: sends SIGTERM, then SIGKILL, then gives up. Returns false when it gives up.
    fn escalate(&mut self, now: Instant) -> bool {
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
            // It fails if the group is gone already.
            let _ = rustix::process::kill_process_group(group, signal);
        }
    }

    /// Waits for a pipe, the end of the process, or the deadline.
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
        // An interrupted wait is only shorter.
        let _ = poll(&mut fds, timeout);
    }

    fn feed(&mut self) {
        let Some(stdin) = &mut self.stdin else { return };
        match stdin.write(self.input) {
            Ok(n) => self.input = &self.input[n..],
            Err(error) if would_block(&error) => {}
            // A program need not read its input.
            Err(_) => self.input = &[],
        }
        if self.input.is_empty() {
            self.stdin = None;
        }
    }
}

/// Reads what is available, up to a limit, so that endless output can't hide the deadline.
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
