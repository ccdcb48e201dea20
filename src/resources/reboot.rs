//! `reboot`: restarts the machine.

use camino::Utf8Path;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::model::capability::NeededRights;
use crate::model::change::Change;
use crate::model::english::one_line;
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::portable::{Declined, Portable, PortableCommand, Portables, script};
use crate::model::query::{Answer, FileText, Init, Query};
use crate::model::step::{Command, Restart, Step};
use crate::provider::{Action, Provider, action};

/// Name of process 1.
const FIRST_PROCESS: &str = "/proc/1/comm";

/// A restart of the machine, for changes that need one.
///
/// It does nothing until it is notified. A run on another machine waits until the machine is back, and goes on:
/// finished work is up to date, commands without a guard run again, and owed notifications are delivered. A run on
/// this machine ends with the restart; run again to go on. One resource restarts the machine at most 5 times in a run:
/// what is changed by every start would restart it forever.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Reboot {
    /// What the restart is for. Any text.
    purpose: String,
    /// Reason to show in the report and to users who are logged in. Default: the purpose.
    #[serde(default)]
    reason: Option<String>,
    /// Minutes from the end of the run to the restart.
    #[serde(default)]
    delay_mins: u32,
}

impl Reboot {
    fn reason(&self) -> String {
        one_line(self.reason.as_deref().unwrap_or(&self.purpose))
    }

    fn restart(&self, now: bool, init: Init) -> Step {
        let (reason, delay) = (self.reason(), self.delay_mins);
        let words = match (init, delay) {
            (Init::Systemd, 0) => vec!["systemctl".to_owned(), "reboot".to_owned()],
            // busybox and openrc-init have no `shutdown`.
            (Init::Openrc, 0) => vec!["reboot".to_owned()],
            (_, 0) => ["shutdown", "-r", "now", &reason].map(str::to_owned).to_vec(),
            (_, minutes) => ["shutdown", "-r", &format!("+{minutes}"), &reason].map(str::to_owned).to_vec(),
        };
        let command = Command { timeout: 60, ..Command::new(words) };
        Step::Restart(Some(Box::new(Restart { reason, now, delay, command, ..Restart::default() })))
    }

    /// The init system, if it can restart this machine.
    fn init(known: &Known) -> Result<Init, Stop> {
        let init = known.host()?.init;
        match init {
            Init::Systemd => return Ok(init),
            Init::None => return Err(hopeless("no init system is on it")),
            Init::Openrc | Init::Sysv => {}
        }
        // Container images and chroots have init scripts, but no running init.
        match known.read(Utf8Path::new(FIRST_PROCESS))? {
            Some(FileText::Text(name)) if matches!(name.trim(), "init" | "openrc-init") => Ok(init),
            Some(FileText::Text(name)) => {
                Err(hopeless(&format!("its process 1 is `{}`, no init of its own", one_line(name.trim()))))
            }
            _ => Err(hopeless("it does not tell what its process 1 is")),
        }
    }
}

fn hopeless(why: &str) -> Stop {
    Failure::impossible(format!("this machine can't be restarted from inside: {why}"))
        .hint("is it a container or a directory with a system in it? restart it from outside")
        .into()
}

impl Provider for Reboot {
    const NAME: &'static str = "reboot";
    const ACTIONS: &'static [Action] = &[
        action("nothing", "Waits for a notification."),
        action("request_reboot", "Restarts the machine at the end of the run, if the run succeeds."),
        action("reboot_now", "Restarts the machine at once, and then goes on with the run."),
        action("cancel", "Cancels a restart that was requested earlier in the run."),
    ];
    const NAME_PROPERTY: Option<&'static str> = Some("purpose");
    const NEEDS_ROOT: bool = true;
    const PLAN: &'static str = "Says whether the machine would restart, and why. Nothing after the restart is planned \
         differently, unless what asks for it would ask again after each start: then the plan says how the run ends.";
    const PLATFORMS: &'static str =
        "Any machine with an init system. A container or a chroot can't be restarted from inside.";
    const EXAMPLE: &'static str = r#"
reboot "kernel parameters" { reason = "The kernel reads its parameters when it starts." }

file "/etc/default/grub.d/quiet.cfg" {
  content = "GRUB_TIMEOUT=0\n",
  notifies = { "request_reboot", "reboot[kernel parameters]" },
}
"#;

    fn needs(&self, _action: &str, needs: &mut NeededRights) {
        needs.system("reboot");
    }

    fn observe(&self, action: &str) -> Vec<Query> {
        match action {
            "cancel" => vec![Query::Restart],
            "request_reboot" => vec![Query::Host, Query::Restart],
            _ => vec![Query::Host],
        }
    }

    fn portable(&self, action: &str, into: &mut Portables) -> Result<(), Declined> {
        if action == "cancel" {
            let look = script("no_restart_is_due", "[ ! -e /run/systemd/shutdown/scheduled ]", [""; 0]);
            let act = Command::new(["shutdown", "-c"]);
            into.add(Portable::Command(PortableCommand::unless(look, act)));
            return Ok(());
        }
        if action == "reboot_now" {
            return Err("a script can't go on after a restart of the machine".into());
        }
        into.lose(
            true,
            "request_reboot",
            "the machine restarts some minutes later, whether the script has ended or not",
        );
        let minutes = format!("+{}", self.delay_mins.max(5));
        let look = script("restart_is_due", "[ -e /run/systemd/shutdown/scheduled ]", [""; 0]);
        let act = Command::new(["shutdown", "-r", &minutes, &self.reason()]);
        into.add(Portable::Command(PortableCommand::unless(look, act)));
        Ok(())
    }

    fn plan(&self, action: &str, known: &Known) -> Result<Vec<Change>, Stop> {
        known.want(self.observe(action))?;
        let asked = |change: Change, by: Option<String>| change.then(Query::Restart, Answer::Restart(by));
        let own = || Some(format!("{}[{}]", Self::NAME, self.purpose));
        match action {
            "cancel" => Ok(known
                .restart()?
                .into_iter()
                .map(|by| {
                    asked(Change::new(format!("take back the restart for {by}"), Step::Restart(None)), None)
                })
                .collect()),
            "request_reboot" if known.restart()?.is_some() => Ok(Vec::new()),
            "request_reboot" => {
                let summary = format!("restart the machine at the end of the run: {}", self.reason());
                Ok(vec![asked(Change::new(summary, self.restart(false, Self::init(known)?)), own())])
            }
            _ => {
                let summary = format!("restart the machine, then go on: {}", self.reason());
                Ok(vec![asked(Change::new(summary, self.restart(true, Self::init(known)?)), None).repeats()])
            }
        }
    }
}
