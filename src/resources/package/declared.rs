//! What was declared of some packages, and what is known of each.

use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::package_manager::PackageManager;
use crate::model::query::{PackageState, Query};

/// What was declared of some packages.
pub(super) struct DeclaredPackages<'a> {
    pub(super) names: &'a [&'a str],
    /// The version of the only one.
    pub(super) version: Option<&'a str>,
    /// Whether it may be older than the one that is there.
    pub(super) allow_downgrade: bool,
    /// The action that is planned.
    pub(super) action: &'a str,
    /// Who is asked.
    pub(super) manager: &'static PackageManager,
    /// What is known of the machine.
    pub(super) known: &'a Known,
}

impl DeclaredPackages<'_> {
    /// Whether the action is one that installs.
    pub(super) fn comes(&self) -> bool {
        matches!(self.action, "install" | "upgrade")
    }

    /// The question for a package's state.
    pub(super) fn query(&self, name: &str) -> Query {
        Query::Package { manager: self.manager.name.into(), name: name.into() }
    }

    /// What is there of a package.
    pub(super) fn state(&self, name: &str) -> Result<PackageState, Stop> {
        match self.known.package(self.manager.name, name) {
            // Whatever brings it, the package will be there.
            Err(Stop::Unknown(_)) if self.comes() => Ok(PackageState::default()),
            other => other.cloned(),
        }
    }

    /// The version that an install would bring.
    pub(super) fn candidate(&self, name: &str) -> Result<Option<&str>, Stop> {
        self.known.candidate(self.manager.name, name)
    }

    /// Why a package can't be had.
    pub(super) fn not_offered(&self, name: &str) -> Stop {
        Failure::new(format!("no package source offers `{name}`")).hint(self.manager.lists.hint).into()
    }
}
