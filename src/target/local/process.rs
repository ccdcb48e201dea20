//! Commands run to their end: no shell, a process group of their own, output read as it comes, time bounded.

use std::io::Write as _;
use std::os::fd::{AsFd, OwnedFd};
use std::process::{Child, ChildStdin, ExitStatus};
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use rustix::process::{Pid, PidfdFlags, Signal};

use super::accounts::Accounts;
use super::halt::{self, Bond, HALTED, Running};
use super::output::Output;
use super::spawn::spawn;
use crate::model::english::printable;
use crate::model::error::Failure;
use crate::model::query::{CommandResult, End};
use crate::model::step::Command;
use crate::target::Progress;

/// Seconds for a step's command that says none.
pub(in crate::target) const STEP_TIMEOUT: u64 = 3600;
/// Seconds for a query's command that says none.
pub(in crate::target) const QUERY_TIMEOUT: u64 = 600;

/// Seconds for the program that tells why another failed.
pub(in crate::target) const DIAGNOSIS_TIMEOUT: u64 = 10;
/// Between asking a process group to stop and stopping it.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long output is still read after the program has ended, when something it left behind holds it open.
const LINGER: Duration = Duration::from_millis(500);
/// How often the program is looked at where the kernel can't tell of its end.
const TICK: Duration = Duration::from_millis(20);

/// How a command went.
pub(in crate::target) struct Ran {
    /// Its end.
    pub(in crate::target) end: End,
    /// Standard output.
    pub(in crate::target) stdout: Output,
    /// Standard error.
    pub(in crate::target) stderr: Output,
    /// Whether the end of the run ended it.
    pub(in crate::target) stopped: bool,
}

impl Ran {
    fn not_started(why: String) -> Self {
        Self {
            end: End::NotStarted(why),
            stdout: Output::default(),
            stderr: Output::default(),
            stopped: false,
        }
    }

    /// As the answer to `Query::Command`.
    pub(in crate::target) fn result(self) -> CommandResult {
        CommandResult { end: self.end, stdout: self.stdout.text(), stderr: self.stderr.text() }
    }

    /// Whether the command calls this a success.
    ///
    /// # Errors
    /// It failed: what ran, how it ended, its last lines.
    pub(in crate::target) fn accept(&self, command: &Command) -> Result<(), Failure> {
        if matches!(self.end, End::Exit(status) if command.accepts(status)) {
            return Ok(());
        }
        let verb = match &self.end {
            End::NotStarted(why) => format!("could not be started: {why}"),
            End::TimedOut(_) => "did not end in time".to_owned(),
            _ if self.stopped => format!("was stopped: {HALTED}"),
            End::Exit(_) | End::Signal(_) => "failed".to_owned(),
        };
        let mut output = self.stderr.last_lines();
        output.extend(self.stdout.last_lines());
        let failure = Failure {
            message: format!("`{}` {verb}", printable(&shown(command))),
            argv: command.argv.clone(),
            status: Some(self.end.to_string()),
            output,
            hints: Vec::new(),
        };
        let hint = hint(&self.end).filter(|_| !self.stopped);
        Err(match (&self.end, hint) {
            (_, Some(hint)) => failure.hint(hint),
            (End::NotStarted(_), None) => Failure { status: None, ..failure },
            _ => failure,
        })
    }
}

/// A long script is told by its first line.
fn shown(command: &Command) -> String {
    let text = command.display();
    let line = text.lines().next().unwrap_or_default();
    let short: String = line.chars().take(120).collect();
    if short.len() < text.len() { format!("{short} …") } else { short }
}

fn hint(end: &End) -> Option<&'static str> {
    match end {
        End::Exit(127) => Some("127 usually means that a program in the script was not found"),
        End::Exit(126) => Some("126 usually means that a program in the script may not be executed"),
        End::Signal(9) => Some("if nobody stopped it, the machine may have run out of memory: see `dmesg`"),
        End::TimedOut(_) => Some("raise `timeout` if it needs longer"),
        _ => None,
    }
}

/// Runs a command to its end. `timeout` holds where the command says none; lines go to `progress` as they come.
pub(super) fn run(
    command: &Command,
    accounts: &Accounts,
    timeout: u64,
    progress: &mut dyn FnMut(Progress),
) -> Ran {
    run_bound(Bond::Ends, command, accounts, timeout, progress)
}

/// The same, and says what the end of the run means to it.
pub(super) fn run_bound(
    bond: Bond,
    command: &Command,
    accounts: &Accounts,
    timeout: u64,
    progress: &mut dyn FnMut(Progress),
) -> Ran {
    if halt::is_halted() {
        return Ran::not_started(HALTED.to_owned());
    }
    let mut child = match spawn(command, accounts) {
        Ok(child) => child,
        Err(why) => return Ran::not_started(why),
    };
    let seconds = if command.timeout == 0 { timeout } else { command.timeout };
    let mut watch = Watch::new(&mut child, command.input.as_deref().unwrap_or_default().as_bytes(), seconds);
    let running = Running::new(watch.group, bond);
    watch.see_it_end(progress);
    drop(running);
    let end = match (watch.timed_out, watch.ended) {
        (true, _) | (false, None) => End::TimedOut(seconds),
        (false, Some(status)) => end_of(status),
    };
    watch.stdout.finish(progress);
    watch.stderr.finish(progress);
    let stopped = bond == Bond::Ends && halt::is_halted();
    Ran { end, stdout: watch.stdout, stderr: watch.stderr, stopped }
}

fn end_of(status: ExitStatus) -> End {
    use std::os::unix::process::ExitStatusExt as _;
    match (status.code(), status.signal()) {
        (Some(code), _) => End::Exit(code),
        (None, signal) => End::Signal(signal.unwrap_or_default()),
    }
}

/// What has been done to stop a command.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Urgency {
    Running,
    Asked,
    Killed,
}

/// A running command with its three pipes.
struct Watch<'a> {
    child: &'a mut Child,
    group: Option<Pid>,
    pidfd: Option<OwnedFd>,
    stdin: Option<ChildStdin>,
    input: &'a [u8],
    out: Option<OwnedFd>,
    err: Option<OwnedFd>,
    stdout: Output,
    stderr: Output,
    deadline: Instant,
    urgency: Urgency,
    timed_out: bool,
    ended: Option<ExitStatus>,
}

impl<'a> Watch<'a> {
    fn new(child: &'a mut Child, input: &'a [u8], seconds: u64) -> Self {
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
            stdout: Output::default(),
            stderr: Output::default(),
            // A day is for ever here, and no sum overflows.
            deadline: Instant::now() + Duration::from_secs(seconds.min(86_400 * 365)),
            urgency: Urgency::Running,
            timed_out: false,
            ended: None,
            child,
        }
    }

    fn see_it_end(&mut self, progress: &mut dyn FnMut(Progress)) {
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
fn drain(pipe: &mut Option<OwnedFd>, output: &mut Output, progress: &mut dyn FnMut(Progress)) {
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

/// The failure of a command, with the last lines of what its own diagnosis prints.
pub(super) fn diagnose(failure: Failure, command: &Command, accounts: &Accounts) -> Failure {
    if command.diagnose.is_empty() {
        return failure;
    }
    let look = Command::new(command.diagnose.clone());
    let ran = run(&look, accounts, DIAGNOSIS_TIMEOUT, &mut |_| {});
    diagnosed(failure, &look, &ran)
}

/// The failure with what the diagnosis printed.
pub(in crate::target) fn diagnosed(mut failure: Failure, look: &Command, ran: &Ran) -> Failure {
    failure.output.push(format!("$ {}", printable(&shown(look))));
    failure.output.extend(ran.stdout.last_lines());
    failure.output.extend(ran.stderr.last_lines());
    failure
}

/// Runs a query's small program and gives its standard output where it exits with 0.
///
/// # Errors
/// It failed.
pub(super) fn output_of(argv: &[&str], accounts: &Accounts, timeout: u64) -> Result<String, Failure> {
    let command = Command::new(argv.iter().copied());
    let ran = run(&command, accounts, timeout, &mut |_| {});
    ran.accept(&command)?;
    Ok(ran.stdout.text())
}
