//! `service`: a program that runs in the background.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::model::change::Change;
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::query::{Answer, Enabled, Init, Query, ServiceState};
use crate::model::step::{Command, Step};
use crate::provider::{Action, Provider, action};

/// A program that runs in the background, as the machine's init system knows it.
///
/// Where systemd runs, a name without suffix means the `.service` unit; elsewhere the script in `/etc/init.d`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// Name of the service.
    service_name: String,
    /// Seconds until the init system's command is stopped.
    #[serde(default = "quarter_hour")]
    timeout: u64,
}

fn quarter_hour() -> u64 {
    900
}

impl Service {
    fn query(&self) -> Query {
        Query::Service(self.service_name.clone())
    }

    fn change(&self, summary: &str, commands: &[&[&str]], after: ServiceState) -> Change {
        let steps = commands
            .iter()
            .map(|argv| Step::Run(Command { timeout: self.timeout, ..Command::new(argv.iter().copied()) }))
            .collect();
        Change { summary: summary.into(), steps, ..Change::default() }
            .then(self.query(), Answer::Service(after))
    }

    fn systemd(&self, action: &str, state: &ServiceState) -> Change {
        let verb: &[&str] = &["systemctl", action, "--", &self.service_name];
        let reload: &[&str] = &["systemctl", "daemon-reload"];
        let after = after(action, state);
        if state.needs_reload {
            return self.change(
                &format!("{action}, after systemd read its unit anew"),
                &[reload, verb],
                after,
            );
        }
        self.change(action, &[verb], after)
    }

    fn sysv(&self, action: &str, state: &ServiceState) -> Result<Change, Failure> {
        let name = self.service_name.as_str();
        let after = after(action, state);
        Ok(match action {
            // `defaults` makes the links of a script that has none; `enable` turns those of a disabled one.
            "enable" => {
                let commands: &[&[&str]] =
                    &[&["update-rc.d", name, "defaults"], &["update-rc.d", name, "enable"]];
                self.change("enable", commands, after)
            }
            "disable" => self.change("disable", &[&["update-rc.d", name, "disable"]], after),
            "mask" | "unmask" => {
                return Err(Failure::new(format!(
                    "only systemd can {action} a service, and it does not run here"
                ))
                .hint("guard it: only_if = node.init_package == \"systemd\""));
            }
            verb => self.change(verb, &[&["service", name, verb]], after),
        })
    }
}

/// What the service will be after an action.
fn after(action: &str, state: &ServiceState) -> ServiceState {
    let mut after = ServiceState { needs_reload: false, ..state.clone() };
    match action {
        "start" | "restart" => {
            after.running = true;
            after.failed = false;
        }
        "stop" => after.running = false,
        "enable" => after.enabled = Enabled::Yes,
        "disable" | "unmask" => after.enabled = Enabled::No,
        "mask" => after.enabled = Enabled::Masked,
        _ => {}
    }
    after
}

/// Whether the state is already what the action makes.
fn holds(action: &str, state: &ServiceState) -> bool {
    match action {
        "start" => state.running,
        "stop" => !state.running,
        "enable" => matches!(state.enabled, Enabled::Yes | Enabled::Static),
        "disable" => state.enabled != Enabled::Yes,
        "mask" => state.enabled == Enabled::Masked,
        "unmask" => state.enabled != Enabled::Masked,
        "reload" => !state.running,
        _ => false,
    }
}

impl Provider for Service {
    const NAME: &'static str = "service";
    const ACTIONS: &'static [Action] = &[
        action("start", "Starts the service unless it runs."),
        action("stop", "Stops the service if it runs."),
        action("restart", "Restarts the service, always; starts it if it does not run."),
        action("reload", "Makes a running service read its configuration anew."),
        action("enable", "Lets the service start with the machine."),
        action("disable", "Keeps the service from starting with the machine."),
        action("mask", "Bars the service from starting at all (systemd)."),
        action("unmask", "Lifts the bar (systemd)."),
    ];
    const NAME_PROPERTY: Option<&'static str> = Some("service_name");
    const NEEDS_ROOT: bool = true;
    const EXAMPLE: &'static str = r#"
service "cron" {
  action = { "enable", "start" },
}
"#;

    fn check(&self, _action: &str) -> Result<(), Failure> {
        let name = &self.service_name;
        let word = |c: char| c.is_ascii_alphanumeric() || "@._-:\\".contains(c);
        if name.is_empty() || name.starts_with('-') || !name.chars().all(word) {
            return Err(Failure::new(format!("`{name}` is not the name of a service")));
        }
        Ok(())
    }

    fn observe(&self, _action: &str) -> Vec<Query> {
        vec![Query::Host, self.query()]
    }

    fn plan(&self, action: &str, known: &Known) -> Result<Vec<Change>, Stop> {
        let init = known.host()?.init;
        let state = match known.service(&self.service_name) {
            // Whatever it will be, a restart restarts it.
            Err(Stop::Unknown(_)) if action == "restart" => &ServiceState {
                exists: true,
                running: false,
                enabled: Enabled::No,
                needs_reload: false,
                failed: false,
            },
            other => other?,
        };
        if !state.exists {
            // What is not there neither runs nor starts with the machine.
            if matches!(action, "stop" | "disable") {
                return Ok(Vec::new());
            }
            return Err(self.missing(init).into());
        }
        if holds(action, state) {
            return Ok(Vec::new());
        }
        if state.enabled == Enabled::Masked && matches!(action, "start" | "restart" | "enable") {
            return Err(Failure::new(format!("the service `{}` is masked", self.service_name))
                .hint("put \"unmask\" ahead of the action")
                .into());
        }
        let change = match init {
            Init::Systemd => self.systemd(action, state),
            Init::Sysv => self.sysv(action, state)?,
            Init::None => return Err(self.missing(init).into()),
        };
        let repeats = matches!(action, "restart" | "reload");
        Ok(vec![if repeats { change.repeats() } else { change }])
    }
}

impl Service {
    fn missing(&self, init: Init) -> Failure {
        let name = &self.service_name;
        let failure = Failure::new(format!("there is no service `{name}`"));
        match init {
            Init::Systemd => failure.hint(format!("look for its unit: systemctl list-unit-files '*{name}*'")),
            Init::Sysv => {
                failure.hint(format!("no systemd runs here, so it needs a script /etc/init.d/{name}"))
            }
            Init::None => failure.hint("neither systemd nor service scripts are on this machine"),
        }
    }
}
