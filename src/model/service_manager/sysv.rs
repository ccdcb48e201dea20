//! Scripts in `/etc/init.d`, with links in `/etc/rc?.d`.

use super::form::ServiceManager;
use crate::model::query::{Enabled, Init, ServiceState};

pub(super) const SYSV: ServiceManager = ServiceManager {
    init: Init::Sysv,
    fact: "init",
    running: SCRIPTS,
    installed: None,
    is_alone: false,
    places: &[SCRIPTS],
};

/// Directory of the scripts.
pub const SCRIPTS: &str = "/etc/init.d";

/// The script that a name means: `nginx` for `nginx.service`.
#[must_use]
pub fn script_name(name: &str) -> &str {
    name.strip_suffix(".service").unwrap_or(name)
}

/// The state of a service with a script, from the exit status of `status` and the links in the run levels with services.
#[must_use]
pub fn state(name: &str, is_running: bool, links: &[String]) -> ServiceState {
    let enabled = if is_enabled(script_name(name), links) { Enabled::Yes } else { Enabled::No };
    ServiceState { exists: true, running: is_running, enabled, ..ServiceState::missing() }
}

/// Whether one of these links starts the service: `S`, two digits and its name.
pub(super) fn is_enabled(name: &str, links: &[String]) -> bool {
    links.iter().any(|link| {
        link.strip_prefix('S')
            .filter(|rest| rest.len() > 2 && rest.as_bytes()[..2].iter().all(u8::is_ascii_digit))
            .and_then(|rest| rest.get(2..))
            .is_some_and(|linked| linked == name)
    })
}
