//! The files of a source, and the changes that lead to them.

use camino::Utf8Path;

use super::{AptRepository, KEYRINGS, lists};
use crate::model::change::{Change, Reach};
use crate::model::content::Content;
use crate::model::english::list;
use crate::model::error::Failure;
use crate::model::journal::BegunAction;
use crate::model::known::{Known, Stop};
use crate::model::portable::{
    Declined, Portable, PortableCommand, PortableDirectory, PortableDownload, Portables,
};
use crate::model::query::{Answer, FileKind, FileText, Query};
use crate::model::step::{Attributes, Command, Step};
use crate::provider::accounts::is_missing;
use crate::provider::file_state::FileState;
use crate::provider::openpgp::PublicKeys;
use crate::provider::{apt_pin, at_path, parents};

/// What is said of the distribution.
const RELEASE: &str = "/etc/os-release";

fn roots(mode: u32) -> Attributes {
    Attributes { owner: Some("root".into()), group: Some("root".into()), mode: Some(mode) }
}

impl AptRepository {
    /// What has to be known to add it.
    pub(super) fn ask(&self) -> Vec<Query> {
        let mut queries =
            vec![Query::Host, Query::Stat(self.old_path()), Query::List(lists::DIRECTORY.into())];
        for file in self.files() {
            queries.push(Query::Stat(file.path.clone()));
            queries.extend(parents::observe(&file.path));
        }
        queries.extend(self.has_key().then(|| Query::Read(self.keyring_path())));
        queries.extend(self.signed_by.iter().map(|path| Query::Stat(path.to_path_buf())));
        queries.extend(self.suites.is_none().then(|| Query::Read(RELEASE.into())));
        queries
    }

    fn source(&self, text: Option<String>) -> FileState {
        FileState {
            path: self.source_path(),
            content: text.map(Content::Text),
            attributes: roots(0o644),
            ..FileState::default()
        }
    }

    fn keyring(&self, text: Option<String>) -> FileState {
        FileState { path: self.keyring_path(), ..self.source(text) }
    }

    /// The file with the priority.
    fn pin_file(&self) -> FileState {
        let text = self.pin.map(|priority| {
            let pin = format!("origin \"{}\"", self.uri.0.first().map_or("", |uri| lists::host(uri)));
            apt_pin::AptPin { by: &self.id(), packages: "*", pin: &pin, priority }.text()
        });
        apt_pin::file(&self.repo_name, text)
    }

    /// The files that it may have.
    pub(super) fn files(&self) -> [FileState; 3] {
        [self.source(None), self.keyring(None), self.pin_file()]
    }

    /// The declared releases, or the one that the machine has.
    fn suites(&self, known: &Known) -> Result<Vec<String>, Stop> {
        if let Some(suites) = &self.suites {
            return Ok(suites.0.clone());
        }
        let text = match known.read(Utf8Path::new(RELEASE))? {
            Some(FileText::Text(text)) => text.as_str(),
            _ => "",
        };
        let mut lines = text.lines();
        match lines.find_map(|line| line.strip_prefix("VERSION_CODENAME=")) {
            Some(name) => Ok(vec![name.trim_matches('"').to_owned()]),
            None => Err(Failure::new(format!("`{RELEASE}` does not say which release the machine has"))
                .hint("declare it: suites = \"…\"")
                .into()),
        }
    }

    /// The refresh of the lists of this source alone.
    fn refresh(&self) -> Command {
        let file = self.source_path();
        let mut command = Command::new(["apt-get", "--quiet", "-o", "APT::Update::Error-Mode=any"]);
        for option in [
            &format!("Dir::Etc::sourcelist={file}"),
            "Dir::Etc::sourceparts=-",
            // The lists of the other sources stay.
            "APT::Get::List-Cleanup=0",
        ] {
            command.argv.extend(["-o".to_owned(), option.to_owned()]);
        }
        command.argv.push("update".into());
        command.environment.insert("DEBIAN_FRONTEND".into(), "noninteractive".into());
        command.timeout = self.timeout;
        command
    }

    /// The source in plain things, for exports.
    ///
    /// # Errors
    /// The machine has no apt, or its release is not known.
    pub(super) fn portable_source(&self, into: &mut Portables) -> Result<(), Declined> {
        if into.manager()?.name != "apt" {
            return Err("there is no apt on a machine with these facts".into());
        }
        let suites = match &self.suites {
            Some(suites) => suites.0.clone(),
            None if into.machine.codename.is_empty() => {
                return Err("`suites` is not declared, and the facts name no release".into());
            }
            None => vec![into.machine.codename.clone()],
        };
        if self.has_key() {
            into.add(Portable::Directory(PortableDirectory {
                path: KEYRINGS.into(),
                attributes: roots(0o755),
                ..PortableDirectory::default()
            }));
        }
        if let Some(address) = self.key_address() {
            into.lose(
                self.fingerprint.is_some(),
                "fingerprint",
                "the downloaded key is not compared with it",
            );
            into.add(Portable::Download(PortableDownload {
                file: self.keyring(None).plain(),
                urls: vec![address.to_owned()],
                timeout: self.timeout,
                ..PortableDownload::default()
            }));
        } else if let Some(keys) = self.key_text()? {
            self.keyring(Some(keys.armoured())).portable("create", into);
        }
        self.pin_file().portable(if self.pin.is_some() { "create" } else { "delete" }, into);
        self.source(Some(self.text(&suites))).portable("create", into);
        if self.enabled {
            // A source that can't be read would keep apt from all others.
            let file = self.source_path().into_string();
            let undo = Some(["rm".into(), "-f".into(), "--".into(), file].into());
            let act = Command { undo, ..self.refresh() };
            into.after_change(Portable::Command(PortableCommand::always(act)));
        }
        Ok(())
    }

    /// Its removal in plain things.
    pub(super) fn portable_removal(&self, into: &mut Portables) {
        let is_own = |file: &&FileState| self.signed_by.as_ref().is_none_or(|path| **path != file.path);
        self.files().iter().filter(is_own).for_each(|file| file.portable("delete", into));
    }

    pub(super) fn plan_add(&self, known: &Known) -> Result<Vec<Change>, Stop> {
        known.want(self.ask())?;
        if known.host()?.package_manager.as_deref() != Some("apt") {
            return Err(Failure::impossible("there is no apt on this machine")
                .hint("guard it: only_if = node.platform_family == \"debian\"")
                .into());
        }
        let suites = self.suites(known)?;
        if let Some(path) = &self.signed_by
            && is_missing(known.stat(path))?
        {
            return Err(Failure::new(format!("there is no `{}`, the file with the keys", path.as_str()))
                .hint("declare what brings it before this resource: a package, or a `cookbook_file`")
                .into());
        }
        // The key first: a wrong one is refused before anything is written.
        let key = self.wanted_key(known)?;
        let mut changes = Vec::new();
        if let Some((keys, text)) = key {
            changes.extend(self.plan_keyring(&keys, text, known)?);
        }
        changes.extend(match self.pin {
            Some(_) => self.pin_file().plan_create(known)?,
            None => self.pin_file().plan_delete(known)?,
        });
        let is_new = known.stat(&self.source_path()).is_ok_and(|stat| stat.is_none())
            || known.begun() == Some(BegunAction::New);
        changes.extend(self.source(Some(self.text(&suites))).plan_create(known)?);
        for change in &mut changes {
            change.summary = with_path(change);
        }
        if self.leaves_its_key(known)? {
            changes.extend(self.keyring(None).plan_delete(known)?.into_iter().map(|change| Change {
                summary: format!("delete the key {}", self.keyring_path()),
                ..change
            }));
        }
        if self.enabled {
            self.add_refresh(&mut changes, is_new, &suites, known)?;
        }
        if let Some(first) = changes.first_mut() {
            let old = self.old_path();
            if known.stat(&old)?.is_some() {
                first.warning = Some(format!(
                    "there is a `{old}` too, so apt may know the source twice: {}",
                    at_path::removal(&old, FileKind::File)
                ));
            } else if self.enabled {
                first.warning = self.unanswered(&suites, known)?;
            }
        }
        Ok(changes.into_iter().map(|change| change.reaching(Reach::Offers)).collect())
    }

    /// Whether the source used a keyring of its own up to now, and no longer does.
    fn leaves_its_key(&self, known: &Known) -> Result<bool, Stop> {
        let keyring = self.keyring_path();
        let is_used = self.has_key() || self.signed_by.as_ref().is_some_and(|path| **path == keyring);
        if is_used || known.stat(&keyring)?.is_none() {
            return Ok(false);
        }
        let line = format!("Signed-By: {keyring}");
        let text = known.read(&self.source_path())?;
        Ok(matches!(text, Some(FileText::Text(text)) if text.lines().any(|found| found == line)))
    }

    /// Adds the refresh, if the source or its key changes, the lists are missing, or an attempt was broken off before it.
    fn add_refresh(
        &self,
        changes: &mut Vec<Change>,
        is_new: bool,
        suites: &[String],
        known: &Known,
    ) -> Result<(), Stop> {
        let paths = [self.source_path(), self.keyring_path()];
        let mut steps = changes.iter().flat_map(|change| &change.steps);
        let is_changed = steps.any(|step| paths.iter().any(|path| step.path() == Some(path)));
        if !is_changed && known.begun().is_none() && !self.lacks_lists(suites, known)? {
            return Ok(());
        }
        let mut command = self.refresh();
        if is_new {
            let file = self.source_path();
            command.undo = Some(Box::new(["rm".into(), "-f".into(), "--".into(), file.into_string()]));
        }
        let lists = (Query::List(lists::DIRECTORY.into()), Answer::Unknown(self.id()));
        let refresh = Change::new("read the lists of this source", Step::Run(command));
        changes.push(refresh.then(lists.0, lists.1).unseen(if is_new {
            BegunAction::New
        } else {
            BegunAction::Old
        }));
        Ok(())
    }

    pub(super) fn plan_remove(&self, known: &Known) -> Result<Vec<Change>, Stop> {
        let mut changes = Vec::new();
        let is_own = |file: &FileState| self.signed_by.as_ref().is_none_or(|path| **path != file.path);
        for file in self.files().into_iter().filter(is_own) {
            for change in file.plan_delete(known)? {
                changes.push(
                    Change { summary: format!("delete {}", file.path), ..change }.reaching(Reach::Offers),
                );
            }
        }
        Ok(changes)
    }

    /// The change to the keyring, and to its directory if that is missing.
    fn plan_keyring(&self, keys: &PublicKeys, text: String, known: &Known) -> Result<Vec<Change>, Stop> {
        let directory = Utf8Path::new(KEYRINGS);
        let keyring = self.keyring(Some(text));
        // People compare them with what the owner of the repository says.
        let named = |change: Change| {
            let fingerprints = list(&keys.fingerprints, "and");
            Change { summary: format!("{}, fingerprint {fingerprints}", change.summary), ..change }
        };
        if known.resolve(directory)?.is_some() {
            return Ok(keyring.plan_create(known)?.into_iter().map(named).collect());
        }
        let step =
            Step::MakeDirectory { path: directory.to_owned(), attributes: roots(0o755), parents: false };
        let stat = at_path::stat(FileKind::Directory, "root", &roots(0o755));
        let mut change = named(keyring.plan_new(known)?);
        change.steps.insert(0, step);
        Ok(vec![at_path::with_stat(change, directory, Some(&stat))])
    }
}

/// The summary of a change to a file, with the file.
fn with_path(change: &Change) -> String {
    match change.steps.iter().filter_map(Step::path).next_back() {
        Some(path) => format!("{}: {}", path, change.summary),
        None => change.summary.clone(),
    }
}
