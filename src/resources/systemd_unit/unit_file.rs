//! The file of a unit or drop-in: writing it, removing it, and reloading systemd.

use camino::{Utf8Path, Utf8PathBuf};

use crate::model::change::{Change, Reach};
use crate::model::content::Content;
use crate::model::error::Failure;
use crate::model::journal::BegunAction;
use crate::model::known::{Known, Stop};
use crate::model::portable::{Declined, Portable, PortableCommand, PortableDirectory, Portables, script};
use crate::model::query::{Answer, Enabled, Init, OfflineUnit, Query, ServiceState};
use crate::model::step::{Attributes, Command, Step};
use crate::provider::file_state::FileState;
use crate::provider::init::InitService;
use crate::provider::unit_text::UnitText;
use crate::provider::{at_path, backups, default_attributes, parents};

use super::SystemdUnit;
use super::place::UnitPlace;

/// Makes systemd read its units anew, where it runs.
const RELOAD: &str = "[ ! -d /run/systemd/system ] || systemctl daemon-reload";

impl SystemdUnit {
    /// The queries for the file.
    pub(super) fn observe_file(&self, place: &UnitPlace) -> Vec<Query> {
        let mut queries = self.file(place).observe();
        queries.extend(self.directory(place).map(Query::Stat));
        queries
    }

    /// The changes that write the unit.
    pub(super) fn plan_create(&self, known: &Known) -> Result<Vec<Change>, Stop> {
        let (place, init) = (self.place(known)?, self.init().found(known)?);
        known.want(self.observe_file(&place))?;
        self.require_systemd(known)?;
        let path = self.path(&place);
        if let Ok(Some(stat)) = known.stat(&path)
            && stat.target.as_deref() == Some("/dev/null")
        {
            return Err(Failure::new(format!("the unit `{}` is masked", self.unit_name))
                .hint("put \"unmask\" before the action")
                .into());
        }
        match at_path::file(&path, known) {
            // Whatever will be there is replaced by the content.
            Err(Stop::Unknown(_)) => None,
            other => other?,
        };
        let state = match init.state(known) {
            Err(Stop::Unknown(_)) => None,
            other => Some(other?),
        };
        let file = self.file(&place);
        let hers = self.user.as_ref().map(|_| place.directory.clone());
        let changes = match self.directory(&place).or(hers) {
            Some(directory) => match place.missing(&directory, known)?.as_slice() {
                [] => file.plan_create(known)?,
                missing => vec![with_directories(file.plan_new(known)?, missing, &path, &place, known)?],
            },
            None => file.plan_create(known)?,
        };
        // systemd does not tell of a template that it has an older one.
        let is_unread = || known.begun().is_some() || state.as_ref().is_some_and(|state| state.needs_reload);
        if changes.is_empty() && is_unread() && self.reload(&init, known)?.is_some() {
            return Ok(vec![self.read_by_systemd(reread(), state.as_ref(), &init, known)?]);
        }
        let read = |change| self.read_by_systemd(change, state.as_ref(), &init, known);
        changes.into_iter().map(read).collect()
    }

    /// The change that removes the unit.
    pub(super) fn plan_delete(&self, known: &Known) -> Result<Vec<Change>, Stop> {
        let (place, init) = (self.place(known)?, self.init().found(known)?);
        known.want(self.observe_file(&place))?;
        let is_gone = known.stat(&self.path(&place))?.is_none();
        if is_gone && known.begun().is_none() {
            return Ok(Vec::new());
        }
        self.require_systemd(known)?;
        let reload = self.reload(&init, known)?;
        // The removed unit may have hidden a unit of a package.
        let until = Answer::Unknown(String::new());
        let gone = |mut change: Change| {
            change.unseen = reload.as_ref().map(|_| BegunAction::Old);
            change.steps.extend(reload.clone());
            change.reach = Some(Reach::Told);
            self.name_drop_in(&mut change);
            if self.drop_in.is_some() { change } else { init.predict(change, &until) }
        };
        let deleted = if is_gone {
            reload.iter().map(|_| reread()).collect()
        } else {
            self.file(&place).plan_delete(known)?
        };
        Ok(deleted.into_iter().map(gone).collect())
    }

    /// The resource's id names the unit; the summary has to name the drop-in.
    /// The file in plain things, for exports.
    ///
    /// # Errors
    /// It belongs to a user, whose home directory only the machine knows.
    pub(super) fn portable_file(&self, action: &str, into: &mut Portables) -> Result<(), Declined> {
        if self.user.is_some() {
            return Err("the file is in the home directory of a user, which only the machine knows".into());
        }
        if into.machine.init != Init::Systemd {
            return Err("the machine of these facts has no systemd".into());
        }
        let place = UnitPlace::of_machine();
        if let Some(path) = self.directory(&place).filter(|_| action == "create") {
            let attributes = place.attributes.clone();
            into.add(Portable::Directory(PortableDirectory {
                path,
                attributes,
                ..PortableDirectory::default()
            }));
        }
        self.file(&place).portable(action, into);
        if self.triggers_reload {
            let none: [&str; 0] = [];
            let reload = script("reload_systemd", RELOAD, none);
            into.after_change(Portable::Command(PortableCommand::always(reload)));
        }
        Ok(())
    }

    fn name_drop_in(&self, change: &mut Change) {
        if let Some(name) = &self.drop_in {
            change.summary = format!("drop-in {name}: {}", change.summary);
        }
    }

    /// Where the unit's files are.
    fn place(&self, known: &Known) -> Result<UnitPlace, Stop> {
        match &self.user {
            Some(user) => UnitPlace::of_user(user, known),
            None => Ok(UnitPlace::of_machine()),
        }
    }

    fn path(&self, place: &UnitPlace) -> Utf8PathBuf {
        match (self.directory(place), &self.drop_in) {
            (Some(directory), Some(name)) => directory.join(format!("{name}.conf")),
            _ => place.directory.join(&self.unit_name),
        }
    }

    /// The directory of the unit's drop-ins, if this is one.
    fn directory(&self, place: &UnitPlace) -> Option<Utf8PathBuf> {
        self.drop_in.as_ref().map(|_| place.directory.join(format!("{}.d", self.unit_name)))
    }

    fn file(&self, place: &UnitPlace) -> FileState {
        // The temporary file has another name, and systemd needs the suffix.
        let verify = [
            "systemd-analyze".to_owned(),
            "verify".into(),
            "--man=no".into(),
            format!("{{path}}:{}", self.unit_name),
        ];
        FileState {
            path: self.path(place),
            content: self.text(),
            attributes: Attributes {
                mode: Some(default_attributes::mode(None, 0o644, self.secret)),
                ..place.attributes.clone()
            },
            verify: self.verify.then(|| Command::new(verify)).into_iter().collect(),
            backup: backups::wanted(self.backup, self.secret),
            force_unlink: false,
            follow_link: false,
            secret: self.secret,
        }
    }

    /// Fails where no systemd will ever read the unit.
    pub(super) fn require_systemd(&self, known: &Known) -> Result<(), Stop> {
        let host = known.host()?;
        if host.has(Init::Systemd) {
            return Ok(());
        }
        let unit = &self.unit_name;
        let failure = if host.has(Init::Openrc) {
            Failure::impossible(format!("services are started by OpenRC here, which does not read `{unit}`"))
                .hint("with OpenRC, write a script to /etc/init.d instead, or for set times use `cron`")
        } else {
            Failure::impossible(format!("systemd does not run here, so nothing would ever read `{unit}`"))
        };
        Err(failure.hint("guard it: only_if = node.init_package == \"systemd\"").into())
    }

    /// If systemd does not run, it reads all units when it starts.
    fn reload(&self, init: &InitService<'_>, known: &Known) -> Result<Option<Step>, Stop> {
        let runs = match init.manager {
            Some(manager) => manager.is_running,
            None => known.host()?.init == Init::Systemd,
        };
        Ok((self.triggers_reload && runs).then(|| Step::Run(init.command(&["systemctl", "daemon-reload"]))))
    }

    /// Adds the reload, and predicts the unit's state.
    fn read_by_systemd(
        &self,
        mut change: Change,
        state: Option<&ServiceState>,
        init: &InitService<'_>,
        known: &Known,
    ) -> Result<Change, Stop> {
        change.reach = Some(Reach::Told);
        let reload = self.reload(init, known)?;
        let is_running = reload.is_some() || known.host()?.init == Init::Systemd;
        change.unseen = reload.as_ref().map(|_| BegunAction::Old);
        change.steps.extend(reload);
        self.name_drop_in(&mut change);
        let Some(state) = state else { return Ok(change) };
        if self.drop_in.is_some() && !state.exists {
            return Ok(change);
        }
        let text = match self.text() {
            Some(Content::Text(text)) => UnitText::read(&text),
            Some(Content::Unknown(until)) => return Ok(init.predict(change, &Answer::Unknown(until))),
            _ => UnitText::read("[Install]"),
        };
        let enabled = match state.enabled {
            Enabled::Yes | Enabled::Masked => state.enabled,
            other if self.drop_in.is_some() => other,
            _ if text.installable => Enabled::No,
            _ => Enabled::Static,
        };
        let after = ServiceState {
            exists: true,
            enabled,
            once: text.once(self.drop_in.is_some() && state.once),
            needs_reload: state.exists && !self.triggers_reload,
            offline: state.offline.or((!is_running).then_some(OfflineUnit::Alone)),
            ..state.clone()
        };
        Ok(init.predict(change, &Answer::Service(after)))
    }
}

/// The change without a change of the file: systemd has not read it yet.
fn reread() -> Change {
    Change { summary: "make systemd read its units anew".into(), ..Change::default() }
}

/// Adds the directories that must be made first.
fn with_directories(
    file: Change,
    missing: &[Utf8PathBuf],
    path: &Utf8Path,
    place: &UnitPlace,
    known: &Known,
) -> Result<Change, Stop> {
    let owner = place.attributes.owner.as_ref().unwrap_or(&known.host()?.user);
    let mut change = parents::made(file, path, missing, owner);
    // What is made in a user's directory is the user's, each of them.
    let parents = place.home.is_none();
    let made = if parents { &missing[missing.len() - 1..] } else { missing };
    let attributes = &place.attributes;
    let made = made.iter().map(|path| Step::MakeDirectory {
        path: path.clone(),
        attributes: attributes.clone(),
        parents,
    });
    change.steps.splice(0..0, made);
    Ok(change)
}
