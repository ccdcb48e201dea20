//! The locks of package managers, waited for by name of whoever holds them, and the commands that take them.

use std::os::unix::fs::MetadataExt as _;
use std::time::{Duration, Instant};

use rustix::process::{Flock, FlockType};

use super::process;
use super::surroundings::Surroundings;
use crate::model::english::{count, printable};
use crate::model::error::Failure;
use crate::model::package_manager::{self, PackageLock, PackageManager};
use crate::model::step::Command;
use crate::target::Progress;
use crate::target::interrupt::{Bond, HALTED, Interrupt};

/// How often the locks are looked at.
const LOOK: Duration = Duration::from_millis(250);
/// How often the wait is told.
const TELL: Duration = Duration::from_secs(5);

/// `Step::Packages`.
///
/// # Errors
/// No such package manager, a name that is none, the lock was not free in time, or the command failed.
pub(super) fn run(
    manager: &str,
    command: &Command,
    packages: &[String],
    with: &Surroundings,
    progress: &mut dyn FnMut(Progress),
) -> Result<(), Failure> {
    let manager = known(manager)?;
    let command = with_packages(manager, command, packages)?;
    wait_for_lock(manager, &command, &with.interrupt, progress)?;
    process::run_bound(Bond::Finishes, &command, with, process::STEP_TIMEOUT, progress).accept(&command)
}

/// The package manager of that name.
///
/// # Errors
/// There is none.
pub(in crate::target) fn known(manager: &str) -> Result<&'static PackageManager, Failure> {
    package_manager::named(manager).ok_or_else(|| {
        Failure::new(format!("there is no package manager `{manager}` here"))
            .hint(format!("chefrs supports {}", package_manager::names()))
    })
}

/// The command with the packages behind it.
///
/// # Errors
/// A name that can be none.
pub(in crate::target) fn with_packages(
    manager: &PackageManager,
    command: &Command,
    packages: &[String],
) -> Result<Command, Failure> {
    if let Some(bad) = packages.iter().find(|package| !manager.is_argument(package)) {
        return Err(Failure::new(format!("`{bad}` can't be the name of a package")));
    }
    let mut command = command.clone();
    command.argv.extend(packages.iter().cloned());
    Ok(command)
}

/// The package manager whose locks a command wants.
pub(in crate::target) fn wanted_by(command: &Command) -> Option<&'static PackageManager> {
    package_manager::of_program(command.argv.first()?)
}

/// Waits until nobody holds the package locks, as long as the command itself may take.
///
/// # Errors
/// Somebody held one all the time.
pub(super) fn wait_for_lock(
    manager: &PackageManager,
    command: &Command,
    interrupt: &Interrupt,
    progress: &mut dyn FnMut(Progress),
) -> Result<(), Failure> {
    let seconds = if command.timeout == 0 { process::STEP_TIMEOUT } else { command.timeout };
    let start = Instant::now();
    let mut told: Option<Instant> = None;
    while let Some((lock, holder)) = manager.locks.iter().find_map(|lock| Some((lock.path(), holder(lock)?)))
    {
        if interrupt.is_halted() {
            return Err(Failure::new(format!("{HALTED} while {holder} held the package lock `{lock}`")));
        }
        if start.elapsed() >= Duration::from_secs(seconds) {
            return Err(Failure::new(format!(
                "the package lock `{lock}` was held by {holder} for {}",
                count(usize::try_from(seconds).unwrap_or(usize::MAX), "second")
            ))
            .hint("wait for it to end, or stop it, and run again"));
        }
        if told.is_none_or(|told| told.elapsed() >= TELL) {
            progress(Progress::Waiting(format!("the package lock is held by {holder}")));
            told = Some(Instant::now());
        }
        std::thread::sleep(LOOK);
    }
    Ok(())
}

/// Who holds a lock, as `apt-get (pid 123)`; nothing when it is free, or not ours to look at.
#[must_use]
pub fn holder(lock: &PackageLock) -> Option<String> {
    let pid = match lock {
        PackageLock::Kernel(path) => {
            let file = std::fs::File::open(path).ok()?;
            let held = rustix::process::fcntl_getlk(&file, &Flock::from(FlockType::WriteLock)).ok()??;
            let Some(pid) = held.pid else { return Some("a process in another container".into()) };
            pid.as_raw_nonzero().get()
        }
        PackageLock::Number(path) => {
            let pid = std::fs::read_to_string(path).ok()?.trim().parse().ok()?;
            std::fs::exists(format!("/proc/{pid}")).is_ok_and(|is_there| is_there).then_some(pid)?
        }
        PackageLock::Open(path) => opener(path)?,
    };
    let name = std::fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
    let name = printable(name.trim_end());
    let name = if name.is_empty() { "a process".to_owned() } else { name };
    Some(format!("{name} (pid {pid})"))
}

/// The number of a process that has a file open.
fn opener(path: &str) -> Option<i32> {
    let wanted = std::fs::metadata(path).ok()?;
    let is_it = |entry: std::fs::DirEntry| {
        std::fs::metadata(entry.path())
            .is_ok_and(|found| found.ino() == wanted.ino() && found.dev() == wanted.dev())
    };
    let mut processes = std::fs::read_dir("/proc").ok()?.flatten();
    processes.find_map(|process| {
        let pid = process.file_name().to_str()?.parse().ok()?;
        std::fs::read_dir(process.path().join("fd")).ok()?.flatten().any(is_it).then_some(pid)
    })
}
