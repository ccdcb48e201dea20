//! The changes of services that are scripts of System V.

use super::effect::after;
use super::init_service::InitService;
use crate::model::change::Change;
use crate::model::error::Failure;
use crate::model::query::ServiceState;

impl InitService<'_> {
    pub(super) fn sysv(&self, action: &str, state: &ServiceState) -> Result<Change, Failure> {
        let name = self.name;
        let after = after(action, state);
        Ok(match action {
            // `defaults` creates the links of a script that has none; `enable` switches those of a disabled one.
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
