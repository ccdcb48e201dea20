//! What a machine tells of itself: accounts, packages, services, networks.

use serde::{Deserialize, Serialize};

use super::outcome::End;
use crate::model::step::Downloader;

/// A user account.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    pub uid: u32,
    /// Number of the primary group.
    pub gid: u32,
    /// Name of the primary group, or its number.
    pub group: String,
    #[serde(default)]
    pub comment: String,
    #[serde(default)]
    pub home: String,
    #[serde(default)]
    pub shell: String,
    /// Password hash from the shadow file; nothing where that may not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    /// Day of expiry since 1970, from the shadow file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<i64>,
    /// Days after a password's end until the account is disabled, from the shadow file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inactive: Option<i64>,
}

/// A group.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    pub gid: u32,
    /// Names of its supplementary members, sorted.
    #[serde(default)]
    pub members: Vec<String>,
}

/// State of a package on the machine.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackageState {
    /// Version, if it is installed entirely.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Names of installed packages that provide it, where it is a virtual one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub provided_by: Vec<String>,
    /// Anything is left of it: half-installed, half-configured, or configuration files alone.
    #[serde(default)]
    pub residue: Option<String>,
    /// Held at its version.
    #[serde(default)]
    pub held: bool,
}

/// A package in one of the versions that the sources offer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferedPackage {
    /// Name, with the architecture where that is not the machine's own.
    pub name: String,
    pub version: String,
}

/// The program that starts services.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Init {
    /// systemd runs as process 1.
    Systemd,
    /// Scripts in `/etc/init.d`, with links in `/etc/rc?.d`.
    Sysv,
    /// None that chefrs speaks.
    None,
}

/// Whether a service starts with the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Enabled {
    Yes,
    No,
    /// It has nothing to enable: systemd's static, indirect, generated or alias units.
    Static,
    /// It is barred from starting.
    Masked,
}

/// State of a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceState {
    /// A unit or script of that name is there.
    pub exists: bool,
    /// It runs (systemd: active, activating or reloading).
    pub running: bool,
    /// Whether it starts with the machine.
    pub enabled: Enabled,
    /// systemd: the files on disk are newer than what it has loaded.
    #[serde(default)]
    pub needs_reload: bool,
    /// systemd: the main process crashed or exited with an error.
    #[serde(default)]
    pub failed: bool,
    /// systemd: it has no unit of its own, but one that systemd made of a script in `/etc/init.d`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub script: bool,
    /// systemd: it does its work and ends (`Type=oneshot` without `RemainAfterExit=`), so it is not found running afterwards.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub once: bool,
    /// systemd: it has ended by itself, and waits to be started again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub restarting: bool,
    /// systemd: what `enabled` says holds until the next boot alone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub until_boot: bool,
    /// The system has systemd, which does not run now, and the service has a unit: that can be enabled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offline: Option<OfflineUnit>,
    /// systemd: how it went when it was last started.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub course: Option<Box<ServiceCourse>>,
}

/// What starts a service of a system that has systemd and on which systemd does not run: one in a directory, or in a container.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfflineUnit {
    /// Its unit alone, so that it can't be started now.
    Alone,
    /// There is a script in `/etc/init.d` too.
    WithScript,
}

/// How a unit went when systemd last started it. Of a unit that ended well and that no other unit names, systemd forgets
/// all of this at once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceCourse {
    /// systemd's word for its state: `active`, `inactive`, `failed`.
    pub state: String,
    /// systemd's word for the state within that one: `running`, `dead`, `auto-restart`.
    pub sub_state: String,
    /// systemd's word for how it ended: `success`, `exit-code`, `timeout`.
    pub result: String,
    /// How its main process ended, if it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<End>,
    /// Whether its conditions were met, if it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conditions_met: Option<bool>,
    /// How often systemd has started it again since.
    #[serde(default)]
    pub restarts: u32,
}

impl ServiceState {
    /// That of a service that is not there.
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
            offline: None,
            course: None,
        }
    }
}

/// Who and where we are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Host {
    /// Init system that runs now.
    pub init: Init,
    /// Whether systemd is there and does not run, so that its units can be enabled and not started.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub offline_systemd: bool,
    /// What downloads there, where the program itself does not run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub downloader: Option<Downloader>,
    /// Name of the effective user.
    pub user: String,
    /// Whether that is the superuser.
    pub root: bool,
    /// Kernel name, node name, release, version, machine, as uname(2) tells.
    pub uname: [String; 5],
    /// Package manager, if one is there that chefrs speaks: `apt`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub package_manager: Option<String>,
    /// The machine's clock, seconds since 1970, for ages of files.
    #[serde(default)]
    pub now: i64,
}

/// One network interface.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interface {
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mac: Option<String>,
    /// Addresses with prefix length: `192.0.2.7/24`, `2001:db8::7/64`.
    pub addresses: Vec<String>,
}
