//! Failures for services that can't be used.

use camino::Utf8Path;

use super::user_manager::UserManager;
use crate::model::error::Failure;
use crate::model::query::{Host, Init};
use crate::model::service_manager;

/// The service does not exist.
pub(super) fn missing(name: &str, host: &Host) -> Failure {
    let failure = Failure::new(format!("there is no service `{name}`"));
    match host.init {
        _ if host.offline == Some(Init::Systemd) => failure
            .hint(format!("this system has neither a unit nor a script /etc/init.d/{name} of that name")),
        Init::Systemd => failure.hint(format!("look for its unit: systemctl list-unit-files '*{name}*'")),
        _ if host.has(Init::Openrc) => failure
            .hint(format!("OpenRC needs a script /etc/init.d/{name} that can be run: rc-service --list")),
        Init::Openrc | Init::Sysv => {
            failure.hint(format!("no systemd runs here, so it needs a script /etc/init.d/{name}"))
        }
        Init::None => failure.hint("neither systemd nor service scripts are on this machine"),
    }
}

/// The unit exists, but not systemctl.
pub(super) fn without_systemctl(name: &str, action: &str, unit: &Utf8Path) -> Failure {
    let verb = action.replace('_', " ");
    Failure::new(format!("the unit `{unit}` exists, but there is no `systemctl` to {verb} `{name}`"))
        .hint("install systemd before this resource: package \"systemd\"")
        .hint("or leave it where there is none: only_if = exists \"/usr/bin/systemctl\"")
}

/// The service exists, but its manager does not run.
pub(super) fn not_now(name: &str, action: &str, host: &Host) -> Failure {
    let (manager, fact) = match host.offline {
        Some(Init::Openrc) => ("OpenRC", service_manager::fact(Init::Openrc)),
        _ => ("systemd", service_manager::fact(Init::Systemd)),
    };
    let verb = action.replace('_', " ");
    Failure::impossible(format!("{manager} does not run here, so it can't {verb} `{name}`"))
        .hint("enable it at boot: action = \"enable\"")
        .hint(format!("guard what needs a running machine: only_if = node.init_package == \"{fact}\""))
}

/// The user has no such unit.
pub(super) fn missing_of_user(name: &str, user: &str) -> Failure {
    Failure::new(format!("the user `{user}` has no unit `{name}`"))
        .hint(format!("look for it as `{user}`: systemctl --user list-unit-files '*{name}*'"))
}

/// The unit exists, but the systemd of its user does not run.
pub(super) fn no_manager(name: &str, action: &str, manager: &UserManager<'_>) -> Failure {
    let UserManager { user, uid, .. } = manager;
    let verb = action.replace('_', " ");
    Failure::new(format!("the systemd of the user `{user}` does not run, so it can't {verb} `{name}`"))
        .hint(format!("it runs while the user is logged in, or always after: loginctl enable-linger {user}"))
        .hint(format!("that does not wait until it runs, this does: systemctl start user@{uid}"))
}
