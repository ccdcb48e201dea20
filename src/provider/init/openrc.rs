//! The changes of services under OpenRC.

use camino::{Utf8Path, Utf8PathBuf};

use super::effect::after;
use super::init_service::InitService;
use crate::model::change::Change;
use crate::model::english::list;
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::query::{Enabled, Query, ServiceState};
use crate::model::service_manager::openrc::{DEFAULT, RUN_LEVELS, enabled};
use crate::model::service_manager::sysv::script_name;

impl InitService<'_> {
    /// Fails for a word that can't be the name of a run level.
    pub(super) fn check_run_levels(&self) -> Result<(), Failure> {
        let word = |c: char| c.is_ascii_alphanumeric() || "_-".contains(c);
        let bad = |level: &&String| level.is_empty() || level.starts_with('-') || !level.chars().all(word);
        match self.run_levels {
            Some([]) => {
                Err(Failure::new("`runlevels` is empty").hint("leave it out, or name one: \"default\""))
            }
            Some(levels) => match levels.iter().find(bad) {
                Some(level) => Err(Failure::new(format!("`{level}` is not the name of a run level"))
                    .hint("OpenRC has `sysinit`, `boot`, `default` and others: rc-status --list")),
                None => Ok(()),
            },
            None => Ok(()),
        }
    }

    /// Whether an action has nothing to do under OpenRC, where that differs from others.
    pub(super) fn holds_under_openrc(&self, action: &str, state: &ServiceState) -> Option<bool> {
        match action {
            "enable" => Some(self.lacking(state).is_empty()),
            "disable" => Some(self.leaving(state).is_empty()),
            // It takes a crashed service for a started one.
            "stop" => Some(!state.running && !state.failed),
            _ => None,
        }
    }

    /// The run levels that an enabled service still lacks.
    fn lacking(&self, state: &ServiceState) -> Vec<String> {
        match self.run_levels {
            Some(levels) => {
                levels.iter().filter(|level| !state.run_levels.contains(level)).cloned().collect()
            }
            None if state.enabled == Enabled::Yes => Vec::new(),
            None => vec![DEFAULT.to_owned()],
        }
    }

    /// The run levels from which a disabled service is taken.
    fn leaving(&self, state: &ServiceState) -> Vec<String> {
        let leaves = |level: &&String| self.run_levels.is_none_or(|levels| levels.contains(level));
        state.run_levels.iter().filter(leaves).cloned().collect()
    }

    /// rc-update changes the links even if OpenRC does not run.
    pub(super) fn openrc(&self, action: &str, state: &ServiceState, known: &Known) -> Result<Change, Stop> {
        let name = script_name(self.name);
        match action {
            "enable" => {
                let levels = self.lacking(state);
                require(&levels, known)?;
                let all = state.run_levels.iter().chain(&levels).cloned().collect();
                let summary = format!("enable in the run level{}", names(&levels));
                Ok(self.in_levels(&summary, "add", &levels, all, state))
            }
            "disable" => {
                let levels = self.leaving(state);
                let left = state.run_levels.iter().filter(|level| !levels.contains(level)).cloned().collect();
                let summary = format!("disable in the run level{}", names(&levels));
                Ok(self.in_levels(&summary, "del", &levels, left, state))
            }
            "mask" | "unmask" => Err(Failure::new(format!("OpenRC can't {action} a service, only systemd can"))
                .hint("use \"stop\" and \"disable\" instead, or guard it: only_if = node.init_package == \"systemd\"")
                .into()),
            // `start` would say that it has been started already.
            "start" if state.failed => {
                let summary = "restart, because it has crashed";
                Ok(self.change(summary, &[&["rc-service", name, "restart"]], after(action, state)))
            }
            verb => {
                let after = ServiceState { failed: false, ..after(verb, state) };
                Ok(self.change(verb, &[&["rc-service", name, verb]], after))
            }
        }
    }

    fn in_levels(
        &self,
        summary: &str,
        verb: &str,
        levels: &[String],
        mut after: Vec<String>,
        state: &ServiceState,
    ) -> Change {
        after.sort();
        let after = ServiceState { enabled: enabled(&after), run_levels: after, ..state.clone() };
        let name = script_name(self.name);
        let words = ["rc-update", verb, name].into_iter().chain(levels.iter().map(String::as_str));
        self.change(summary, &[&words.collect::<Vec<_>>()], after)
    }
}

/// ` boot`, or `s boot and default`.
fn names(levels: &[String]) -> String {
    let names: Vec<String> = levels.iter().map(|level| format!("`{level}`")).collect();
    format!("{} {}", if names.len() == 1 { "" } else { "s" }, list(&names, "and"))
}

/// rc-update does not make a run level.
fn require(levels: &[String], known: &Known) -> Result<(), Stop> {
    let place = |level: &String| -> Utf8PathBuf { Utf8Path::new(RUN_LEVELS).join(level) };
    known.want(levels.iter().map(place).map(Query::Stat))?;
    for level in levels {
        match known.stat(&place(level)) {
            Ok(None) => {
                return Err(Failure::new(format!("there is no run level `{level}`"))
                    .hint(format!("make it before this resource: directory \"{}\"", place(level)))
                    .into());
            }
            Ok(Some(_)) | Err(Stop::Unknown(_)) => {}
            Err(stop) => return Err(stop),
        }
    }
    Ok(())
}
