//! Service managers: the roster. Each is one file, and a line here makes it known to everything. They say how they are
//! recognised, where their services are, and read what their programs print.

mod form;
pub mod openrc;
pub mod systemd;
pub mod sysv;

use camino::Utf8Path;

use super::query::Init;
pub use form::ServiceManager;

/// All service managers. If several could be meant, the first is.
pub static SERVICE_MANAGERS: &[&ServiceManager] = &[&systemd::SYSTEMD, &openrc::OPENRC, &sysv::SYSV];

/// The manager that runs, and the one that is installed and starts with the machine, but does not run now. `is_there`
/// says whether a path exists.
pub fn of_machine(is_there: impl Fn(&str) -> bool) -> (Init, Option<Init>) {
    let running = SERVICE_MANAGERS.iter().find(|manager| is_there(manager.running));
    let init = running.map_or(Init::None, |manager| manager.init);
    if running.is_some_and(|manager| manager.is_alone) {
        return (init, None);
    }
    let installed = |manager: &&&ServiceManager| manager.installed.is_some_and(&is_there);
    (init, SERVICE_MANAGERS.iter().find(installed).map(|manager| manager.init))
}

/// The fact `init_package`.
#[must_use]
pub fn fact(init: Init) -> &'static str {
    SERVICE_MANAGERS.iter().find(|manager| manager.init == init).map_or("none", |manager| manager.fact)
}

/// The manager of which [`fact`] is the fact.
#[must_use]
pub fn of_fact(fact: &str) -> Init {
    SERVICE_MANAGERS.iter().find(|manager| manager.fact == fact).map_or(Init::None, |manager| manager.init)
}

/// Whether a file at this path may make or enable a service.
pub(in crate::model) fn keeps_services_at(path: &Utf8Path) -> bool {
    SERVICE_MANAGERS.iter().flat_map(|manager| manager.places).any(|place| path.starts_with(place))
}
