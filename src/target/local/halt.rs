//! Commands that run now, so that whoever wants the run to end can end them too.

use std::sync::{Mutex, MutexGuard, PoisonError};

use rustix::process::{Pid, Signal};

/// Why nothing is started any more.
pub(super) const HALTED: &str = "the run was ended";

/// What the end of the run means to a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bond {
    /// It ends with the run.
    Ends,
    /// It is waited for: a package manager cut off leaves a database that somebody has to repair.
    Finishes,
}

/// Process groups of the commands that run now, and whether more may be started.
#[derive(Debug)]
struct Commands {
    halted: bool,
    groups: Vec<(Pid, Bond)>,
}

impl Commands {
    fn signal(&self, bond: Bond, signal: Signal) {
        for (group, own) in &self.groups {
            if *own == bond {
                send(*group, signal);
            }
        }
    }
}

static COMMANDS: Mutex<Commands> = Mutex::new(Commands { halted: false, groups: Vec::new() });

/// Asks the commands of this process to end, with their children; no other is started from now on. Package managers
/// are left to finish: see [`is_finishing`].
pub fn halt() {
    let mut commands = commands();
    commands.halted = true;
    commands.signal(Bond::Ends, Signal::TERM);
}

/// Ends what did not do as [`halt`] asked; package managers still not.
pub fn kill() {
    commands().signal(Bond::Ends, Signal::KILL);
}

/// Ends everything, package managers too.
pub fn kill_all() {
    let commands = commands();
    commands.signal(Bond::Ends, Signal::KILL);
    commands.signal(Bond::Finishes, Signal::KILL);
}

/// Whether a command runs that [`kill`] would end.
pub fn is_ending() -> bool {
    commands().groups.iter().any(|(_, bond)| *bond == Bond::Ends)
}

/// Whether a package manager runs, which nobody ends but [`kill_all`].
pub fn is_finishing() -> bool {
    commands().groups.iter().any(|(_, bond)| *bond == Bond::Finishes)
}

/// Whether [`halt`] was called.
#[must_use]
pub fn is_halted() -> bool {
    commands().halted
}

/// A command among those that run, until it is dropped.
pub(super) struct Running(Option<(Pid, Bond)>);

impl Running {
    /// Adds a process group; one that comes too late is ended at once.
    pub(super) fn new(group: Option<Pid>, bond: Bond) -> Self {
        let running = Self(group.map(|group| (group, bond)));
        let mut commands = commands();
        commands.groups.extend(running.0);
        if commands.halted {
            running.end();
        }
        running
    }

    fn end(&self) {
        if let Some((group, Bond::Ends)) = self.0 {
            send(group, Signal::KILL);
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let mut commands = commands();
        if commands.halted {
            // What the program left behind in its group goes with it.
            self.end();
        }
        commands.groups.retain(|group| Some(*group) != self.0);
    }
}

fn send(group: Pid, signal: Signal) {
    // A group that is gone needs no signal.
    let _ = rustix::process::kill_process_group(group, signal);
}

/// Nothing that holds the lock can leave the list half changed, so a panic elsewhere does not spoil it.
fn commands() -> MutexGuard<'static, Commands> {
    COMMANDS.lock().unwrap_or_else(PoisonError::into_inner)
}
