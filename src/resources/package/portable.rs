//! What an export must know of packages, besides their names.

use crate::model::package_manager::{Hold, PackageManager, group_name};
use crate::model::portable::{Declined, PackageAct};

/// What an action does to packages.
pub(super) fn act(action: &str) -> PackageAct {
    match action {
        "upgrade" => PackageAct::Upgrade,
        "remove" => PackageAct::Remove,
        "purge" => PackageAct::Purge,
        "lock" => PackageAct::Hold,
        "unlock" => PackageAct::Unhold,
        _ => PackageAct::Install,
    }
}

/// Fails for what no command of a script can do.
///
/// # Errors
/// Why it can't.
pub(super) fn require(manager: &PackageManager, names: &[String], act: PackageAct) -> Result<(), Declined> {
    if let Some(group) = names.iter().find(|name| group_name(name).is_some()) {
        return Err(Declined(format!("`{group}` is a group of packages, for which no look is known")));
    }
    if let Some(name) = names.iter().find(|name| !manager.is_name(name)) {
        return Err(Declined(format!("`{name}` is not the name of a package of {}", manager.name)));
    }
    if matches!(act, PackageAct::Hold | PackageAct::Unhold) {
        if let Hold::File { path, .. } = manager.commands.hold {
            return Err(Declined(format!("{} holds packages in the file `{path}`", manager.name)));
        }
        if manager.commands.hold_needs_version {
            return Err(Declined(format!("a hold of {} names the version that is there", manager.name)));
        }
    }
    Ok(())
}
