//! Packages of the machine's package manager.

use crate::model::package_manager::PackageManager;
use crate::model::step::Command;

/// Packages, all of which get the same.
#[derive(Clone)]
pub struct PortablePackages {
    pub manager: &'static PackageManager,
    pub act: PackageAct,
    /// Their names. With [`PortablePackages::version`] or [`PortablePackages::file`], one.
    pub names: Vec<String>,
    /// The version, or a pattern of it with `*`. Only a version that matches is removed.
    pub version: Option<String>,
    /// The file that holds the package.
    pub file: Option<String>,
    /// The command without the packages.
    pub command: Command,
}

impl PortablePackages {
    /// Whether they are removed only in a certain version.
    #[must_use]
    pub fn leaves_other_versions(&self) -> bool {
        self.version.is_some() && matches!(self.act, PackageAct::Remove | PackageAct::Purge)
    }
}

impl std::fmt::Debug for PortablePackages {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?} {} {:?} {:?}", self.act, self.manager.name, self.names, self.version)
    }
}

/// What is done to packages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PackageAct {
    Install,
    /// Installs them, or moves them to the newest version on offer.
    Upgrade,
    /// Removes them and keeps their configuration.
    Remove,
    /// Removes them with their configuration.
    Purge,
    /// Holds them at their version.
    Hold,
    Unhold,
}
