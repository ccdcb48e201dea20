//! `systemd_unit`: a unit of systemd, or a drop-in of one.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::model::change::Change;
use crate::model::content::{Content, Text};
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::query::Query;
use crate::provider::init::{InitService, UNIT_SUFFIXES};
use crate::provider::{Action, Provider, action};

use sections::Sections;

mod sections;
mod unit_file;

/// A unit of systemd with declared content, or a drop-in that overrides some settings of a unit.
///
/// The file is in `/etc/systemd/system`. systemd reads its units anew whenever the file changed, and whenever an
/// interrupted run left that undone.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SystemdUnit {
    /// Name of the unit with its suffix: `blog.service`, `backup.timer`.
    unit_name: String,
    /// Text of the file.
    content: Option<Text>,
    /// Settings by section, instead of `content`: `{ Service = { ExecStart = "/usr/bin/blog" } }`. A list writes its
    /// setting once for each item; an empty string resets it.
    sections: Option<Sections>,
    /// Name of a drop-in, such as `override`: the file is `UNIT.d/NAME.conf`, and the rest of the unit stays as it is.
    drop_in: Option<String>,
    /// Whether systemd reads its units anew after a change.
    #[serde(default = "yes")]
    triggers_reload: bool,
    /// Whether `systemd-analyze verify` must accept the unit before it is written. Needs systemd 250, and programs that
    /// are there already; not for drop-ins.
    #[serde(default)]
    verify: bool,
    /// Number of copies of replaced content that are kept on the machine.
    #[serde(default = "five")]
    backup: u32,
    /// Seconds until a command of systemd is stopped.
    #[serde(default = "quarter_hour")]
    timeout: u64,
}

fn yes() -> bool {
    true
}

fn five() -> u32 {
    5
}

fn quarter_hour() -> u64 {
    900
}

impl SystemdUnit {
    fn init(&self) -> InitService<'_> {
        InitService { name: &self.unit_name, timeout: self.timeout }
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

impl Provider for SystemdUnit {
    const NAME: &'static str = "systemd_unit";
    const ACTIONS: &'static [Action] = &[
        action("create", "Writes the file, and makes systemd read it."),
        action(
            "delete",
            "Removes the file, and makes systemd forget it; put \"stop\" and \"disable\" ahead.",
        ),
        action("enable", "Lets the unit start with the machine."),
        action("disable", "Keeps the unit from starting with the machine."),
        action("start", "Starts the unit unless it runs."),
        action("stop", "Stops the unit if it runs."),
        action("restart", "Restarts the unit, always; starts it if it does not run."),
        action("try_restart", "Restarts the unit if it runs."),
        action("reload", "Makes a running unit read its configuration anew."),
        action(
            "reload_or_restart",
            "Reloads the unit if it can be, else restarts it; starts it if it does not run.",
        ),
        action("try_reload_or_restart", "Reloads or restarts the unit if it runs."),
        action("mask", "Bars the unit from starting at all."),
        action("unmask", "Lifts the bar."),
        action("reenable", "Makes the links of an enabled unit anew, always."),
        action("preset", "Enables or disables the unit as the distribution's policy says, always."),
        action("revert", "Removes all drop-ins and overrides of a packaged unit, always."),
    ];
    const NAME_PROPERTY: Option<&'static str> = Some("unit_name");
    const NEEDS_ROOT: bool = true;
    const EXAMPLE: &'static str = r#"
systemd_unit "blog.service" {
  sections = {
    Unit = { Description = "The blog", After = "network.target" },
    Service = { ExecStart = "/srv/blog/run", User = "blog", Restart = "on-failure" },
    Install = { WantedBy = "multi-user.target" },
  },
  action = { "create", "enable", "start" },
}
"#;

    fn check(&self, action: &str) -> Result<(), Failure> {
        self.init().check()?;
        let name = &self.unit_name;
        match name.rsplit_once('.') {
            Some((stem, suffix)) if !stem.is_empty() && UNIT_SUFFIXES.contains(&suffix) => {}
            _ => {
                return Err(Failure::new(format!("`{name}` does not say what kind of unit it is"))
                    .hint(format!("name it with its suffix: \"{name}.service\"")));
            }
        }
        if let Some(drop_in) = &self.drop_in {
            let word = |c: char| c.is_ascii_alphanumeric() || "_-".contains(c);
            if drop_in.is_empty() || !drop_in.chars().all(word) {
                return Err(Failure::new(format!("`{drop_in}` is not the name of a drop-in"))
                    .hint("a word without `.conf`, such as \"override\""));
            }
        }
        if action == "create" { self.check_content() } else { Ok(()) }
    }

    fn observe(&self, action: &str) -> Vec<Query> {
        let mut queries = self.init().observe(action);
        if matches!(action, "create" | "delete") {
            queries.extend(self.observe_file());
        }
        queries
    }

    fn plan(&self, action: &str, known: &Known) -> Result<Vec<Change>, Stop> {
        match action {
            "create" => self.plan_create(known),
            "delete" => self.plan_delete(known),
            action => self.init().plan(action, known),
        }
    }
}
