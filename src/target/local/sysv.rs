//! Services that are scripts in `/etc/init.d`, with links in `/etc/rc?.d`.

use std::os::unix::fs::PermissionsExt as _;

use super::process;
use super::surroundings::Surroundings;
use crate::model::query::{Enabled, End, ServiceState};
use crate::model::step::Command;

/// Timeout of a script's `status`, in seconds.
const STATUS_TIMEOUT: u64 = 10;
/// Number of services that are asked in parallel.
const AT_ONCE: usize = 8;

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
pub(super) fn state(name: &str, with: &Surroundings) -> Option<ServiceState> {
    let name = name.strip_suffix(".service").unwrap_or(name);
    let script = format!("/etc/init.d/{name}");
    let exists = std::fs::metadata(&script)
        .is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0);
    if !exists {
        return None;
    }
    let status = Command::new([script.as_str(), "status"]);
    let ran = process::run(&status, with, STATUS_TIMEOUT, &mut |_| {});
    Some(ServiceState {
        exists: true,
        running: ran.end == End::Exit(0),
        enabled: if is_enabled(name, &links()) { Enabled::Yes } else { Enabled::No },
        ..ServiceState::missing()
    })
}

/// The links in the run levels with services.
pub(super) fn links() -> Vec<String> {
    ["2", "3", "4", "5"].iter().flat_map(|level| list(level)).collect()
}

fn list(level: &str) -> Vec<String> {
    let entries = std::fs::read_dir(format!("/etc/rc{level}.d")).into_iter().flatten().flatten();
    entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

/// Whether one of these links starts the service: `S`, two digits and its name.
pub(in crate::target) fn is_enabled(name: &str, links: &[String]) -> bool {
    links.iter().any(|link| {
        link.strip_prefix('S')
            .filter(|rest| rest.len() > 2 && rest.as_bytes()[..2].iter().all(u8::is_ascii_digit))
            .and_then(|rest| rest.get(2..))
            .is_some_and(|linked| linked == name)
    })
}
