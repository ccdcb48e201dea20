//! A service of the init system. Every type that starts and stops services uses it.

use camino::{Utf8Path, Utf8PathBuf};

use crate::model::change::{Change, Course, Last, Reach};
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::query::{Answer, Enabled, Init, MOUNTS, OfflineUnit, Query, ServiceState};
use crate::model::step::{Command, Step};

mod behind_mask;
mod condition;
mod diagnosis;
mod effect;
mod refusal;

use condition::UnmetCondition;
use effect::{after, holds, is_of_links};

/// Suffixes of systemd units.
pub const UNIT_SUFFIXES: &[&str] = &[
    "service",
    "socket",
    "device",
    "mount",
    "automount",
    "swap",
    "target",
    "path",
    "timer",
    "slice",
    "scope",
];

/// Directory of the administrator's units.
pub const UNITS: &str = "/etc/systemd/system";

/// Directories of units, in order of precedence.
const UNIT_PLACES: &[&str] = &[UNITS, "/usr/lib/systemd/system", "/lib/systemd/system"];

/// A service, or with a suffix any unit of systemd.
#[derive(Debug, Clone, Copy)]
pub struct InitService<'a> {
    /// Name of the unit or script.
    pub name: &'a str,
    /// Timeout of the init system's commands, in seconds.
    pub timeout: u64,
}

impl InitService<'_> {
    /// The queries of an action.
    #[must_use]
    pub fn observe(&self, action: &str) -> Vec<Query> {
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
        Ok(())
    }

    /// The change that an action needs, if any.
    ///
    /// # Errors
    /// The service is missing or masked, the init system can't do it, or an answer is missing.
    pub fn plan(&self, action: &str, known: &Known) -> Result<Vec<Change>, Stop> {
        let init = known.host()?.init;
        if action == "mask" && (init == Init::Systemd || known.host()?.offline_systemd) {
            self.require_room_for_mask(known)?;
        }
        let state = match known.service(self.name) {
            // The pending change may or may not start or enable it. Assume only that it will exist.
            Err(Stop::Unknown(_))
                if matches!(action, "start" | "restart" | "reload_or_restart" | "enable" | "reenable") =>
            {
                &ServiceState { exists: true, ..ServiceState::missing() }
            }
            other => other?,
        };
        if !state.exists {
            // A service that does not exist neither runs nor is enabled.
            if matches!(action, "stop" | "disable") {
                return Ok(Vec::new());
            }
            return Err(self.missing(action, known)?.into());
        }
        if holds(action, state) {
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
            Init::Systemd if action == "start" && state.once => condition::unmet(&self.unit(), known)?,
            _ => Vec::new(),
        };
        if !unmet.is_empty() && unmet.iter().all(UnmetCondition::says_done) {
            return Ok(Vec::new());
        }
        let change = match init {
            Init::Systemd => self.systemd(action, state).course(self.course(action, state)),
            Init::Sysv | Init::None if state.offline.is_some() && is_of_links(action) => {
                self.offline(action, state)
            }
            Init::Sysv | Init::None if state.offline == Some(OfflineUnit::Alone) => {
                return Err(refusal::not_now(self.name, action).into());
            }
            Init::Sysv => self.sysv(action, state)?,
            Init::None => return Err(refusal::missing(self.name, known.host()?).into()),
        };
        let change = match action {
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
        if host.init != Init::Systemd && !host.offline_systemd {
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
            "start" | "restart" | "reload_or_restart" if state.once => Some(Course::Ends(self.unit())),
            "start" | "restart" | "reload_or_restart" | "try_restart" | "try_reload_or_restart" => {
                Some(Course::Runs(self.unit()))
            }
            "stop" => Some(Course::Ends(self.unit())),
            _ => None,
        }
    }

    /// Adds the predicted answer under each name of the unit.
    #[must_use]
    pub fn predict(&self, change: Change, answer: &Answer) -> Change {
        let change = change.then(Query::Service(self.name.to_owned()), answer.clone());
        match self.name.strip_suffix(".service") {
            Some(stem) => change.then(Query::Service(stem.to_owned()), answer.clone()),
            None if self.unit() == self.name => change,
            None => change.then(Query::Service(self.unit()), answer.clone()),
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

    /// The name with its suffix.
    fn unit(&self) -> String {
        match self.name.rsplit_once('.') {
            Some((_, suffix)) if UNIT_SUFFIXES.contains(&suffix) => self.name.to_owned(),
            _ => format!("{}.service", self.name),
        }
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

    fn change(&self, summary: &str, commands: &[&[&str]], after: ServiceState) -> Change {
        let steps = commands.iter().map(|argv| Step::Run(self.command(argv))).collect();
        self.predict(Change { summary: summary.into(), steps, ..Change::default() }, &Answer::Service(after))
    }

    /// The command that shows the last lines of the service's journal.
    fn journal(&self) -> Vec<String> {
        let words =
            ["journalctl", "--unit", self.name, "--lines", "10", "--no-pager", "--output", "cat", "--quiet"];
        words.map(str::to_owned).into()
    }

    /// systemctl reports that a unit failed; the reason is in the journal.
    fn command(&self, argv: &[&str]) -> Command {
        let diagnose = match argv {
            ["systemctl", verb, ..] if verb.contains("start") || verb.starts_with("reload") => self.journal(),
            _ => Vec::new(),
        };
        Command { timeout: self.timeout, diagnose, ..Command::new(argv.iter().copied()) }
    }

    fn systemd(&self, action: &str, state: &ServiceState) -> Change {
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
    fn offline(&self, action: &str, state: &ServiceState) -> Change {
        let unit = self.unit();
        let verb: &[&str] = &["systemctl", "--root=/", &action.replace('_', "-"), "--", &unit];
        self.change(
            &format!("{}, for when systemd runs", action.replace('_', " ")),
            &[verb],
            after(action, state),
        )
    }

    fn sysv(&self, action: &str, state: &ServiceState) -> Result<Change, Failure> {
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
