//! Interrupts: how the user wants the run to end. One value is passed to everything that works for the run.
//!
//! The first request lets the current resource finish; the second one also ends the running command. Running commands,
//! and runs on other machines, are registered here, so that an interrupt can end the former and report the latter.

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal};

/// Why no more commands are started.
pub(in crate::target) const HALTED: &str = "the run was ended";

/// Time for commands to end by themselves.
const PATIENCE: Duration = Duration::from_secs(5);

/// Interval of checks whether they have ended.
const GLANCE: Duration = Duration::from_millis(20);

/// No request.
const NONE: u8 = 0;
/// Finish the current resource, and start no other.
const FINISH: u8 = 1;
/// End the running command too.
const HALT: u8 = 2;

/// What happens to a command when the run is ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::target) enum Bond {
    /// It is ended too.
    Ends,
    /// It may finish: a package manager that is killed leaves a database that must be repaired.
    Finishes,
}

/// How the user wants the run to end. Clones share one value.
#[derive(Debug, Clone, Default)]
pub struct Interrupt(Arc<WantedEnd>);

#[derive(Debug, Default)]
struct WantedEnd {
    level: AtomicU8,
    /// Process groups of the commands that are running on this machine.
    commands: Mutex<Vec<(Pid, Bond)>>,
    /// Runs on other machines that have not ended: the target's name and the run's id.
    elsewhere: Mutex<Vec<(String, String)>>,
}

impl Interrupt {
    /// Ends the run after the current resource.
    pub fn finish(&self) {
        self.0.level.fetch_max(FINISH, Ordering::Relaxed);
    }

    /// Sends SIGTERM to the running commands and their children, and starts no more commands. Package managers may
    /// finish: see [`Interrupt::is_finishing`].
    pub fn halt(&self) {
        let commands = self.commands();
        self.0.level.fetch_max(HALT, Ordering::Relaxed);
        signal(&commands, Bond::Ends, Signal::TERM);
    }

    /// Ends the running commands: asks them to end, waits, and kills the rest.
    pub fn end(&self) {
        self.halt();
        let begin = Instant::now();
        while begin.elapsed() < PATIENCE && self.is_ending() {
            thread::sleep(GLANCE);
        }
        self.kill();
    }

    /// Kills the commands that [`Interrupt::halt`] did not end, except package managers.
    pub fn kill(&self) {
        signal(&self.commands(), Bond::Ends, Signal::KILL);
    }

    /// Kills all commands, even package managers.
    pub fn kill_all(&self) {
        let commands = self.commands();
        signal(&commands, Bond::Ends, Signal::KILL);
        signal(&commands, Bond::Finishes, Signal::KILL);
    }

    /// Whether the run is to end.
    #[must_use]
    pub fn is_wanted(&self) -> bool {
        self.0.level.load(Ordering::Relaxed) > NONE
    }

    /// Whether no more commands may be started.
    #[must_use]
    pub fn is_halted(&self) -> bool {
        self.0.level.load(Ordering::Relaxed) >= HALT
    }

    /// Whether a command is running that [`Interrupt::kill`] would kill.
    #[must_use]
    pub fn is_ending(&self) -> bool {
        self.commands().iter().any(|(_, bond)| *bond == Bond::Ends)
    }

    /// Whether a package manager is running, which only [`Interrupt::kill_all`] would kill.
    #[must_use]
    pub fn is_finishing(&self) -> bool {
        self.commands().iter().any(|(_, bond)| *bond == Bond::Finishes)
    }

    /// Runs on other machines that have not ended. They continue without us. The target's name and the run's id of
    /// each.
    #[must_use]
    pub fn elsewhere(&self) -> Vec<(String, String)> {
        self.runs().clone()
    }

    /// Registers a run on another machine, until the result is dropped.
    #[must_use]
    pub fn begun(&self, target: &str, run: &str) -> Elsewhere {
        let one = (target.to_owned(), run.to_owned());
        self.runs().push(one.clone());
        Elsewhere { interrupt: self.clone(), one }
    }

    /// Registers a running process group, until the result is dropped. If the run is halted already, the group is
    /// killed.
    pub(in crate::target) fn running(&self, group: Option<Pid>, bond: Bond) -> Running {
        let running = Running { interrupt: self.clone(), command: group.map(|group| (group, bond)) };
        let mut commands = self.commands();
        commands.extend(running.command);
        if self.is_halted() {
            running.end();
        }
        drop(commands);
        running
    }

    /// The list is always consistent, so a panic while the lock was held does no harm.
    fn commands(&self) -> MutexGuard<'_, Vec<(Pid, Bond)>> {
        self.0.commands.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn runs(&self) -> MutexGuard<'_, Vec<(String, String)>> {
        self.0.elsewhere.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A run on another machine that has not ended.
#[derive(Debug)]
pub struct Elsewhere {
    interrupt: Interrupt,
    one: (String, String),
}

impl Elsewhere {
    /// Id of the run.
    #[must_use]
    pub fn run(&self) -> &str {
        &self.one.1
    }
}

impl Drop for Elsewhere {
    fn drop(&mut self) {
        self.interrupt.runs().retain(|one| *one != self.one);
    }
}

/// A running command, until it is dropped.
pub(in crate::target) struct Running {
    interrupt: Interrupt,
    command: Option<(Pid, Bond)>,
}

impl Running {
    fn end(&self) {
        if let Some((group, Bond::Ends)) = self.command {
            send(group, Signal::KILL);
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let mut commands = self.interrupt.commands();
        if self.interrupt.is_halted() {
            // Kills the processes that the program has left in its group.
            self.end();
        }
        commands.retain(|command| Some(*command) != self.command);
    }
}

fn signal(commands: &[(Pid, Bond)], bond: Bond, signal: Signal) {
    for (group, own) in commands {
        if *own == bond {
            send(*group, signal);
        }
    }
}

fn send(group: Pid, signal: Signal) {
    // It fails if the group is gone already.
    let _ = rustix::process::kill_process_group(group, signal);
}
