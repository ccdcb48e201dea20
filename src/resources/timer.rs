//! `timer`: a command that systemd starts at set times.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::model::capability::NeededRights;
use crate::model::change::Change;
use crate::model::content::{AbsolutePath, CommandLine, Strings};
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::portable::{Declined, Portables};
use crate::model::query::Query;
use crate::provider::accounts::check_name;
use crate::provider::{Action, Provider, action};

use super::systemd_unit::SystemdUnit;

mod quoting;

/// A command that systemd starts at set times: a timer and its service.
///
/// The units are `NAME.timer` and `NAME.service` in `/etc/systemd/system`. `create` writes both, and enables and starts the
/// timer. For more settings than these, write the two with `systemd_unit`. With `user_units` they are the user's own.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SystemdTimer {
    /// Name of the two units, without a suffix.
    timer_name: String,
    /// Times of the calendar: `"daily"`, `"Mon..Fri 08:30"`, `"*:0/15"`; a list for several. See systemd.time(7).
    on_calendar: Option<Strings>,
    /// Time after the start of the machine: `"5min"`.
    on_boot: Option<String>,
    /// Time after the command was last started: `"1h"`.
    every: Option<String>,
    /// Command: a string for the shell, or a list of arguments. Required for `create`.
    command: Option<CommandLine>,
    /// User to run it as.
    #[serde(default = "root")]
    user: String,
    /// Whether the units are in the systemd of the `user`: `systemctl --user`. Their files are in `.config/systemd/user` in the
    /// user's home directory. That systemd must run: it does while the user is logged in, or always after `loginctl
    /// enable-linger USER`.
    #[serde(default)]
    user_units: bool,
    /// Directory to run it in.
    cwd: Option<AbsolutePath>,
    /// Environment variables.
    #[serde(default)]
    environment: BTreeMap<String, String>,
    /// Whether a time that passed while the machine was off is made up for. Only for `on_calendar`.
    #[serde(default)]
    persistent: bool,
    /// Longest random delay, so that many machines don't start at the same moment: `"10min"`.
    random_delay: Option<String>,
    /// What it is for, in one line.
    description: Option<String>,
    /// Seconds until a command of systemd is stopped.
    #[serde(default = "quarter_hour")]
    timeout: u64,
    /// Whether a value is a secret.
    #[serde(skip)]
    secret: bool,
}

fn root() -> String {
    "root".to_owned()
}

fn quarter_hour() -> u64 {
    900
}

impl SystemdTimer {
    fn unit_name(&self, suffix: &str) -> String {
        format!("{}.{suffix}", self.timer_name)
    }

    fn description(&self) -> String {
        self.description.clone().unwrap_or_else(|| self.timer_name.clone())
    }

    /// The text of the service.
    fn service(&self) -> String {
        let mut text = format!(
            "[Unit]\nDescription={}\n\n[Service]\nType=oneshot\n",
            quoting::plain(&self.description())
        );
        let words = self.command.iter().flat_map(|line| &line.0).map(|word| quoting::word(word));
        let _ = writeln!(text, "ExecStart={}", words.collect::<Vec<_>>().join(" "));
        if self.user != "root" && !self.user_units {
            let _ = writeln!(text, "User={}", self.user);
        }
        if let Some(cwd) = &self.cwd {
            let _ = writeln!(text, "WorkingDirectory={}", quoting::plain(cwd.as_str()));
        }
        for (name, value) in &self.environment {
            let _ = writeln!(text, "Environment={}", quoting::quoted(&format!("{name}={value}")));
        }
        text
    }

    /// The text of the timer.
    fn timer(&self) -> String {
        let mut text = format!("[Unit]\nDescription={}\n\n[Timer]\n", quoting::plain(&self.description()));
        for time in self.on_calendar.iter().flat_map(|times| &times.0) {
            let _ = writeln!(text, "OnCalendar={time}");
        }
        let settings = [
            ("OnBootSec", &self.on_boot),
            ("OnUnitActiveSec", &self.every),
            ("RandomizedDelaySec", &self.random_delay),
        ];
        for (name, value) in settings {
            if let Some(value) = value {
                let _ = writeln!(text, "{name}={value}");
            }
        }
        if self.persistent {
            text.push_str("Persistent=true\n");
        }
        text.push_str("\n[Install]\nWantedBy=timers.target\n");
        text
    }

    /// The two units. The service comes first, because the timer starts it.
    fn units(&self) -> [SystemdUnit; 2] {
        [("service", self.service()), ("timer", self.timer())].map(|(suffix, text)| {
            let user = self.user_units.then(|| self.user.clone());
            let mut unit = SystemdUnit::of_text(self.unit_name(suffix), text, self.timeout, user);
            if self.secret {
                unit.keep_secret();
            }
            unit
        })
    }

    /// Adds the changes of a unit's action, on what will hold after those before it.
    fn extend(
        unit: &SystemdUnit,
        action: &str,
        changes: &mut Vec<Change>,
        known: &Known,
    ) -> Result<(), Stop> {
        let mut after = Known::default();
        // One reload is enough for both units.
        let is_read = changes.iter().any(|change| change.unseen.is_some());
        after.set_begun(known.begun().filter(|_| unit.suffix() == "timer" && !is_read));
        for (query, answer) in changes.iter().flat_map(|change| &change.then) {
            after.insert(query.clone(), answer.clone());
        }
        let new = loop {
            match unit.plan(action, &after) {
                Err(Stop::Wanted(queries)) => {
                    for query in queries {
                        let answer = known.get(&query)?.clone();
                        after.insert(query, answer);
                    }
                }
                planned => break planned?,
            }
        };
        let suffix = unit.suffix();
        changes.extend(new.into_iter().map(|change| match action {
            "create" | "delete" => Change { summary: format!("{suffix}: {}", change.summary), ..change },
            _ => change,
        }));
        Ok(())
    }

    fn plan_create(&self, known: &Known) -> Result<Vec<Change>, Stop> {
        let [service, timer] = self.units();
        let mut changes = Vec::new();
        for (unit, action) in
            [(&service, "create"), (&timer, "create"), (&timer, "enable"), (&timer, "start")]
        {
            Self::extend(unit, action, &mut changes, known)?;
        }
        Ok(changes)
    }

    fn plan_delete(&self, known: &Known) -> Result<Vec<Change>, Stop> {
        let [service, timer] = self.units();
        let mut changes = Vec::new();
        for (unit, action) in
            [(&timer, "stop"), (&timer, "disable"), (&service, "delete"), (&timer, "delete")]
        {
            Self::extend(unit, action, &mut changes, known)?;
        }
        Ok(changes)
    }

    fn check_times(&self) -> Result<(), Failure> {
        if self.on_calendar.as_ref().is_none_or(|times| times.0.is_empty())
            && self.on_boot.is_none()
            && self.every.is_none()
        {
            return Err(
                Failure::new("it does not say when it starts").hint("say it: on_calendar = \"daily\"")
            );
        }
        let spans = [&self.on_boot, &self.every, &self.random_delay].into_iter().flatten();
        let times = self.on_calendar.iter().flat_map(|times| &times.0);
        if let Some(time) =
            spans.chain(times).find(|time| time.trim().is_empty() || time.contains(char::is_control))
        {
            return Err(Failure::new(format!("`{}` is not a time", time.escape_debug()))
                .hint("a time of the calendar looks like \"Mon..Fri 08:30\", a span like \"5min\""));
        }
        if self.persistent && self.on_calendar.is_none() {
            return Err(Failure::new(
                "`persistent` is about times of the calendar, and there is no `on_calendar`",
            ));
        }
        Ok(())
    }
}

impl Provider for SystemdTimer {
    const NAME: &'static str = "timer";
    const ACTIONS: &'static [Action] = &[
        action("create", "Writes the timer and its service, and enables and starts the timer."),
        action("delete", "Stops and disables the timer, and removes it and its service."),
    ];
    const NAME_PROPERTY: Option<&'static str> = Some("timer_name");
    const NEEDS_ROOT: bool = true;
    const PLAN: &'static str = "Complete: the two units are shown as diffs.";
    const PLATFORMS: &'static str = "Machines with systemd.";
    const EXAMPLE: &'static str = r#"
timer "backup" {
  on_calendar = "daily",
  command = { "/usr/local/bin/backup", "--quiet" },
  persistent = true,
  random_delay = "10min",
}
"#;

    fn check(&self, action: &str) -> Result<(), Failure> {
        for unit in self.units() {
            unit.check("enable")?;
        }
        if self.timer_name.contains(['.', '@']) {
            return Err(Failure::new(format!("`{}` can't be the name of a timer", self.timer_name))
                .hint("it is the name of two units, without a suffix: timer \"backup\""));
        }
        check_name("user", &self.user)?;
        if action == "delete" {
            return Ok(());
        }
        self.check_times()?;
        let Some(program) = self.command.as_ref().and_then(|line| line.0.first()) else {
            return Err(Failure::new("it needs a `command`"));
        };
        if program.trim().is_empty() || program.starts_with(['-', '@', '+', '!', ':', '|']) {
            return Err(Failure::new(format!("`{}` is not a program", program.escape_debug())));
        }
        let texts = self.command.iter().flat_map(|line| &line.0).chain(self.environment.values());
        let texts = texts.chain(self.environment.keys()).chain(&self.description);
        if texts.clone().any(|text| text.contains(|c: char| c.is_control() && c != '\n' && c != '\t')) {
            return Err(Failure::new("a value has control characters in it"));
        }
        let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if let Some(name) = self.environment.keys().find(|name| name.is_empty() || !name.chars().all(word)) {
            return Err(Failure::new(format!("`{}` is not the name of a variable", name.escape_debug())));
        }
        if self.description.as_deref().is_some_and(|text| text.contains('\n')) {
            return Err(Failure::new("`description` is a single line"));
        }
        Ok(())
    }

    fn keep_secret(&mut self) {
        self.secret = true;
    }

    fn needs(&self, action: &str, needs: &mut NeededRights) {
        self.units().iter().for_each(|unit| Provider::needs(unit, action, needs));
    }

    fn observe(&self, action: &str) -> Vec<Query> {
        let mut queries: Vec<Query> = self.units().iter().flat_map(|unit| unit.observe(action)).collect();
        queries.push(Query::User(self.user.clone()));
        queries
    }

    fn portable(&self, action: &str, into: &mut Portables) -> Result<(), Declined> {
        let [service, timer] = self.units();
        let parts = if action == "delete" {
            [(&timer, "stop"), (&timer, "disable"), (&service, "delete"), (&timer, "delete")]
        } else {
            [(&service, "create"), (&timer, "create"), (&timer, "enable"), (&timer, "start")]
        };
        parts.into_iter().try_for_each(|(unit, action)| unit.portable(action, into))
    }

    fn plan(&self, action: &str, known: &Known) -> Result<Vec<Change>, Stop> {
        known.want(self.observe(action))?;
        if action == "delete" {
            return self.plan_delete(known);
        }
        match known.user(&self.user) {
            Ok(None) => {
                return Err(Failure::new(format!("there is no user `{}`", self.user))
                    .hint(format!("declare it before this resource: user \"{}\"", self.user))
                    .into());
            }
            Ok(Some(_)) | Err(Stop::Unknown(_)) => {}
            Err(stop) => return Err(stop),
        }
        self.plan_create(known)
    }

    fn what_went_wrong(&self, action: &str, disturbed: bool, known: &Known) -> Result<Option<Failure>, Stop> {
        let [_, timer] = self.units();
        timer.what_went_wrong(if action == "create" { "start" } else { "stop" }, disturbed, known)
    }
}
