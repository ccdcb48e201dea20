//! Commands that run now, so that whoever wants the run to end can end them too.

use std::sync::{Mutex, MutexGuard, PoisonError};

use rustix::process::{Pid, Signal};

/// Why nothing is started any more.
pub(super) const HALTED: &str = "the run was ended";

/// Process groups of the commands that run now, and whether more may be started.
#[derive(Debug)]
struct Commands {
    halted: bool,
    groups: Vec<Pid>,
}

static COMMANDS: Mutex<Commands> = Mutex::new(Commands { halted: false, groups: Vec::new() });

/// Asks all commands of this process to end, with their children; no other is started from now on.
pub fn halt() {
    let mut commands = commands();
    commands.halted = true;
    signal(&commands.groups, Signal::TERM);
}

/// Ends what did not do as [`halt`] asked.
pub fn kill() {
    signal(&commands().groups, Signal::KILL);
}

/// Whether [`halt`] was called.
#[must_use]
pub fn is_halted() -> bool {
    commands().halted
}

/// A command among those that run, until it is dropped.
pub(super) struct Running(Option<Pid>);

impl Running {
    /// Adds a process group; one that comes too late is ended at once.
    pub(super) fn new(group: Option<Pid>) -> Self {
        let mut commands = commands();
        commands.groups.extend(group);
        if commands.halted {
            signal(group.as_slice(), Signal::KILL);
        }
        Self(group)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let mut commands = commands();
        if commands.halted {
            // What the program left behind in its group goes with it.
            signal(self.0.as_slice(), Signal::KILL);
        }
        commands.groups.retain(|group| Some(*group) != self.0);
    }
}

fn signal(groups: &[Pid], signal: Signal) {
    for group in groups {
        // A group that is gone needs no signal.
        let _ = rustix::process::kill_process_group(*group, signal);
    }
}

/// Nothing that holds the lock can leave the list half changed, so a panic elsewhere does not spoil it.
fn commands() -> MutexGuard<'static, Commands> {
    COMMANDS.lock().unwrap_or_else(PoisonError::into_inner)
}
