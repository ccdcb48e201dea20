//! What the text of a unit tells of it before systemd has read it.

use crate::model::query::{Enabled, ServiceState};

/// What counts of a unit's text, or of a drop-in's.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct UnitText {
    /// Whether it says with what it starts.
    pub installable: bool,
    /// The links that enabling it makes, below the directory of units: `multi-user.target.wants` stands for one of its
    /// own name in there, anything else is another name of the unit.
    pub links: Vec<String>,
    /// Whether it does its work and ends, where it says so.
    oneshot: Option<bool>,
    /// Whether it counts as running when it has ended, where it says so.
    remains: Option<bool>,
}

impl UnitText {
    /// Reads a text. Of a setting that is set several times the last holds.
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
                // As systemd.syntax(7) writes it.
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

    /// Whether the unit does its work and ends, once this is laid over what is there.
    #[must_use]
    pub fn once(&self, before: bool) -> bool {
        match (self.oneshot, self.remains) {
            (Some(false), _) | (_, Some(true)) => false,
            (Some(true), _) => true,
            (None, _) => before,
        }
    }

    /// What systemd will say of a unit that was not there before.
    #[must_use]
    pub fn state(&self) -> ServiceState {
        let enabled = if self.installable { Enabled::No } else { Enabled::Static };
        ServiceState { exists: true, enabled, once: self.once(false), ..ServiceState::missing() }
    }
}

/// The links that a setting of the section `[Install]` asks for.
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
