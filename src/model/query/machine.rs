//! Answers about accounts, packages, services and networks.

use serde::{Deserialize, Serialize};

use super::outcome::End;
use crate::model::step::Downloader;

/// A user account.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    pub uid: u32,
    /// Gid of the primary group.
    pub gid: u32,
    /// Name of the primary group, or its gid.
    pub group: String,
    #[serde(default)]
    pub comment: String,
    #[serde(default)]
    pub home: String,
    #[serde(default)]
    pub shell: String,
    /// Names of the supplementary groups, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,
    /// Password hash from the shadow file. None if that file can't be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    /// Day on which the account expires, in days since 1970, from the shadow file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<i64>,
    /// Days after a password expires until the account is disabled, from the shadow file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inactive: Option<i64>,
    /// Days of a password, from the shadow file.
    #[serde(default)]
    pub aging: PasswordAging,
}

/// Days of a password: shadow(5). None if a limit is not set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasswordAging {
    /// Least days between two changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<i64>,
    /// Days after which it must be changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<i64>,
    /// Days before that on which the user is warned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warn: Option<i64>,
}

/// A group.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    pub gid: u32,
    /// Names of the supplementary members, sorted.
    #[serde(default)]
    pub members: Vec<String>,
}

/// The state of a package.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackageState {
    /// Version, if the package is installed completely.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// For a virtual package: names of the installed packages that provide it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub provided_by: Vec<String>,
    /// What is left of the package: it is half installed, half configured, or only its configuration files exist.
    #[serde(default)]
    pub residue: Option<String>,
    /// Whether the package is held at its version.
    #[serde(default)]
    pub held: bool,
}

/// An available version of a package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferedPackage {
    /// Name, with the architecture if it is not the native one.
    pub name: String,
    pub version: String,
}

/// The init system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Init {
    /// systemd runs as process 1.
    Systemd,
    /// OpenRC has started the machine.
    Openrc,
    /// Scripts in `/etc/init.d`, with links in `/etc/rc?.d`.
    Sysv,
    /// An init system that chefrs does not support, or none.
    None,
}

/// Whether a service starts at boot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Enabled {
    Yes,
    No,
    /// It can't be enabled: systemd's static, indirect, generated and alias units.
    Static,
    /// It is masked: it can't be started.
    Masked,
}

/// The state of a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceState {
    /// Whether there is a unit or script of that name.
    pub exists: bool,
    /// Whether it runs. For systemd: whether it is active, activating or reloading.
    pub running: bool,
    /// Whether it starts at boot.
    pub enabled: Enabled,
    /// systemd: whether the unit files have changed since systemd loaded them.
    #[serde(default)]
    pub needs_reload: bool,
    /// systemd: whether the main process crashed or exited with an error.
    #[serde(default)]
    pub failed: bool,
    /// systemd: whether the unit was generated from a script in `/etc/init.d`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub script: bool,
    /// systemd: whether it is expected to exit after its work (`Type=oneshot` without `RemainAfterExit=`).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub once: bool,
    /// systemd: whether it has exited by itself and waits for a restart.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub restarting: bool,
    /// systemd: whether `enabled` is only valid until the next boot.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub until_boot: bool,
    /// OpenRC: the run levels in which it is started, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub run_levels: Vec<String>,
    /// The unit of the service, if systemd is installed but does not run now. It can be enabled. The same for a script of
    /// OpenRC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offline: Option<OfflineUnit>,
    /// systemd: the result of the last start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub course: Option<Box<ServiceCourse>>,
}

/// How to start a service if its manager is installed but does not run, as in a directory or a container.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfflineUnit {
    /// Only by its manager, so it can't be started now.
    Alone,
    /// Also by its script in `/etc/init.d`.
    WithScript,
}

/// The result of the last start of a unit. systemd forgets it at once if the unit succeeded and no other unit refers to
/// it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceCourse {
    /// systemd's `ActiveState`: `active`, `inactive`, `failed`.
    pub state: String,
    /// systemd's `SubState`: `running`, `dead`, `auto-restart`.
    pub sub_state: String,
    /// systemd's `Result`: `success`, `exit-code`, `timeout`.
    pub result: String,
    /// How the main process exited, if it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<End>,
    /// Whether the conditions of the unit were met, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conditions_met: Option<bool>,
    /// Number of automatic restarts since then.
    #[serde(default)]
    pub restarts: u32,
}

impl ServiceState {
    /// The state of a service that does not exist.
    #[must_use]
    pub fn missing() -> Self {
        Self {
            exists: false,
            running: false,
            enabled: Enabled::No,
            needs_reload: false,
            failed: false,
            script: false,
            once: false,
            restarting: false,
            until_boot: false,
            run_levels: Vec::new(),
            offline: None,
            course: None,
        }
    }
}

/// The init system, the current user, and other properties of the machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Host {
    /// The init system that runs now.
    pub init: Init,
    /// The service manager that is installed but does not run. Its services can be enabled, but not started.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offline: Option<Init>,
    /// Whether the machine has no means to tell that a file is immutable or append-only.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub attributes_unseen: bool,
    /// The program for downloads, used if the agent can't run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub downloader: Option<Downloader>,
    /// Name of the effective user.
    pub user: String,
    /// Whether the effective user is root.
    pub root: bool,
    /// Kernel name, node name, release, version and machine, as from uname(2).
    pub uname: [String; 5],
    /// The package manager, if chefrs supports it: `apt`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub package_manager: Option<String>,
    /// The machine's clock, in seconds since 1970. Ages of files are computed with it.
    #[serde(default)]
    pub now: i64,
}

impl Host {
    /// Whether a service manager runs here, or will when the machine starts.
    #[must_use]
    pub fn has(&self, manager: Init) -> bool {
        self.init == manager || self.offline == Some(manager)
    }
}

/// A network interface.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interface {
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mac: Option<String>,
    /// Addresses with prefix length: `192.0.2.7/24`, `2001:db8::7/64`.
    pub addresses: Vec<String>,
}
