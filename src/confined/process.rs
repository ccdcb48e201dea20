//! The sandboxed process: starts it, stops it, and finds out how it ended.

use std::io::{self, BufReader};
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;

use super::compiler::Compiler;
use super::pipe::Pipe;
use crate::compile::Limits;
use crate::model::error::Diagnostic;

/// Wall clock time in addition to the limit of the compile, so that the compile can stop by itself and report the
/// reason.
const GRACE: Duration = Duration::from_millis(1500);
/// How long to wait for a process to exit after it has closed its pipes.
const LEAVING: Duration = Duration::from_millis(500);
/// Size of the read buffer in bytes.
const BUFFER: usize = 64 << 10;
/// Interval of the checks while waiting for its exit.
const TICK: Duration = Duration::from_millis(1);

/// The environment of the process: settings for the allocator of glibc, see mallopt(3). Lua runs on a second thread,
/// which would otherwise have a heap of its own that grows by one page and one system call at a time. A huge page
/// causes one page fault instead of 512. Other C libraries ignore the variable.
const ALLOCATOR: (&str, &str) = ("GLIBC_TUNABLES", "glibc.malloc.arena_max=1:glibc.malloc.hugetlb=1");

/// The sandboxed process.
#[derive(Debug)]
pub(super) struct Process {
    child: Child,
    /// Whether it was killed.
    ended: bool,
    limits: Limits,
    pub(super) input: Pipe,
    pub(super) output: BufReader<Pipe>,
}

impl Process {
    /// Starts the process in the root directory, without the environment of the caller and without the terminal.
    pub(super) fn start(compiler: &Compiler) -> Result<Self, Diagnostic> {
        let Compiler { executable, limits } = compiler;
        let started = || {
            let mut child = Command::new(executable)
                .arg("compile-confined")
                .arg(limits.time.as_millis().to_string())
                .arg(limits.wall.as_millis().to_string())
                .arg(limits.memory.to_string())
                .env_clear()
                .env(ALLOCATOR.0, ALLOCATOR.1)
                .current_dir("/")
                // Ctrl-C is for this process, which decides what to do.
                .process_group(0)
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()?;
            let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
                return Err(io::Error::from(io::ErrorKind::BrokenPipe));
            };
            let (input, output) = (Pipe::new(input)?, Pipe::new(output)?);
            let output = BufReader::with_capacity(BUFFER, output);
            Ok(Self { child, ended: false, limits: *limits, input, output })
        };
        started().map_err(|error: io::Error| {
            Diagnostic::error(format!("the process that compiles can't be started: {error}"))
                .note("recipes are compiled in a separate process of this program")
        })
    }

    /// Starts the wall clock limit. Before this, the process waits for work.
    pub(super) fn begin(&mut self) {
        let until = Instant::now() + self.limits.wall + GRACE;
        self.input.wait_until(until);
        self.output.get_mut().wait_until(until);
    }

    /// Kills the process after its result was received. The kernel frees its memory while this process goes on.
    pub(super) fn end(&mut self) {
        // If it can't be killed, it has exited already.
        let _ = self.child.kill();
        self.ended = true;
    }

    /// Kills the process and returns why it stopped responding. `broken` is the error from reading or writing.
    pub(super) fn cause(&mut self, broken: &io::Error) -> Diagnostic {
        if broken.kind() == io::ErrorKind::TimedOut {
            self.kill();
            return stopped(format!("it took more than {} seconds", self.limits.wall.as_secs_f64()));
        }
        match self.leave() {
            None => Diagnostic::error("the process that compiles closed its pipe, but did not exit"),
            Some(status) => told(status, self.limits),
        }
    }

    /// Waits briefly for the process to exit by itself.
    fn leave(&mut self) -> Option<ExitStatus> {
        let until = Instant::now() + LEAVING;
        loop {
            if let Ok(Some(status)) = self.child.try_wait() {
                return Some(status);
            }
            if Instant::now() >= until {
                self.kill();
                return None;
            }
            thread::sleep(TICK);
        }
    }

    fn kill(&mut self) {
        self.end();
        self.wait();
    }

    fn wait(&mut self) {
        #[expect(clippy::disallowed_methods, reason = "it was killed: its end comes")]
        let _ = self.child.wait();
    }
}

impl Drop for Process {
    /// Kills the process if it still runs, whatever the reason for dropping it.
    fn drop(&mut self) {
        if self.ended {
            self.wait();
        } else if let Ok(None) = self.child.try_wait() {
            self.kill();
        }
    }
}

/// The error for an exit status.
fn told(status: ExitStatus, limits: Limits) -> Diagnostic {
    match status.signal().and_then(|signal| Signal::try_from(signal).ok()) {
        Some(Signal::SIGXCPU) => {
            stopped(format!("it took more than {} seconds of processor time", limits.time.as_secs_f64()))
        }
        // The process aborts if it gets no memory outside of Lua, or if its stack overflows.
        Some(Signal::SIGABRT) => {
            stopped(format!("it needs more memory than the {} MiB that it may use", limits.memory >> 20))
        }
        Some(Signal::SIGKILL) => {
            stopped("it was killed, by a user or because the system ran out of memory".to_owned())
        }
        Some(signal) => Diagnostic::error(format!("the compile crashed ({signal})"))
            .note("it ran in a separate process, so nothing else is affected"),
        None => Diagnostic::error(format!("the compile ended without a result ({status})")),
    }
}

fn stopped(why: String) -> Diagnostic {
    Diagnostic::error(format!("the compile was stopped: {why}"))
        .hint("look for an endless loop, or one that creates more and more data")
}
