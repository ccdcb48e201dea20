//! Services that are scripts in `/etc/init.d`.

use std::fs;
use std::io::Read as _;
use std::os::unix::fs::PermissionsExt as _;

use super::process;
use super::surroundings::Surroundings;
use crate::model::query::{End, ServiceState};
use crate::model::service_manager::openrc;
use crate::model::service_manager::sysv::{self, SCRIPTS, script_name};
use crate::model::step::Command;

/// Timeout of a script's `status`, in seconds.
const STATUS_TIMEOUT: u64 = 10;
/// Number of services that are asked in parallel.
const AT_ONCE: usize = 8;
/// Bytes of a script that are read for its first line.
const BEGINNING: u64 = 256;

/// Asks about several services in parallel. The answers are in the order of the names.
pub(super) fn at_once<T: Send>(names: &[&str], ask: impl Fn(&str) -> T + Sync) -> Vec<T> {
    let ask = &ask;
    names
        .chunks(AT_ONCE)
        .flat_map(|part| {
            std::thread::scope(|scope| {
                let threads: Vec<_> = part.iter().map(|name| scope.spawn(move || ask(name))).collect();
                threads
                    .into_iter()
                    .map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
                    .collect::<Vec<_>>()
            })
        })
        .collect()
}

/// The state of a service from its script; `None` if it has none.
pub(super) fn of_sysv(name: &str, with: &Surroundings) -> Option<ServiceState> {
    let status = status(&[&script(name)?, "status"], with);
    Some(sysv::state(name, status == Some(0), &links_of_sysv()))
}

/// The state of a service of a running OpenRC.
pub(super) fn of_openrc(name: &str, links: &[String], with: &Surroundings) -> ServiceState {
    if script(name).is_none() {
        return ServiceState::missing();
    }
    openrc::state(name, status(&["rc-service", script_name(name), "status"], with), links)
}

/// The state of a service if OpenRC does not run.
pub(super) fn of_offline_openrc(name: &str, links: &[String], with: &Surroundings) -> ServiceState {
    let Some(script) = script(name) else { return ServiceState::missing() };
    let mut text = Vec::new();
    // A script that can't be read can't be started either.
    let _ = fs::File::open(&script).and_then(|file| file.take(BEGINNING).read_to_end(&mut text));
    let is_running = status(&[&script, "status"], with) == Some(0);
    openrc::offline(name, is_running, &String::from_utf8_lossy(&text), links)
}

/// The script of a service, if it has one that can be run.
fn script(name: &str) -> Option<String> {
    let script = format!("{SCRIPTS}/{}", script_name(name));
    let found = fs::metadata(&script).ok()?;
    (found.is_file() && found.permissions().mode() & 0o111 != 0).then_some(script)
}

/// The exit status of a command, if it ended by itself.
fn status(argv: &[&str], with: &Surroundings) -> Option<i32> {
    match process::run(&Command::new(argv.iter().copied()), with, STATUS_TIMEOUT, &mut |_| {}).end {
        End::Exit(status) => Some(status),
        _ => None,
    }
}

/// The links in the run levels of System V with services.
pub(super) fn links_of_sysv() -> Vec<String> {
    ["2", "3", "4", "5"].iter().flat_map(|level| names(&format!("/etc/rc{level}.d"))).collect()
}

/// The links in the run levels of OpenRC, as `LEVEL/NAME`.
pub(super) fn links_of_openrc() -> Vec<String> {
    let of_level = |level: String| {
        names(&format!("{}/{level}", openrc::RUN_LEVELS))
            .into_iter()
            .map(move |name| format!("{level}/{name}"))
    };
    names(openrc::RUN_LEVELS).into_iter().flat_map(of_level).collect()
}

fn names(directory: &str) -> Vec<String> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}
