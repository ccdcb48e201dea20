//! OpenRC: scripts in `/etc/init.d`, with links in `/etc/runlevels/LEVEL`.

use super::form::ServiceManager;
use super::sysv::{SCRIPTS, script_name};
use crate::model::query::{Enabled, Init, OfflineUnit, ServiceState};

pub(super) const OPENRC: ServiceManager = ServiceManager {
    init: Init::Openrc,
    fact: "openrc",
    // openrc(8) writes the current run level there. Its scripts refuse to work without that file.
    running: "/run/openrc/softlevel",
    installed: Some("/sbin/openrc"),
    is_alone: true,
    places: &[SCRIPTS, RUN_LEVELS],
};

/// Directory of the run levels.
pub const RUN_LEVELS: &str = "/etc/runlevels";

/// The run level in which services start that nobody gave another one.
pub const DEFAULT: &str = "default";

/// The run levels through which a machine starts.
const AT_BOOT: &[&str] = &["sysinit", "boot", DEFAULT];

/// Whether a service in these run levels starts with the machine.
#[must_use]
pub fn enabled(run_levels: &[String]) -> Enabled {
    let is_started = run_levels.iter().any(|level| AT_BOOT.contains(&level.as_str()));
    if is_started { Enabled::Yes } else { Enabled::No }
}

/// The state of a service from the exit status of `rc-service NAME status`, and from all links in the run levels:
/// `LEVEL/NAME`.
#[must_use]
pub fn state(name: &str, status: Option<i32>, links: &[String]) -> ServiceState {
    let name = script_name(name);
    let of_service =
        |link: &String| Some(link.split_once('/').filter(|(_, linked)| *linked == name)?.0.to_owned());
    let mut run_levels: Vec<String> = links.iter().filter_map(of_service).collect();
    run_levels.sort();
    ServiceState {
        exists: true,
        // Started, starting, and inactive: it waits for something, such as a cable, to go on by itself.
        running: matches!(status, Some(0 | 8 | 16)),
        // Crashed, and not supervised any more.
        failed: matches!(status, Some(32 | 64)),
        enabled: enabled(&run_levels),
        run_levels,
        ..ServiceState::missing()
    }
}

/// The state of a service while OpenRC does not run. Its own scripts can't be started then, `text` is the beginning of
/// this one; others can.
#[must_use]
pub fn offline(name: &str, is_running: bool, text: &str, links: &[String]) -> ServiceState {
    let interpreter = text.lines().next().unwrap_or_default();
    let is_own = ["openrc-run", "runscript"].iter().any(|program| interpreter.contains(program));
    ServiceState {
        running: is_running && !is_own,
        offline: Some(if is_own { OfflineUnit::Alone } else { OfflineUnit::WithScript }),
        ..state(name, None, links)
    }
}
