//! The changes of services under systemd.

use super::effect::after;
use super::init_service::InitService;
use crate::model::change::{Change, Last};
use crate::model::query::ServiceState;
use crate::model::step::Step;

impl InitService<'_> {
    pub(super) fn systemd(&self, action: &str, state: &ServiceState) -> Change {
        // Actions have underscores where systemctl has hyphens.
        let verb: &[&str] = &["systemctl", &action.replace('_', "-"), "--", self.name];
        let reload: &[&str] = &["systemctl", "daemon-reload"];
        let after = after(action, state);
        let mut summary = action.replace('_', " ");
        if action == "start" && state.once {
            summary.push_str(", as in every run: it ends when its work is done");
        }
        // A mask in /run is hidden by one in /etc, so systemd reports only the latter. Remove both.
        let runtime: &[&str] = &["systemctl", "--runtime", verb[1], "--", self.name];
        let commands: &[&[&str]] = match action {
            "unmask" => &[verb, runtime],
            "disable" if state.until_boot => &[verb, runtime],
            _ => &[verb],
        };
        if state.needs_reload {
            summary.push_str(", after systemd reloaded its unit");
            return self.change(&summary, &[&[reload], commands].concat(), after);
        }
        let mut change = self.change(&summary, commands, after);
        if state.script {
            self.of_script(action, &mut change);
        }
        change
    }

    /// `update-rc.d` and `systemctl` would each make systemd reload all its units, which takes a tenth of a second or
    /// more each time. So both are told not to (update-rc.d by `DPKG_ROOT`, which means that the system does not run),
    /// and systemd reloads once, after all such changes in a row.
    fn of_script(&self, action: &str, change: &mut Change) {
        let needed = match action {
            "enable" | "disable" => true,
            "start" | "stop" => false,
            _ => return,
        };
        if needed {
            for step in &mut change.steps {
                if let Step::Run(command) = step {
                    command.argv.insert(1, "--no-reload".to_owned());
                    command.environment.insert("DPKG_ROOT".to_owned(), "/".to_owned());
                }
            }
        }
        let step = Step::Run(self.command(&["systemctl", "daemon-reload"]));
        change.last = Some(Box::new(Last { step, needed }));
    }

    /// Enables or disables a unit while systemd does not run. Links of a script with the same name are changed too.
    pub(super) fn offline_unit(&self, action: &str, state: &ServiceState) -> Change {
        let unit = self.unit();
        let verb: &[&str] = &["systemctl", "--root=/", &action.replace('_', "-"), "--", &unit];
        self.change(
            &format!("{}, for when systemd runs", action.replace('_', " ")),
            &[verb],
            after(action, state),
        )
    }
}
