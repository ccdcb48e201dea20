//! `package_lists`: the lists of what package sources offer, whatever the package manager.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::model::capability::NeededRights;
use crate::model::change::{Change, Reach};
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::package_manager::PackageManager;
use crate::model::portable::{Declined, Portables};
use crate::model::query::Query;
use crate::provider::refreshed_lists::RefreshedLists;
use crate::provider::{Action, Provider, action, package_manager};

/// The lists of what the package sources offer, refreshed when they are older than a day.
///
/// Empty lists, as in container images, are refreshed whatever their age. With apt this is the same as `apt_update`. With
/// another package manager it is the age of the last refresh by chefrs that counts.
///
/// Arch Linux supports no partial upgrades: after a refresh of pacman's lists alone, a package that is installed may need
/// newer ones of those that are there. So pacman's lists are refreshed together with an upgrade of all packages,
/// `pacman -Syu`, and only if `allow_upgrade` is set.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PackageLists {
    /// What the refresh is for. Any text.
    purpose: String,
    /// Greatest age of the lists, in seconds.
    #[serde(default = "day")]
    frequency: u64,
    /// Whether all packages may be upgraded together with the lists, where the package manager must do that: pacman.
    #[serde(default)]
    allow_upgrade: bool,
    /// Seconds until the package manager is stopped.
    #[serde(default = "quarter_hour")]
    timeout: u64,
}

fn day() -> u64 {
    86_400
}

fn quarter_hour() -> u64 {
    900
}

impl PackageLists {
    fn lists(&self, manager: &'static PackageManager) -> RefreshedLists {
        RefreshedLists {
            id: format!("package_lists[{}]", self.purpose),
            manager,
            frequency: self.frequency,
            timeout: self.timeout,
        }
    }
}

impl Provider for PackageLists {
    const NAME: &'static str = "package_lists";
    const ACTIONS: &'static [Action] = &[
        action("periodic", "Refreshes the package lists if they are empty or older than `frequency`."),
        action("update", "Refreshes the package lists unconditionally."),
    ];
    const NAME_PROPERTY: Option<&'static str> = Some("purpose");
    const REACH: Reach = Reach::System;
    const NEEDS_ROOT: bool = true;
    const PLAN: &'static str = "Says whether the lists would be refreshed. What the new lists offer is unknown, so later packages \
         that depend on them may be reported as unknown.";
    const PLATFORMS: &'static str = "The same as of `package`.";
    const EXAMPLE: &'static str = r#"
package_lists "daily" { frequency = 86400 }
"#;

    fn needs(&self, _action: &str, needs: &mut NeededRights) {
        needs.system("package-lists");
        needs.elsewhere();
    }

    fn observe(&self, _action: &str) -> Vec<Query> {
        vec![Query::Host]
    }

    fn portable(&self, action: &str, into: &mut Portables) -> Result<(), Declined> {
        let manager = into.manager()?;
        if manager.lists.upgrades_all && !self.allow_upgrade {
            return Err(Declined(format!(
                "the lists of {} can't be refreshed without an upgrade of all packages",
                manager.name
            )));
        }
        self.lists(manager).portable(action == "update", into);
        Ok(())
    }

    fn plan(&self, action: &str, known: &Known) -> Result<Vec<Change>, Stop> {
        let manager = package_manager::of_machine(known)?;
        if manager.lists.upgrades_all && !self.allow_upgrade {
            return Err(Failure::impossible(format!(
                "the lists of {} can't be refreshed without an upgrade of all packages",
                manager.name
            ))
            .hint("say that all packages may be upgraded: allow_upgrade = true")
            .into());
        }
        let lists = self.lists(manager);
        known.want(lists.observe())?;
        lists.plan(action == "update", known)
    }
}
