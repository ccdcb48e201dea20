//! A service of the init system. Every type that starts and stops services uses it.

use camino::{Utf8Path, Utf8PathBuf};

use crate::model::change::{Change, Course, Reach};
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::query::{Answer, Enabled, Init, MOUNTS, OfflineUnit, Query, ServiceState};

mod behind_mask;
mod condition;
mod diagnosis;
mod effect;
mod init_service;
mod openrc;
mod portable;
mod refusal;
mod systemd;
mod sysv;
mod user_manager;

use condition::UnmetCondition;
use effect::{after, holds, is_of_links};
pub use init_service::{InitService, UNIT_SUFFIXES};

/// Directory of the administrator's units.
pub const UNITS: &str = "/etc/systemd/system";

/// Directories of units, in order of precedence.
const UNIT_PLACES: &[&str] = &[UNITS, "/usr/lib/systemd/system", "/lib/systemd/system"];

impl InitService<'_> {
    /// The queries of an action.
    #[must_use]
    pub fn observe(&self, action: &str) -> Vec<Query> {
        if let Some(user) = self.of_user {
            return vec![Query::Host, Query::User(user.to_owned())];
        }
        let mut queries = vec![Query::Host, Query::Service(self.name.to_owned())];
        if action == "mask" {
            queries.push(Query::Stat(self.mask()));
        }
        queries
    }

    /// Fails for a word that can't be the name of a service.
    ///
    /// # Errors
    /// A sentence that says so.
    pub fn check(&self) -> Result<(), Failure> {
        let name = self.name;
        let word = |c: char| c.is_ascii_alphanumeric() || "@._-:\\".contains(c);
        if name.is_empty() || name.starts_with('-') || !name.chars().all(word) {
            return Err(Failure::new(format!("`{name}` is not the name of a service")));
        }
        self.check_run_levels()
    }

    /// The change that an action needs, if any.
    ///
    /// # Errors
    /// The service is missing or masked, the init system can't do it, or an answer is missing.
    pub fn plan(&self, action: &str, known: &Known) -> Result<Vec<Change>, Stop> {
        if self.of_user.is_some() && self.manager.is_none() {
            return self.found(known)?.plan(action, known);
        }
        let host = known.host()?;
        let init = host.init;
        if action == "mask" && self.manager.is_none() && host.has(Init::Systemd) {
            self.require_room_for_mask(known)?;
        }
        let state = match self.state(known) {
            // The pending change may or may not start or enable it. Assume only that it will exist.
            Err(Stop::Unknown(_))
                if matches!(action, "start" | "restart" | "reload_or_restart" | "enable" | "reenable") =>
            {
                ServiceState { exists: true, ..ServiceState::missing() }
            }
            other => other?,
        };
        let state = &state;
        if !state.exists {
            // A service that does not exist neither runs nor is enabled.
            if matches!(action, "stop" | "disable") {
                return Ok(Vec::new());
            }
            return Err(self.missing(action, known)?.into());
        }
        let by_openrc = host.has(Init::Openrc).then(|| self.holds_under_openrc(action, state)).flatten();
        if by_openrc.unwrap_or_else(|| holds(action, state)) {
            return Ok(Vec::new());
        }
        if state.enabled == Enabled::Masked
            && matches!(action, "start" | "restart" | "reload_or_restart" | "enable" | "reenable")
        {
            return Err(Failure::new(format!("the service `{}` is masked", self.name))
                .hint("put \"unmask\" before the action")
                .into());
        }
        let unmet = match init {
            Init::Systemd if action == "start" && state.once && self.manager.is_none() => {
                condition::unmet(&self.unit(), known)?
            }
            _ => Vec::new(),
        };
        if !unmet.is_empty() && unmet.iter().all(UnmetCondition::says_done) {
            return Ok(Vec::new());
        }
        if let Some(manager) = self.manager.filter(|manager| !manager.is_running && !is_of_links(action)) {
            return Err(refusal::no_manager(self.name, action, &manager).into());
        }
        let change = match init {
            _ if self.manager.is_some() => self.systemd(action, state).course(self.course(action, state)),
            Init::Systemd => self.systemd(action, state).course(self.course(action, state)),
            Init::Openrc => self.openrc(action, state, known)?.course(self.course(action, state)),
            Init::Sysv | Init::None if state.offline.is_some() && is_of_links(action) => {
                self.offline(action, state, known)?
            }
            Init::Sysv | Init::None if state.offline == Some(OfflineUnit::Alone) => {
                return Err(refusal::not_now(self.name, action, host).into());
            }
            Init::Sysv => self.sysv(action, state)?,
            Init::None => return Err(refusal::missing(self.name, host).into()),
        };
        let change = match action {
            "unmask" if self.manager.is_some() => {
                self.predict(Change { then: Vec::new(), ..change }, &Answer::Unknown(String::new()))
            }
            "unmask" => self.lifted(change, state, known)?,
            _ => change,
        };
        let change = if self.mounts() {
            change.then(Query::Read(MOUNTS.into()), Answer::Unknown(String::new()))
        } else {
            change
        };
        let starts = action.contains("start") || action == "reload_or_restart";
        let change = change.reaching(if starts { Reach::Running } else { Reach::Told });
        let holds_on = matches!(action, "start" | "stop" | "enable" | "disable" | "mask" | "unmask");
        let change = if unmet.is_empty() { change } else { condition::counted_on(change, &self.unit()) };
        // If a condition prevents it from running, now and afterwards, its work is not done.
        let repeats = !holds_on || action == "start" && state.once && unmet.is_empty();
        Ok(vec![if repeats { change.repeats() } else { change }])
    }

    /// Why a service is missing. Its unit may exist without systemd: in a container, or in the tree of a system that is
    /// being built.
    fn missing(&self, action: &str, known: &Known) -> Result<Failure, Stop> {
        let host = known.host()?;
        if let Some(user) = self.of_user {
            return Ok(refusal::missing_of_user(self.name, user));
        }
        // Packages bring units also where OpenRC takes no notice of them.
        if !host.has(Init::Systemd) && !host.has(Init::Openrc) {
            let unit = self.unit();
            // An instance has no file of its own, only its template has.
            let template = match (unit.split_once('@'), unit.rsplit_once('.')) {
                (Some((stem, _)), Some((_, suffix))) => format!("{stem}@.{suffix}"),
                _ => unit,
            };
            let places = UNIT_PLACES.iter().map(|place| Utf8Path::new(place).join(&template));
            let places: Vec<Utf8PathBuf> = places.collect();
            known.want(places.iter().cloned().map(Query::Stat))?;
            for place in places {
                if known.stat(&place)?.is_some() {
                    return Ok(refusal::without_systemctl(self.name, action, &place));
                }
            }
        }
        Ok(refusal::missing(self.name, host))
    }

    /// Whether the action makes the service run or end.
    fn course(&self, action: &str, state: &ServiceState) -> Option<Course> {
        match action {
            "start" | "restart" | "reload_or_restart" if state.once => Some(Course::Ends(self.full_name())),
            "start" | "restart" | "reload_or_restart" | "try_restart" | "try_reload_or_restart" => {
                Some(Course::Runs(self.full_name()))
            }
            "stop" => Some(Course::Ends(self.full_name())),
            _ => None,
        }
    }

    /// The name that no other service of the machine has.
    fn full_name(&self) -> String {
        match self.of_user {
            Some(user) => format!("{} of {user}", self.unit()),
            None => self.unit(),
        }
    }

    /// Predicts the state after unmasking: the links of an enabled unit have stayed.
    fn lifted(&self, mut change: Change, state: &ServiceState, known: &Known) -> Result<Change, Stop> {
        let answer = match behind_mask::enabled(&self.unit(), Utf8Path::new(UNITS), known)? {
            Some(enabled) => Answer::Service(ServiceState { enabled, ..after("unmask", state) }),
            None => Answer::Unknown(String::new()),
        };
        change.then.clear();
        Ok(self.predict(change, &answer))
    }

    /// Whether the unit mounts something.
    fn mounts(&self) -> bool {
        [".mount", ".automount"].iter().any(|suffix| self.name.ends_with(suffix))
    }

    /// The link with which systemd masks the unit.
    fn mask(&self) -> Utf8PathBuf {
        Utf8Path::new(UNITS).join(self.unit())
    }

    /// systemd masks a unit by a link in [`UNITS`], and does not replace a file there.
    fn require_room_for_mask(&self, known: &Known) -> Result<(), Stop> {
        let path = self.mask();
        let Some(stat) = known.stat(&path)? else { return Ok(()) };
        if matches!(known.service(self.name), Ok(state) if state.enabled == Enabled::Masked) {
            return Ok(());
        }
        let name = self.name;
        let failure = |reason: &str| Failure::new(format!("the service `{name}` can't be masked: {reason}"));
        Err(match &stat.target {
            Some(target) if target == "/dev/null" => return Ok(()),
            Some(target) => failure(&format!("where its mask would be, `{path}` is a link to `{target}`"))
                .hint(format!("mask the unit behind it: \"{}\"", target.rsplit('/').next().unwrap_or(target))),
            None => failure(&format!("where its mask would be, there is its own file `{path}`"))
                .hint("use \"stop\" and \"disable\" instead of \"mask\"")
                .hint(format!(
                    "or remove it with its file: systemd_unit \"{}\" {{ action = {{ \"stop\", \"disable\", \"delete\" }} }}",
                    self.unit()
                )),
        }
        .into())
    }

    /// Enables or disables a service while its manager does not run.
    fn offline(&self, action: &str, state: &ServiceState, known: &Known) -> Result<Change, Stop> {
        if known.host()?.offline == Some(Init::Openrc) {
            let change = self.openrc(action, state, known)?;
            return Ok(Change { summary: format!("{}, for when OpenRC runs", change.summary), ..change });
        }
        Ok(self.offline_unit(action, state))
    }
}
