//! What keeps an action from a package: a hold, or an older version that nobody allowed.

use super::declared::DeclaredPackages;
use super::item::Wanted;
use crate::model::error::Failure;
use crate::model::package_manager::AbsentHold;
use crate::model::query::PackageState;

impl DeclaredPackages<'_> {
    /// Fails for a package that is held, or that would move to an older version.
    ///
    /// # Errors
    /// What keeps it, and the way out.
    pub(super) fn require_may(&self, one: &Wanted, state: &PackageState) -> Result<(), Failure> {
        self.require_free(&one.name, state)?;
        match one.older() {
            Some((was, version)) if !self.allow_downgrade => Err(Failure::impossible(format!(
                "the package `{}` would move from {was} to the older version {version}",
                one.name
            ))
            .hint("say `allow_downgrade = true` to let it; packages are seldom made for that, so save its data first")),
            _ => Ok(()),
        }
    }

    /// What is held at its version stays there, whoever asks.
    ///
    /// # Errors
    /// The package is held.
    pub(super) fn require_free(&self, name: &str, state: &PackageState) -> Result<(), Failure> {
        // Where a declared version is a hold, another one takes its place.
        let is_replaced = self.manager.commands.pin_holds && (self.version.is_some() || !self.comes());
        if !state.held || is_replaced || matches!(self.action, "lock" | "unlock") {
            return Ok(());
        }
        let absent = self.manager.commands.absent_hold;
        let (held, way) = match &state.version {
            Some(_) => ("held at its version", None),
            None if !self.comes() => return Ok(()),
            None if absent == AbsentHold::KeepsOut => ("held, and is not installed", None),
            None if absent == AbsentHold::Narrows && self.version.is_none() => (
                "not installed, and held at a version",
                Some("declare that `version`, which the package manager then installs"),
            ),
            None => return Ok(()),
        };
        let failure = Failure::impossible(format!("the package `{name}` is {held}"))
            .hint(format!("let it move first: package \"{name}\" {{ action = \"unlock\" }}"));
        Err(way.into_iter().fold(failure, Failure::hint))
    }
}
