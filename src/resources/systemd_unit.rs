//! `systemd_unit`: a systemd unit, or a drop-in.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::model::content::{Content, Text};
use crate::model::error::Failure;
use crate::provider::init::InitService;

use sections::Sections;

mod place;
mod provider;
mod sections;
mod unit_file;

/// A unit of systemd with declared content, or a drop-in that overrides some settings of a unit.
///
/// The file is in `/etc/systemd/system`, or in a directory of the `user`. With a secret in it only root can read it; but systemd itself shows all users what
/// it reads (`systemctl show`), so a secret belongs in a file of its own: `EnvironmentFile`, `LoadCredential`. After a change systemd reloads its units. Services that it starts are checked
/// at the end of the run, as with `service`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SystemdUnit {
    /// Name of the unit with its suffix: `blog.service`, `backup.timer`.
    unit_name: String,
    /// Text of the file.
    content: Option<Text>,
    /// Settings by section, instead of `content`: `{ Service = { ExecStart = "/usr/bin/blog" } }`. A list writes the
    /// setting once for each item. An empty string resets it.
    sections: Option<Sections>,
    /// Name of a drop-in, such as `override`. The file is `UNIT.d/NAME.conf`; the rest of the unit stays as it is.
    drop_in: Option<String>,
    /// Whether systemd reloads its units after a change.
    #[serde(default = "yes")]
    triggers_reload: bool,
    /// Whether `systemd-analyze verify` must accept the unit before it is written. Needs systemd 250. The programs in
    /// the unit must exist already. Not for drop-ins.
    #[serde(default)]
    verify: bool,
    /// Number of old versions to keep on the machine, in the state directory of chefrs. Default: 5, or 0 for a unit with a
    /// secret and for a sensitive resource.
    backup: Option<u32>,
    /// The user in whose systemd the unit is: `systemctl --user`. The file is in `.config/systemd/user` in the user's home
    /// directory. Without a systemd of the user that runs (it does after `loginctl enable-linger USER`), "create" and
    /// "enable" work, and nothing starts.
    user: Option<String>,
    /// Seconds until a command of systemd is stopped.
    #[serde(default = "quarter_hour")]
    timeout: u64,
    /// Whether a value is a secret.
    #[serde(skip)]
    secret: bool,
}

fn yes() -> bool {
    true
}

fn quarter_hour() -> u64 {
    900
}

impl SystemdUnit {
    /// A whole unit with this text: of the machine, or of a user.
    pub(super) fn of_text(unit_name: String, text: String, timeout: u64, user: Option<String>) -> Self {
        Self {
            unit_name,
            content: Some(Text(Content::Text(text))),
            sections: None,
            drop_in: None,
            triggers_reload: true,
            verify: false,
            backup: None,
            user,
            timeout,
            secret: false,
        }
    }

    /// What kind of unit it is, as its name says.
    pub(super) fn suffix(&self) -> &str {
        self.unit_name.rsplit_once('.').map_or("", |(_, suffix)| suffix)
    }

    fn init(&self) -> InitService<'_> {
        InitService { of_user: self.user.as_deref(), ..InitService::new(&self.unit_name, self.timeout) }
    }

    /// The declared text.
    fn text(&self) -> Option<Content> {
        let sections = || self.sections.as_ref().map(|sections| Content::Text(sections::text(sections)));
        self.content.as_ref().map(|text| text.0.clone()).or_else(sections)
    }

    fn check_content(&self) -> Result<(), Failure> {
        match (&self.content, &self.sections) {
            (Some(_), Some(_)) => {
                return Err(Failure::new("`content` and `sections` are two ways to say the same; say one"));
            }
            (None, None) => return Err(Failure::new("it needs `content` or `sections`")),
            (None, Some(sections)) => sections::check(sections)?,
            (Some(_), None) => {}
        }
        if self.verify && self.drop_in.is_some() {
            return Err(Failure::new("`verify` can't look at a drop-in, only at a whole unit"));
        }
        Ok(())
    }
}
