//! The cookbooks that a project takes from elsewhere: which there are, which are locked, and changes of both.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};

use super::book::Cookbook;
use super::cache::CacheDirectory;
use super::commit_choice::{CommitChooser, UpdateWish, UpdatedCookbooks, VersionRule};
use super::lock_file::{self, LockFile, LockedCommit, LockedCookbook, LockedSource};
use super::locked_content::LockedContent;
use super::manifest::{self, Listed};
use super::members::{MemberPlace, SharedMember, SharingGround, members};
use super::owners::Owners;
use super::settings::{self, Settings};
use super::shared_source::{GitOrigin, GitPick};
use crate::model::english::suggestion;
use crate::model::error::{Diagnostic, Diagnostics};
use crate::target::local::document::DocumentDirectory;

/// Most rounds until what is asked for no longer changes.
const ROUNDS: usize = 32;

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
    /// How many cookbooks come from a repository.
    pub commits: usize,
    /// How many are directories.
    pub paths: usize,
    pub(super) lock: LockFile,
}

impl NewLock {
    /// The version of a cookbook that comes from a repository.
    #[must_use]
    pub fn version(&self, name: &str) -> Option<&str> {
        self.lock.commit(name).map(|git| git.version.as_str())
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
        let on_disk = manifest::on_disk(root, owners, &mut wrong, &mut BTreeMap::new());
        if !wrong.is_empty() {
            return Err(Diagnostics(wrong));
        }
        let lock = own.text(lock_file::FILE)?.map(|text| LockFile::read(&text)).transpose()?;
        Ok(Self { root: root.to_owned(), owners: owners.clone(), settings, on_disk, lock })
    }

    fn ground(&self) -> SharingGround<'_> {
        SharingGround {
            root: &self.root,
            owners: &self.owners,
            declared: &self.settings.cookbooks,
            overrides: &self.settings.overrides,
            on_disk: &self.on_disk,
        }
    }

    /// The aliases in `[cookbooks]`.
    pub fn aliases(&self) -> impl Iterator<Item = &str> {
        self.settings.cookbooks.iter().map(|source| source.alias.as_str())
    }

    /// The names of locked cookbooks of repositories.
    pub fn locked_names(&self) -> impl Iterator<Item = &str> {
        let lock = self.lock.iter();
        lock.flat_map(|lock| lock.entries.keys().filter(|name| lock.commit(name).is_some()))
            .map(String::as_str)
    }

    /// Whether there is a lock.
    #[must_use]
    pub fn has_lock(&self) -> bool {
        self.lock.is_some()
    }

    /// Chooses all commits and fetches their files into the cache. Writes nothing into the project.
    ///
    /// # Errors
    /// A repository can't be fetched, nothing fits, or a cookbook is not as it should be.
    pub fn resolve(&self, wish: &UpdateWish) -> Result<NewLock, Diagnostics> {
        let none = LockFile::default();
        let old = self.lock.as_ref().unwrap_or(&none);
        if let UpdatedCookbooks::Named(names) = &wish.update
            && let Some(name) = names.iter().find(|name| old.commit(name).is_none())
        {
            let known: Vec<&str> = self.locked_names().collect();
            let wrong =
                Diagnostic::error(format!("{} has no cookbook `{name}` of a repository", lock_file::FILE));
            let wrong = match known.as_slice() {
                [] => wrong.hint("`chefrs fetch` makes it"),
                some => wrong.hint(suggestion(name, some, "it has")),
            };
            return Err(wrong.into());
        }
        let cache = CacheDirectory::of_user()?;
        let mut chooser = CommitChooser::new(&cache, &self.root, old, wish);
        for _ in 0..ROUNDS {
            let mut wrong = Vec::new();
            let found = members(&self.ground(), &mut chooser, &mut wrong);
            let mut rules = std::mem::take(&mut chooser.asked);
            self.add_wants(&found, &mut rules);
            if rules == chooser.rules {
                return self.finish(found, &chooser, old, wrong);
            }
            chooser.rules = rules;
        }
        Err(Diagnostic::error("the cookbooks ask for each other's versions in a way that has no end")
            .hint("name one of them in `[cookbooks]` of chefrs.toml, with `tag` or `revision`")
            .into())
    }

    /// Adds what is asked for without saying where it is.
    fn add_wants(
        &self,
        found: &BTreeMap<String, SharedMember>,
        rules: &mut BTreeMap<String, Vec<VersionRule>>,
    ) {
        let listed = found.values().map(|member| &member.listed).chain(self.on_disk.values());
        for listed in listed {
            for want in &listed.wants {
                if let Some(rules) = rules.get_mut(&want.cookbook) {
                    rules.push(VersionRule {
                        pick: GitPick::Version,
                        range: want.version.clone(),
                        by: format!("cookbook `{}`", listed.cookbook.name),
                        location: want.location.clone(),
                    });
                }
            }
        }
    }

    fn finish(
        &self,
        found: BTreeMap<String, SharedMember>,
        chooser: &CommitChooser<'_>,
        old: &LockFile,
        mut wrong: Vec<Diagnostic>,
    ) -> Result<NewLock, Diagnostics> {
        for (name, (tag, version)) in &chooser.tagged {
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
        let lock = locked(&found, &chooser.picked);
        if let (UpdatedCookbooks::Named(names), Some(precise)) = (&chooser.wish.update, &chooser.wish.precise)
        {
            let taken = names.iter().find_map(|name| Some((name, &lock.commit(name)?.version)));
            if let Some((name, version)) = taken.filter(|(_, version)| *version != precise) {
                let message =
                    format!("`{name}` has version {version} where chefrs.toml takes it from, not {precise}");
                let hint = "its entry names a tag, a branch or a commit: change that, or name a range with `version`";
                return Err(Diagnostic::error(message).hint(hint).into());
            }
        }
        // The same walk as that of a run, which must accept it.
        let mut content = LockedContent { root: &self.root, lock: Some(lock.clone()), strict: false };
        members(&self.ground(), &mut content, &mut wrong);
        if !wrong.is_empty() {
            return Err(Diagnostics(wrong));
        }
        let commits = lock.entries.keys().filter(|name| lock.commit(name).is_some()).count();
        Ok(NewLock {
            text: lock.text(),
            changes: changes(old, &lock),
            is_new: if self.lock.is_some() { *old != lock } else { !lock.entries.is_empty() },
            commits,
            paths: lock.entries.len() - commits,
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

fn locked(found: &BTreeMap<String, SharedMember>, picked: &BTreeMap<String, GitPick>) -> LockFile {
    let mut lock = LockFile::default();
    for (name, member) in found {
        let source = match &member.place {
            MemberPlace::Directory(_, written) => LockedSource::Path(written.clone()),
            MemberPlace::Repository(origin, content) => {
                let Some(content) = content else { continue };
                let pick = match picked.get(name) {
                    Some(pick @ (GitPick::Tag(_) | GitPick::Branch(_) | GitPick::Revision(_))) => {
                        pick.clone()
                    }
                    _ => GitPick::Version,
                };
                let origin = GitOrigin { pick, ..origin.clone() };
                let (commit, sum) = (content.commit.clone(), content.sum.clone());
                let version = member.listed.cookbook.version.clone();
                LockedSource::Git(LockedCommit { origin, commit, version, sum })
            }
        };
        let dependencies = member.listed.cookbook.dependencies.iter();
        let dependencies = dependencies.filter_map(|(alias, name)| {
            Some(match &found.get(name)?.place {
                MemberPlace::Directory(..) => format!("{alias} = {name}"),
                MemberPlace::Repository(..) => {
                    format!("{alias} = {name} {}", found[name].listed.cookbook.version)
                }
            })
        });
        lock.entries.insert(name.clone(), LockedCookbook { source, dependencies: dependencies.collect() });
    }
    lock
}

/// What is different in a new lock.
fn changes(old: &LockFile, new: &LockFile) -> Vec<String> {
    let names: BTreeSet<&String> = old.entries.keys().chain(new.entries.keys()).collect();
    let shown = |lock: &LockFile, name: &str| match lock.commit(name) {
        Some(git) => format!("{} ({})", git.version, &git.commit[..7]),
        None => "a directory".to_owned(),
    };
    let change = |name: &String| match (old.entries.get(name), new.entries.get(name)) {
        (None, _) => Some(format!("added {name} {}", shown(new, name))),
        (_, None) => Some(format!("removed {name} {}", shown(old, name))),
        (Some(one), Some(other)) if one.source != other.source => {
            Some(format!("changed {name} {} to {}", shown(old, name), shown(new, name)))
        }
        _ => None,
    };
    names.into_iter().filter_map(change).collect()
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
