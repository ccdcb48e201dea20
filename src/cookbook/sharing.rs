//! The cookbooks that a project takes from elsewhere: which there are, which are locked, and changes of both.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};

use super::book::Cookbook;
use super::cache::CacheDirectory;
use super::choice_ground::{ChoiceGround, Chosen};
use super::chosen_content::ChosenContent;
use super::fetcher::Fetcher;
use super::listed_cookbooks;
use super::lock_changes::changes;
use super::lock_file::{self, LockFile, LockedCookbook, LockedSource, LockedVersion};
use super::locked_content::LockedContent;
use super::manifest::Listed;
use super::members::{MemberPlace, SharedMember, SharingGround, members};
use super::owners::Owners;
use super::settings::{self, Settings};
use super::shared_origin::{ArchiveOrigin, FetchedOrigin, GitOrigin, GitPick, SharedSource};
use super::signed_lock::judge;
use super::update_wish::{UpdateWish, UpdatedCookbooks};
use super::version_choice::choose;
use crate::model::english::suggestion;
use crate::model::error::{Diagnostic, Diagnostics};
use crate::target::local::document::DocumentDirectory;

/// The declared and the locked cookbooks of a project.
#[derive(Debug)]
pub struct SharedCookbooks {
    pub(super) root: Utf8PathBuf,
    owners: Owners,
    pub(super) settings: Settings,
    pub(super) on_disk: BTreeMap<String, Listed>,
    pub(super) lock: Option<LockFile>,
}

/// What a new lock would be.
#[derive(Debug)]
pub struct NewLock {
    text: String,
    /// Differences to the lock that is there, a line each.
    pub changes: Vec<String>,
    /// Whether the file that is there has another text.
    pub is_new: bool,
    /// How many cookbooks come from where: `2 cookbooks from git`.
    pub counts: Vec<String>,
    /// What is not as it should be, but can be used.
    pub warnings: Vec<Diagnostic>,
    pub(super) lock: LockFile,
}

impl NewLock {
    /// The version of a cookbook that was fetched.
    #[must_use]
    pub fn version(&self, name: &str) -> Option<&str> {
        self.lock.fetched(name).map(|locked| locked.version.as_str())
    }

    /// The sum of its files.
    #[must_use]
    pub fn sum(&self, name: &str) -> Option<&str> {
        self.lock.fetched(name).map(|locked| locked.sum.as_str())
    }
}

/// The text of `chefrs.toml`. None if there is no such file.
///
/// # Errors
/// It can't be read, or others can write it.
pub fn settings_text(root: &Utf8Path, owners: &Owners) -> Result<Option<String>, Diagnostics> {
    let text = Cookbook::own(root, owners).text(settings::FILE)?;
    Ok(text.map(std::borrow::Cow::into_owned))
}

impl SharedCookbooks {
    /// Reads `chefrs.toml`, the manifests in `cookbooks/`, and the lock. With a text, that is taken for `chefrs.toml`.
    ///
    /// # Errors
    /// What is wrong in these files.
    pub fn open(root: &Utf8Path, owners: &Owners, settings: Option<&str>) -> Result<Self, Diagnostics> {
        owners.check_path(root, root.as_str())?;
        let own = Cookbook::own(root, owners);
        let settings = match settings {
            Some(text) => settings::of_text(text, root)?,
            None => settings::read(&own, root)?,
        };
        let mut wrong = Vec::new();
        let on_disk = listed_cookbooks::on_disk(root, owners, &mut wrong, &mut BTreeMap::new());
        if !wrong.is_empty() {
            return Err(Diagnostics(wrong));
        }
        let lock = own.text(lock_file::FILE)?.map(|text| LockFile::read(&text)).transpose()?;
        Ok(Self { root: root.to_owned(), owners: owners.clone(), settings, on_disk, lock })
    }

    pub(super) fn ground(&self) -> SharingGround<'_> {
        SharingGround {
            root: &self.root,
            owners: &self.owners,
            declared: &self.settings.cookbooks,
            overrides: &self.settings.overrides,
            registries: &self.settings.registries,
            on_disk: &self.on_disk,
        }
    }

    /// The aliases in `[cookbooks]`.
    pub fn aliases(&self) -> impl Iterator<Item = &str> {
        self.settings.cookbooks.iter().map(|source| source.alias.as_str())
    }

    /// The names of locked cookbooks that are fetched.
    pub fn locked_names(&self) -> impl Iterator<Item = &str> {
        let entries = self.lock.iter().flat_map(|lock| lock.entries.values());
        entries
            .filter(|entry| matches!(entry.source, LockedSource::Fetched(_)))
            .map(|entry| entry.name.as_str())
    }

    /// Whether there is a lock.
    #[must_use]
    pub fn has_lock(&self) -> bool {
        self.lock.is_some()
    }

    /// Chooses all versions and fetches their files into the cache. Writes nothing into the project.
    ///
    /// # Errors
    /// A repository can't be fetched, nothing fits, or a cookbook is not as it should be.
    pub fn resolve(&self, wish: &UpdateWish) -> Result<NewLock, Diagnostics> {
        self.resolve_and(wish, &mut |_, _| {})
    }

    /// The same, and then has a look at the places of the new lock.
    pub(super) fn resolve_and(
        &self,
        wish: &UpdateWish,
        look: &mut dyn FnMut(&mut Fetcher<'_>, &LockFile),
    ) -> Result<NewLock, Diagnostics> {
        let none = LockFile::default();
        let old = self.lock.as_ref().unwrap_or(&none);
        if let UpdatedCookbooks::Named(names) = &wish.update
            && let Some(name) = names.iter().find(|name| old.fetched(name).is_none())
        {
            let known: Vec<&str> = self.locked_names().collect();
            let wrong =
                Diagnostic::error(format!("{} has no cookbook `{name}` that is fetched", lock_file::FILE));
            let wrong = match known.as_slice() {
                [] => wrong.hint("`chefrs fetch` makes it"),
                some => wrong.hint(suggestion(name, some, "it has")),
            };
            return Err(wrong.into());
        }
        let cache = CacheDirectory::of_user()?;
        let ground = self.ground();
        let given = ChoiceGround { ground, lock: old, wish };
        let fetcher = RefCell::new(Fetcher::new(&cache, &ground, old, wish));
        let chosen = choose(given, &fetcher)?;
        let new = self.finish(given, &fetcher, &chosen)?;
        look(&mut fetcher.borrow_mut(), &new.lock);
        Ok(new)
    }

    fn finish<'a>(
        &'a self,
        given: ChoiceGround<'a>,
        fetcher: &RefCell<Fetcher<'a>>,
        chosen: &Chosen,
    ) -> Result<NewLock, Diagnostics> {
        let mut wrong = Vec::new();
        let mut content = ChosenContent { given, fetcher, chosen };
        let found = members(&given.ground, &mut content, &mut wrong);
        for (name, candidate) in chosen {
            let Some((tag, version)) = candidate.tagged() else { continue };
            let Some(member) = found.get(name) else { continue };
            let has = &member.listed.cookbook.version;
            if has != version
                && let Some((asked, place)) = member.askers.first()
            {
                let message = format!("the tag `{tag}` holds version {has} of `{name}`");
                wrong.push(asked.wrong(message).note(place.shown()).hint(
                    "`version` in cookbook.toml and the tag must be equal: tag it again, under a new version",
                ));
            }
        }
        wrong.extend(circle(&found));
        if !wrong.is_empty() {
            return Err(Diagnostics(wrong));
        }
        let mut lock = locked(&found);
        let wish = given.wish;
        if let (UpdatedCookbooks::Named(names), Some(precise)) = (&wish.update, &wish.precise) {
            let taken = names.iter().find_map(|name| Some((name, &lock.fetched(name)?.version)));
            if let Some((name, version)) = taken.filter(|(_, version)| *version != precise) {
                let message =
                    format!("`{name}` has version {version} where chefrs.toml takes it from, not {precise}");
                let hint = "its entry names a tag, a branch or a commit: change that, or name a range with `version`";
                return Err(Diagnostic::error(message).hint(hint).into());
            }
        }
        // The same walk as that of a run, which must accept it.
        let mut content = LockedContent { root: &self.root, lock: Some(lock.clone()), strict: false };
        members(&given.ground, &mut content, &mut wrong);
        if !wrong.is_empty() {
            return Err(Diagnostics(wrong));
        }
        let trust = &self.settings.trust;
        let (notes, mut warnings) = judge(trust, &mut fetcher.borrow_mut(), given.lock, &mut lock)?;
        warnings.extend(fetcher.borrow_mut().warnings(&lock, wish));
        Ok(NewLock {
            text: lock.text(),
            changes: changes(given.lock, &lock).into_iter().chain(notes).collect(),
            is_new: if self.lock.is_some() { *given.lock != lock } else { !lock.entries.is_empty() },
            counts: lock.counts(),
            warnings,
            lock,
        })
    }

    /// Writes a file of the project: whole, or nothing of it.
    fn write(&self, name: &str, text: &str) -> Result<(), Diagnostics> {
        let written = DocumentDirectory::open_or_make(&self.root)
            .and_then(|folder| folder.write(name, text.as_bytes()));
        written.map_err(|failure| {
            let mut wrong = Diagnostic::from(failure);
            wrong.message = format!("{name} can't be written: {}", wrong.message);
            wrong.into()
        })
    }

    /// Writes the new lock.
    ///
    /// # Errors
    /// The directory can't be written.
    pub fn write_lock(&self, new: &NewLock) -> Result<(), Diagnostics> {
        if new.is_new { self.write(lock_file::FILE, &new.text) } else { Ok(()) }
    }

    /// Writes `chefrs.toml`.
    ///
    /// # Errors
    /// The directory can't be written.
    pub fn write_settings(&self, text: &str) -> Result<(), Diagnostics> {
        self.write(settings::FILE, text)
    }
}

fn locked(found: &BTreeMap<String, SharedMember>) -> LockFile {
    let mut lock = LockFile::default();
    for (key, member) in found {
        let source = match &member.place {
            MemberPlace::Directory(_, written) => LockedSource::Path(written.clone()),
            MemberPlace::Fetched(origin, content) => {
                let Some(content) = content else { continue };
                let origin = kept_origin(origin, &member.askers);
                let (exact, sum) = (content.exact.clone(), content.sum.clone());
                let version = member.listed.cookbook.version.clone();
                LockedSource::Fetched(LockedVersion { origin, exact, version, sum, signer: None })
            }
        };
        let dependencies = member.listed.cookbook.dependencies.iter();
        let dependencies = dependencies.filter_map(|(alias, name)| {
            let needed = found.get(name)?;
            let full = &needed.listed.full_name;
            Some(match &needed.place {
                MemberPlace::Directory(..) => format!("{alias} = {full}"),
                MemberPlace::Fetched(..) => format!("{alias} = {full} {}", needed.listed.cookbook.version),
            })
        });
        let capabilities = match &source {
            LockedSource::Path(_) => String::new(),
            LockedSource::Fetched(_) => member.listed.capabilities.digest(),
        };
        let name = member.listed.full_name.clone();
        let dependencies = dependencies.collect();
        lock.entries.insert(key.clone(), LockedCookbook { name, source, capabilities, dependencies });
    }
    lock
}

/// The origin as the lock has it: with the tag, branch or commit that somebody names, and without a sum.
fn kept_origin(origin: &FetchedOrigin, askers: &[(SharedSource, MemberPlace)]) -> FetchedOrigin {
    match origin {
        FetchedOrigin::Git(origin) => {
            let mut picks = askers.iter().filter_map(|(_, place)| match place {
                MemberPlace::Fetched(origin, _) => Some(origin.pick()),
                MemberPlace::Directory(..) => None,
            });
            let is_named =
                |pick: &&GitPick| matches!(pick, GitPick::Tag(_) | GitPick::Branch(_) | GitPick::Revision(_));
            let pick = picks.find(is_named).cloned().unwrap_or(GitPick::Version);
            FetchedOrigin::Git(GitOrigin { pick, ..origin.clone() })
        }
        FetchedOrigin::Archive(archive) => {
            FetchedOrigin::Archive(ArchiveOrigin { sum: None, ..archive.clone() })
        }
        other => other.clone(),
    }
}

/// The error for cookbooks that need each other.
fn circle(found: &BTreeMap<String, SharedMember>) -> Option<Diagnostic> {
    let mut done = BTreeSet::new();
    found.keys().find_map(|name| {
        let path = back(found, name, &mut Vec::new(), &mut done)?;
        let member = found.get(&path[0])?;
        let (asked, _) = member.askers.last()?;
        let names: Vec<&str> = path.iter().map(String::as_str).chain([path[0].as_str()]).collect();
        let message = format!("cookbooks need each other in a circle: {}", names.join(", "));
        Some(asked.wrong(message).hint("move what both need into a third one"))
    })
}

/// The circle that a cookbook leads into, if there is one.
fn back(
    found: &BTreeMap<String, SharedMember>,
    name: &String,
    path: &mut Vec<String>,
    done: &mut BTreeSet<String>,
) -> Option<Vec<String>> {
    if let Some(at) = path.iter().position(|known| known == name) {
        return Some(path[at..].to_vec());
    }
    let member = found.get(name).filter(|_| !done.contains(name))?;
    path.push(name.clone());
    let circle = member.listed.cookbook.dependencies.values().find_map(|next| back(found, next, path, done));
    path.pop();
    done.insert(name.clone());
    circle
}
