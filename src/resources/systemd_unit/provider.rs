//! The actions of `systemd_unit`, and how they are planned.

use super::SystemdUnit;
use super::place::UnitPlace;
use crate::model::capability::NeededRights;
use crate::model::change::{Change, Reach};
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::portable::{Declined, Portable, PortableCommand, Portables};
use crate::model::query::{Init, Query};
use crate::model::step::Command;
use crate::provider::accounts::check_name;
use crate::provider::init::UNIT_SUFFIXES;
use crate::provider::{Action, Provider, action};

impl Provider for SystemdUnit {
    const NAME: &'static str = "systemd_unit";
    const ACTIONS: &'static [Action] = &[
        action("create", "Writes the file, and reloads systemd."),
        action("delete", "Removes the file, and reloads systemd. Put \"stop\" and \"disable\" before it."),
        action("enable", "Enables the unit at boot."),
        action("disable", "Disables the unit at boot."),
        action("start", "Starts the unit if it does not run."),
        action("stop", "Stops the unit if it runs."),
        action("restart", "Restarts the unit, or starts it."),
        action("try_restart", "Restarts the unit if it runs."),
        action("reload", "Makes a running unit reload its configuration."),
        action(
            "reload_or_restart",
            "Reloads the unit if it can, else restarts it. Starts it if it does not run.",
        ),
        action("try_reload_or_restart", "Reloads or restarts the unit if it runs."),
        action("mask", "Masks the unit, so that nothing can start it."),
        action("unmask", "Unmasks the unit."),
        action("reenable", "Disables and enables the unit, which makes its links again, in every run."),
        action("preset", "Enables or disables the unit as the distribution's presets say, in every run."),
        action("revert", "Removes all drop-ins and overrides of a packaged unit, in every run."),
    ];
    const PARTS: &'static [&'static str] = &["drop_in", "user"];
    const NAME_PROPERTY: Option<&'static str> = Some("unit_name");
    const REACH: Reach = Reach::Running;
    const NEEDS_ROOT: bool = true;
    const PLAN: &'static str = "Complete for the file, which is shown as a diff. What the unit makes when it starts is unknown \
         until it runs.";
    const PLATFORMS: &'static str = "Machines with systemd.";
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
        if let Some(user) = &self.user {
            check_name("user", user)?;
        }
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

    fn keep_secret(&mut self) {
        self.secret = true;
    }

    fn needs(&self, action: &str, needs: &mut NeededRights) {
        if self.user.is_some() {
            needs.system(format!("unit/{}", self.unit_name));
        } else if matches!(action, "create" | "delete") {
            match &self.drop_in {
                Some(_) => needs.tree(format!("/etc/systemd/system/{}.d", self.unit_name)),
                None => needs.file(format!("/etc/systemd/system/{}", self.unit_name)),
            }
        }
        needs.service(&self.unit_name);
        // Links to units, and files of the user.
        needs.elsewhere();
    }

    fn observe(&self, action: &str) -> Vec<Query> {
        let mut queries = self.init().observe(action);
        // The home directory of a user is not known yet.
        if matches!(action, "create" | "delete") && self.user.is_none() {
            queries.extend(self.observe_file(&UnitPlace::of_machine()));
        }
        queries
    }

    fn portable(&self, action: &str, into: &mut Portables) -> Result<(), Declined> {
        match action {
            "create" | "delete" => self.portable_file(action, into),
            "preset" | "revert" if self.user.is_none() => {
                let act = Command::new(["systemctl", action, "--", &self.unit_name]);
                into.add(Portable::Command(PortableCommand::always(act)));
                Ok(())
            }
            _ if into.machine.init != Init::Systemd && self.user.is_none() => {
                Err("the machine of these facts has no systemd".into())
            }
            _ => self.init().portable(action, into),
        }
    }

    fn plan(&self, action: &str, known: &Known) -> Result<Vec<Change>, Stop> {
        match action {
            "create" => self.plan_create(known),
            "delete" => self.plan_delete(known),
            // Without systemd no such unit runs, and a script of the same name is not meant.
            "stop" | "disable" | "unmask" | "reload" | "try_restart" | "try_reload_or_restart"
                if !known.host()?.has(Init::Systemd) =>
            {
                Ok(Vec::new())
            }
            action => {
                self.require_systemd(known)?;
                self.init().plan(action, known)
            }
        }
    }

    fn what_went_wrong(&self, action: &str, disturbed: bool, known: &Known) -> Result<Option<Failure>, Stop> {
        self.init().what_went_wrong(action, disturbed, known)
    }
}
