//! What the text of a unit tells before systemd has loaded it.

use crate::model::query::{Enabled, ServiceState};

/// The relevant settings of a unit or a drop-in.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct UnitText {
    /// Whether it has a section `[Install]`.
    pub installable: bool,
    /// The links that enabling creates, below the directory of units. `multi-user.target.wants` stands for a link with
    /// the unit's name in there; anything else is another name of the unit.
    pub links: Vec<String>,
    /// Whether it ends when its work is done, if set.
    oneshot: Option<bool>,
    /// Whether it counts as running after it has ended, if set.
    remains: Option<bool>,
}

impl UnitText {
    /// Parses the text. If a setting is repeated, the last one holds.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let mut read = Self::default();
        let mut section = "";
        for line in text.lines().map(str::trim) {
            if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                section = name;
                read.installable |= name == "Install";
            }
            let Some((key, value)) = line.split_once('=') else { continue };
            let (key, value) = (key.trim(), value.trim());
            if section == "Install" {
                read.links.extend(links(key, value));
            }
            if section != "Service" {
                continue;
            }
            match (key, value) {
                ("Type", kind) => read.oneshot = Some(kind == "oneshot"),
                // The values for true of systemd.syntax(7).
                ("RemainAfterExit", flag) => {
                    read.remains = Some(
                        ["1", "yes", "true", "on", "y", "t"].contains(&flag.to_ascii_lowercase().as_str()),
                    );
                }
                _ => {}
            }
        }
        read
    }

    /// Whether the unit ends when its work is done. `before`: the value without this text.
    #[must_use]
    pub fn once(&self, before: bool) -> bool {
        match (self.oneshot, self.remains) {
            (Some(false), _) | (_, Some(true)) => false,
            (Some(true), _) => true,
            (None, _) => before,
        }
    }

    /// The predicted state of a unit that did not exist before.
    #[must_use]
    pub fn state(&self) -> ServiceState {
        let enabled = if self.installable { Enabled::No } else { Enabled::Static };
        ServiceState { exists: true, enabled, once: self.once(false), ..ServiceState::missing() }
    }
}

/// The links that a setting in `[Install]` asks for.
fn links<'a>(key: &str, value: &'a str) -> impl Iterator<Item = String> + use<'a> {
    let suffix = match key {
        "WantedBy" => Some(".wants"),
        "RequiredBy" => Some(".requires"),
        "UpheldBy" => Some(".upholds"),
        "Alias" => Some(""),
        _ => None,
    };
    suffix
        .into_iter()
        .flat_map(move |suffix| value.split_ascii_whitespace().map(move |name| format!("{name}{suffix}")))
}
