//! Services.

use crate::model::query::Init;

/// A service, and what is done to it.
#[derive(Debug, Clone)]
pub struct PortableService {
    /// Its name. For systemd the name of a unit, with its suffix if it is no `.service`.
    pub name: String,
    /// The user in whose systemd it is. Default: that of the machine.
    pub user: Option<String>,
    /// The service manager of the machine.
    pub init: Init,
    /// OpenRC: its run levels. Empty means `default`.
    pub run_levels: Vec<String>,
    pub act: ServiceAct,
    /// Seconds until the command of the service manager is stopped. 0: never.
    pub timeout: u64,
}

/// What is done to a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServiceAct {
    Enable,
    Disable,
    Start,
    Stop,
    /// Always acts; starts a stopped service.
    Restart,
    /// Always acts, if the service runs.
    Reload,
    /// Acts always, with a reload where the service can, with a restart elsewhere. Starts a stopped service.
    ReloadOrRestart,
    /// The same two, which leave a stopped service alone.
    TryRestart,
    TryReloadOrRestart,
    /// Disables and enables a unit, so that its links are new.
    Reenable,
    Mask,
    Unmask,
}

impl ServiceAct {
    /// The word for it that systemctl and recipes use: `reload-or-restart`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Enable => "enable",
            Self::Disable => "disable",
            Self::Start => "start",
            Self::Stop => "stop",
            Self::Restart => "restart",
            Self::Reload => "reload",
            Self::ReloadOrRestart => "reload-or-restart",
            Self::TryRestart => "try-restart",
            Self::TryReloadOrRestart => "try-reload-or-restart",
            Self::Reenable => "reenable",
            Self::Mask => "mask",
            Self::Unmask => "unmask",
        }
    }

    /// The act of that name; `_` and `-` are the same.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        const ALL: [ServiceAct; 12] = [
            ServiceAct::Enable,
            ServiceAct::Disable,
            ServiceAct::Start,
            ServiceAct::Stop,
            ServiceAct::Restart,
            ServiceAct::Reload,
            ServiceAct::ReloadOrRestart,
            ServiceAct::TryRestart,
            ServiceAct::TryReloadOrRestart,
            ServiceAct::Reenable,
            ServiceAct::Mask,
            ServiceAct::Unmask,
        ];
        let word = word.replace('_', "-");
        ALL.into_iter().find(|act| act.word() == word)
    }
}
