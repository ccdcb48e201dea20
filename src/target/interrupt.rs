//! How somebody wants a run to end: one value, handed down to everybody who works for the run.
//!
//! Once, and the resource at hand is finished; again, and its command is ended too. Whoever runs a command here or begins
//! a run elsewhere leaves word of it, so that an interrupt reaches the one, and can be told of the other.

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal};

/// Why nothing is started any more.
pub(in crate::target) const HALTED: &str = "the run was ended";

/// What commands are given to end by themselves.
const PATIENCE: Duration = Duration::from_secs(5);

/// How often it is looked whether they have ended.
const GLANCE: Duration = Duration::from_millis(20);

/// Nobody wants anything.
const NONE: u8 = 0;
/// The resource at hand is finished, and no other is begun.
const FINISH: u8 = 1;
/// The command at hand is ended too.
const HALT: u8 = 2;

/// What the end of the run means to a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::target) enum Bond {
    /// It ends with the run.
    Ends,
    /// It is waited for: a package manager cut off leaves a database that somebody has to repair.
    Finishes,
}

/// How somebody wants the run to end. Clones are the same value.
#[derive(Debug, Clone, Default)]
pub struct Interrupt(Arc<WantedEnd>);

#[derive(Debug, Default)]
struct WantedEnd {
    level: AtomicU8,
    /// Process groups of the commands that run here now.
    commands: Mutex<Vec<(Pid, Bond)>>,
    /// Runs on other machines whose end has not been seen: the target's name and the run's id.
    elsewhere: Mutex<Vec<(String, String)>>,
}

impl Interrupt {
    /// The run is to end after the resource at hand.
    pub fn finish(&self) {
        self.0.level.fetch_max(FINISH, Ordering::Relaxed);
    }

    /// The commands at hand are asked to end too, with their children; no other is started from now on. Package managers
    /// are left to finish: see [`Interrupt::is_finishing`].
    pub fn halt(&self) {
        let commands = self.commands();
        self.0.level.fetch_max(HALT, Ordering::Relaxed);
        signal(&commands, Bond::Ends, Signal::TERM);
    }

    /// Asks the commands at hand to end, gives them a moment, and ends those that have not.
    pub fn end(&self) {
        self.halt();
        let begin = Instant::now();
        while begin.elapsed() < PATIENCE && self.is_ending() {
            thread::sleep(GLANCE);
        }
        self.kill();
    }

    /// Ends what did not do as [`Interrupt::halt`] asked; package managers still not.
    pub fn kill(&self) {
        signal(&self.commands(), Bond::Ends, Signal::KILL);
    }

    /// Ends everything, package managers too.
    pub fn kill_all(&self) {
        let commands = self.commands();
        signal(&commands, Bond::Ends, Signal::KILL);
        signal(&commands, Bond::Finishes, Signal::KILL);
    }

    /// Whether the run is to end after the resource at hand, or sooner.
    #[must_use]
    pub fn is_wanted(&self) -> bool {
        self.0.level.load(Ordering::Relaxed) > NONE
    }

    /// Whether no command is to be started any more.
    #[must_use]
    pub fn is_halted(&self) -> bool {
        self.0.level.load(Ordering::Relaxed) >= HALT
    }

    /// Whether a command runs that [`Interrupt::kill`] would end.
    #[must_use]
    pub fn is_ending(&self) -> bool {
        self.commands().iter().any(|(_, bond)| *bond == Bond::Ends)
    }

    /// Whether a package manager runs, which nobody ends but [`Interrupt::kill_all`].
    #[must_use]
    pub fn is_finishing(&self) -> bool {
        self.commands().iter().any(|(_, bond)| *bond == Bond::Finishes)
    }

    /// Runs on other machines that were begun and whose end has not been seen: they go on without us. The target's name
    /// and the run's id of each.
    #[must_use]
    pub fn elsewhere(&self) -> Vec<(String, String)> {
        self.runs().clone()
    }

    /// A run was begun on another machine; its end is seen when this is dropped.
    #[must_use]
    pub fn begun(&self, target: &str, run: &str) -> Elsewhere {
        let one = (target.to_owned(), run.to_owned());
        self.runs().push(one.clone());
        Elsewhere { interrupt: self.clone(), one }
    }

    /// Adds a process group to the commands that run; one that comes too late is ended at once.
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

    /// Nothing that holds the lock can leave the list half changed, so a panic elsewhere does not spoil it.
    fn commands(&self) -> MutexGuard<'_, Vec<(Pid, Bond)>> {
        self.0.commands.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn runs(&self) -> MutexGuard<'_, Vec<(String, String)>> {
        self.0.elsewhere.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A run on another machine, until its end is seen.
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

/// A command among those that run, until it is dropped.
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
            // What the program left behind in its group goes with it.
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
    // A group that is gone needs no signal.
    let _ = rustix::process::kill_process_group(group, signal);
}
