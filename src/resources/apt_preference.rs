//! `apt_preference`: which version of a package apt prefers.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::model::capability::NeededRights;
use crate::model::change::{Change, Reach};
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::portable::{Declined, Portables};
use crate::model::query::Query;
use crate::provider::file_state::FileState;
use crate::provider::{Action, Provider, action, apt_pin};

/// Which version of a package apt prefers, in its own file in `/etc/apt/preferences.d`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AptPreference {
    /// Name of the file. A dot in it becomes a dash.
    package_name: String,
    /// The packages that it is about, as apt has them: names and patterns, separated by blanks. Default: the name.
    glob: Option<String>,
    /// Which versions: `"version 1.2*"`, `"release n=bookworm-backports"`, `"origin deb.example.org"`.
    pin: Option<String>,
    /// Priority: over 1000 even downgrades, 990 wins over other releases, 500 is usual, 100 is for updates of installed packages
    /// alone, below 0 never installs.
    pin_priority: Option<i32>,
}

impl AptPreference {
    fn file(&self) -> FileState {
        let text = self.pin.as_deref().zip(self.pin_priority).map(|(pin, priority)| {
            let by = format!("apt_preference[{}]", self.package_name);
            let packages = self.glob.as_deref().unwrap_or(&self.package_name);
            apt_pin::AptPin { by: &by, packages, pin: &quoted(pin), priority }.text()
        });
        apt_pin::file(&self.package_name, text)
    }
}

/// A pin as apt reads it best: the name of a host in quotes.
fn quoted(pin: &str) -> String {
    match pin.trim().strip_prefix("origin ") {
        Some(host) if !host.contains('"') => format!("origin \"{}\"", host.trim()),
        _ => pin.trim().to_owned(),
    }
}

impl Provider for AptPreference {
    const NAME: &'static str = "apt_preference";
    const ACTIONS: &'static [Action] =
        &[action("add", "Writes the preference."), action("remove", "Removes the preference.")];
    const NAME_PROPERTY: Option<&'static str> = Some("package_name");
    const NEEDS_ROOT: bool = true;
    const REACH: Reach = Reach::Offers;
    const PLAN: &'static str = "Complete: the file is shown as a diff. Which version apt then prefers is not known until the file is \
         written, so packages that depend on it may be reported as unknown.";
    const PLATFORMS: &'static str = "Debian, Ubuntu and other systems with apt.";
    const EXAMPLE: &'static str = r#"
directory "/etc/apt/preferences.d" { recursive = true }

apt_preference "nginx" {
  glob = "nginx nginx-*",
  pin = "release n=bookworm-backports",
  pin_priority = 700,
}
"#;

    fn check(&self, action: &str) -> Result<(), Failure> {
        apt_pin::check_name("preference", &self.package_name)?;
        if action == "remove" {
            return Ok(());
        }
        let (Some(pin), Some(priority)) = (&self.pin, self.pin_priority) else {
            return Err(Failure::new("it needs `pin` and `pin_priority`")
                .hint("pin = \"release n=bookworm-backports\", pin_priority = 700"));
        };
        let kind = pin.split_whitespace().next().unwrap_or_default();
        if !matches!(kind, "version" | "release" | "origin") || pin.split_whitespace().nth(1).is_none() {
            return Err(Failure::new(format!(
                "`pin` does not say what apt can pin: \"{}\"",
                pin.escape_debug()
            ))
            .hint("it begins with `version`, `release` or `origin`: \"version 1.2*\""));
        }
        let glob = self.glob.iter().any(|glob| glob.trim().is_empty());
        if glob
            || [Some(pin), self.glob.as_ref()]
                .into_iter()
                .flatten()
                .any(|text| text.contains(char::is_control))
        {
            return Err(Failure::new("`glob` or `pin` is empty, or has a control character in it"));
        }
        apt_pin::check_priority("pin_priority", priority)
    }

    fn needs(&self, _action: &str, needs: &mut NeededRights) {
        needs.file(self.file().path);
    }

    fn observe(&self, action: &str) -> Vec<Query> {
        match action {
            "remove" => vec![Query::Host, Query::Stat(self.file().path)],
            _ => self.file().observe(),
        }
    }

    fn portable(&self, action: &str, into: &mut Portables) -> Result<(), Declined> {
        if action != "remove" && into.machine.manager.is_none_or(|manager| manager.name != "apt") {
            return Err("there is no apt on a machine with these facts".into());
        }
        self.file().portable(action, into);
        Ok(())
    }

    fn plan(&self, action: &str, known: &Known) -> Result<Vec<Change>, Stop> {
        if action == "remove" {
            return self.file().plan_delete(known);
        }
        if known.host()?.package_manager.as_deref() != Some("apt") {
            return Err(Failure::impossible("there is no apt on this machine")
                .hint("guard it: only_if = node.platform_family == \"debian\"")
                .into());
        }
        self.file().plan_create(known)
    }
}
