//! `apt_update`: the package lists of apt.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::model::capability::NeededRights;
use crate::model::change::{Change, Reach};
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::package_manager::named;
use crate::model::portable::{Declined, Portables};
use crate::model::query::Query;
use crate::provider::refreshed_lists::RefreshedLists;
use crate::provider::{Action, Provider, action};

/// Whose lists they are.
const APT: &str = "apt";

/// The package lists of apt, refreshed when they are older than a day.
///
/// Empty lists, as in container images, are refreshed whatever their age. `package_lists` does the same with every package
/// manager.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AptUpdate {
    /// What the update is for. Any text.
    purpose: String,
    /// Greatest age of the lists, in seconds.
    #[serde(default = "day")]
    frequency: u64,
    /// Seconds until apt is stopped.
    #[serde(default = "quarter_hour")]
    timeout: u64,
}

fn day() -> u64 {
    86_400
}

fn quarter_hour() -> u64 {
    900
}

impl AptUpdate {
    fn lists(&self) -> Option<RefreshedLists> {
        Some(RefreshedLists {
            id: format!("apt_update[{}]", self.purpose),
            manager: named(APT)?,
            frequency: self.frequency,
            timeout: self.timeout,
        })
    }
}

impl Provider for AptUpdate {
    const NAME: &'static str = "apt_update";
    const ACTIONS: &'static [Action] = &[
        action("periodic", "Refreshes the package lists if they are empty or older than `frequency`."),
        action("update", "Refreshes the package lists unconditionally."),
    ];
    const NAME_PROPERTY: Option<&'static str> = Some("purpose");
    const REACH: Reach = Reach::Offers;
    const NEEDS_ROOT: bool = true;
    const PLAN: &'static str = "Says whether the lists would be refreshed. What the new lists offer is unknown, so later packages \
         that depend on them may be reported as unknown.";
    const PLATFORMS: &'static str = "Debian, Ubuntu and other systems with apt.";
    const EXAMPLE: &'static str = r#"
apt_update "daily" { frequency = 86400 }
"#;

    fn needs(&self, _action: &str, needs: &mut NeededRights) {
        needs.system("package-lists");
        needs.elsewhere();
    }

    fn observe(&self, _action: &str) -> Vec<Query> {
        self.lists().map_or_else(Vec::new, |lists| lists.observe())
    }

    fn portable(&self, action: &str, into: &mut Portables) -> Result<(), Declined> {
        match self.lists() {
            Some(lists) if into.manager()?.name == APT => lists.portable(action == "update", into),
            _ => return Err("there is no apt on a machine with these facts".into()),
        }
        Ok(())
    }

    fn plan(&self, action: &str, known: &Known) -> Result<Vec<Change>, Stop> {
        known.want(self.observe(action))?;
        match self.lists() {
            Some(lists) if known.host()?.package_manager.as_deref() == Some(APT) => {
                lists.plan(action == "update", known)
            }
            _ => Err(Failure::impossible("there is no apt on this machine")
                .hint("guard it: only_if = node.platform_family == \"debian\"; or declare `package_lists`")
                .into()),
        }
    }
}
