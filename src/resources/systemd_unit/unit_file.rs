//! The file of a unit or drop-in: writing it, removing it, and reloading systemd.

use camino::{Utf8Path, Utf8PathBuf};

use crate::model::change::{Change, Reach};
use crate::model::content::Content;
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::query::{Answer, Enabled, FileKind, Init, OfflineUnit, Query, ServiceState};
use crate::model::step::{Attributes, Command, Step};
use crate::provider::file_state::FileState;
use crate::provider::init::UNITS;
use crate::provider::unit_text::UnitText;
use crate::provider::{at_path, backups, default_attributes, parents};

use super::SystemdUnit;

impl SystemdUnit {
    /// The queries for the file.
    pub(super) fn observe_file(&self) -> Vec<Query> {
        let mut queries = self.file().observe();
        queries.extend(self.directory().map(Query::Stat));
        queries
    }

    /// The changes that write the unit.
    pub(super) fn plan_create(&self, known: &Known) -> Result<Vec<Change>, Stop> {
        known.want(self.observe_file())?;
        self.require_systemd(known)?;
        let path = self.path();
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
        let state = match known.service(&self.unit_name) {
            Err(Stop::Unknown(_)) => None,
            other => Some(other?),
        };
        let changes = match self.directory() {
            Some(directory) if at_path::directory(&directory, known)?.is_none() => {
                vec![with_directory(self.file().plan_new(known)?, &directory, known)?]
            }
            _ => self.file().plan_create(known)?,
        };
        let init = known.host()?.init;
        if changes.is_empty() && self.triggers_reload && state.is_some_and(|state| state.needs_reload) {
            let change = Change { summary: "make systemd read its units anew".into(), ..Change::default() };
            return Ok(vec![self.read_by_systemd(change, state, init)]);
        }
        let read = |change| self.read_by_systemd(change, state, init);
        Ok(changes.into_iter().map(read).collect())
    }

    /// The change that removes the unit.
    pub(super) fn plan_delete(&self, known: &Known) -> Result<Vec<Change>, Stop> {
        if known.stat(&self.path())?.is_none() {
            return Ok(Vec::new());
        }
        self.require_systemd(known)?;
        let init = known.host()?.init;
        // The removed unit may have hidden a unit of a package.
        let until = Answer::Unknown(format!("systemd_unit[{}]", self.unit_name));
        let gone = |mut change: Change| {
            change.steps.extend(self.reload(init));
            change.reach = Some(Reach::Told);
            self.name_drop_in(&mut change);
            if self.drop_in.is_some() { change } else { self.init().predict(change, &until) }
        };
        Ok(self.file().plan_delete(known)?.into_iter().map(gone).collect())
    }

    /// The resource's id names the unit; the summary has to name the drop-in.
    fn name_drop_in(&self, change: &mut Change) {
        if let Some(name) = &self.drop_in {
            change.summary = format!("drop-in {name}: {}", change.summary);
        }
    }

    fn path(&self) -> Utf8PathBuf {
        match (self.directory(), &self.drop_in) {
            (Some(directory), Some(name)) => directory.join(format!("{name}.conf")),
            _ => Utf8PathBuf::from(UNITS).join(&self.unit_name),
        }
    }

    /// The directory of the unit's drop-ins, if this is one.
    fn directory(&self) -> Option<Utf8PathBuf> {
        self.drop_in.as_ref().map(|_| Utf8PathBuf::from(UNITS).join(format!("{}.d", self.unit_name)))
    }

    fn file(&self) -> FileState {
        // The temporary file has another name, and systemd needs the suffix.
        let verify = [
            "systemd-analyze".to_owned(),
            "verify".into(),
            "--man=no".into(),
            format!("{{path}}:{}", self.unit_name),
        ];
        FileState {
            path: self.path(),
            content: self.text(),
            attributes: Attributes {
                mode: Some(default_attributes::mode(None, 0o644, self.secret)),
                ..Attributes::default()
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
    fn reload(&self, init: Init) -> Option<Step> {
        let argv = ["systemctl", "daemon-reload"];
        (self.triggers_reload && init == Init::Systemd)
            .then(|| Step::Run(Command { timeout: self.timeout, ..Command::new(argv) }))
    }

    /// Adds the reload, and predicts the unit's state.
    fn read_by_systemd(&self, mut change: Change, state: Option<&ServiceState>, init: Init) -> Change {
        change.reach = Some(Reach::Told);
        change.steps.extend(self.reload(init));
        self.name_drop_in(&mut change);
        let Some(state) = state else { return change };
        if self.drop_in.is_some() && !state.exists {
            return change;
        }
        let text = match self.text() {
            Some(Content::Text(text)) => UnitText::read(&text),
            Some(Content::Unknown(until)) => return self.init().predict(change, &Answer::Unknown(until)),
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
            offline: state.offline.or((init != Init::Systemd).then_some(OfflineUnit::Alone)),
            ..state.clone()
        };
        self.init().predict(change, &Answer::Service(after))
    }
}

/// Adds the directory that must be made first.
fn with_directory(file: Change, directory: &Utf8Path, known: &Known) -> Result<Change, Stop> {
    let user = &known.host()?.user;
    let stat = at_path::stat(FileKind::Directory, user, &Attributes::default());
    let missing = parents::missing(directory, known)?;
    let mut change =
        parents::made(at_path::with_stat(file, directory, Some(&stat)), directory, &missing, user);
    let (path, attributes) = (directory.to_owned(), Attributes::default());
    change.steps.insert(0, Step::MakeDirectory { path, attributes, parents: true });
    Ok(change)
}
