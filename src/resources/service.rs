//! `service`: a program that runs in the background.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::model::change::{Change, Reach};
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::query::Query;
use crate::provider::init::InitService;
use crate::provider::{Action, Provider, action};

/// A program that runs in the background, as the machine's init system knows it.
///
/// Where systemd runs, a name without suffix means the `.service` unit; elsewhere the script in `/etc/init.d`.
/// In a system that has systemd and does not run, as that of a `chroot:` target, units are enabled, disabled and masked by
/// their links, and started when it does.
///
/// What a run starts or restarts is looked at once more at its end: a service that has ended meanwhile, or that systemd
/// starts again and again, has failed, and what systemd and the journal say of it is shown.
///
/// A unit with `Type=oneshot` and without `RemainAfterExit=` does its work and ends, and is not found running afterwards:
/// `start` runs it in each run, and it has succeeded when it has come well to its end. A unit that says itself when its
/// work is done, as by `ConditionPathExists=!/var/lib/blog/made`, is run until then. To run it only when something changed,
/// say `action = "nothing"` and notify it; to run it by the clock, start its timer.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Service {
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
    fn init(&self) -> InitService<'_> {
        InitService { name: &self.service_name, timeout: self.timeout }
    }
}

impl Provider for Service {
    const NAME: &'static str = "service";
    const ACTIONS: &'static [Action] = &[
        action("start", "Starts the service unless it runs; one that does its work and ends, in each run."),
        action("stop", "Stops the service if it runs."),
        action("restart", "Restarts the service, always; starts it if it does not run."),
        action("reload", "Makes a running service read its configuration anew."),
        action("enable", "Lets the service start with the machine."),
        action("disable", "Keeps the service from starting with the machine."),
        action("mask", "Bars the service from starting at all (systemd)."),
        action("unmask", "Lifts the bar (systemd)."),
    ];
    const NAME_PROPERTY: Option<&'static str> = Some("service_name");
    const REACH: Reach = Reach::Running;
    const NEEDS_ROOT: bool = true;
    const EXAMPLE: &'static str = r#"
service "cron" {
  action = { "enable", "start" },
}
"#;

    fn check(&self, _action: &str) -> Result<(), Failure> {
        self.init().check()
    }

    fn observe(&self, action: &str) -> Vec<Query> {
        self.init().observe(action)
    }

    fn plan(&self, action: &str, known: &Known) -> Result<Vec<Change>, Stop> {
        self.init().plan(action, known)
    }

    fn what_went_wrong(&self, action: &str, disturbed: bool, known: &Known) -> Result<Option<Failure>, Stop> {
        self.init().what_went_wrong(action, disturbed, known)
    }
}
