//! `service`: a program that runs in the background.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::model::capability::NeededRights;
use crate::model::change::{Change, Reach};
use crate::model::content::Strings;
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::portable::{Declined, Portables};
use crate::model::query::Query;
use crate::provider::accounts::check_name;
use crate::provider::init::InitService;
use crate::provider::{Action, Provider, action};

/// A program that runs in the background, as the machine's init system knows it.
///
/// With systemd, a name without suffix means the `.service` unit. Elsewhere it means the script in `/etc/init.d`. In a
/// system that has systemd or OpenRC but is not booted, such as a `chroot:` target, services are enabled and disabled
/// (with systemd also masked) by their links, and start at the next boot.
///
/// At the end of a run, chefrs looks again at all services that it started or restarted. One that has ended, or that
/// systemd keeps restarting, has failed, and its log is shown. OpenRC keeps no log, but says that a service has crashed; a
/// crashed one is restarted by `start`.
///
/// A unit with `Type=oneshot` and without `RemainAfterExit=` does its work and ends. `start` runs it in every run, and
/// succeeds if the unit does. A unit with a condition, such as `ConditionPathExists=!/var/lib/blog/made`, runs until
/// the condition fails. To run it only after a change, use `action = "nothing"` and notify it. To run it at set times,
/// start its timer.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Service {
    /// Name of the service.
    service_name: String,
    /// Seconds until the init system's command is stopped.
    #[serde(default = "quarter_hour")]
    timeout: u64,
    /// OpenRC: the run levels in which it starts at boot. Default: "enable" adds it to `default`, unless it is in `sysinit`,
    /// `boot` or `default`; "disable" takes it from all. Other service managers ignore this.
    runlevels: Option<Strings>,
    /// The user in whose systemd the service is: `systemctl --user`. That systemd runs while the user is logged in, or always
    /// after `loginctl enable-linger USER` (and `systemctl start user@UID`, which waits for it). Without it, "enable" and "disable" work, and nothing starts.
    user: Option<String>,
}

fn quarter_hour() -> u64 {
    900
}

impl Service {
    fn init(&self) -> InitService<'_> {
        let run_levels = self.runlevels.as_ref().map(|levels| levels.0.as_slice());
        InitService {
            run_levels,
            of_user: self.user.as_deref(),
            ..InitService::new(&self.service_name, self.timeout)
        }
    }
}

impl Provider for Service {
    const NAME: &'static str = "service";
    const ACTIONS: &'static [Action] = &[
        action("start", "Starts the service if it does not run."),
        action("stop", "Stops the service if it runs."),
        action("restart", "Restarts the service, or starts it."),
        action("reload", "Makes a running service reload its configuration."),
        action("enable", "Enables the service at boot."),
        action("disable", "Disables the service at boot."),
        action("mask", "Masks the unit, so that nothing can start it (systemd)."),
        action("unmask", "Unmasks the unit (systemd)."),
    ];
    const PARTS: &'static [&'static str] = &["user"];
    const NAME_PROPERTY: Option<&'static str> = Some("service_name");
    const REACH: Reach = Reach::Running;
    const NEEDS_ROOT: bool = true;
    const PLAN: &'static str = "Says which actions would be needed now. What the service makes when it starts (sockets, data) is \
         unknown until it runs.";
    const PLATFORMS: &'static str = "Machines with systemd, OpenRC, or scripts of System V in `/etc/init.d`.";
    const EXAMPLE: &'static str = r#"
service "cron" {
  action = { "enable", "start" },
}
"#;

    fn check(&self, _action: &str) -> Result<(), Failure> {
        if let Some(user) = &self.user {
            check_name("user", user)?;
        }
        self.init().check()
    }

    fn needs(&self, _action: &str, needs: &mut NeededRights) {
        needs.service(&self.service_name);
        needs.elsewhere();
    }

    fn observe(&self, action: &str) -> Vec<Query> {
        self.init().observe(action)
    }

    fn portable(&self, action: &str, into: &mut Portables) -> Result<(), Declined> {
        self.init().portable(action, into)
    }

    fn plan(&self, action: &str, known: &Known) -> Result<Vec<Change>, Stop> {
        self.init().plan(action, known)
    }

    fn what_went_wrong(&self, action: &str, disturbed: bool, known: &Known) -> Result<Option<Failure>, Stop> {
        self.init().what_went_wrong(action, disturbed, known)
    }
}
