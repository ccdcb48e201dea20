//! Chooses the commits of git cookbooks: the locked one, or else the newest that fits all who ask for it.

use std::collections::BTreeMap;

use camino::Utf8Path;

use super::cache::CacheDirectory;
use super::git::{GitClone, GitName};
use super::lock_file::{FILE, LockFile, LockedCommit};
use super::locked_content::content;
use super::members::{ContentFinder, FoundContent, MemberPlace};
use super::range::VersionRange;
use super::shared_source::{GitOrigin, GitPick, SharedSource};
use super::tagged_version::{TAGS, versions};
use crate::model::english::list_some;
use crate::model::error::{Diagnostic, Location};

/// Most versions that a message names.
const NAMED: usize = 5;

/// What may change in the lock, and whether the network may be used.
#[derive(Debug, Clone, Default)]
pub struct UpdateWish {
    pub update: UpdatedCookbooks,
    /// The version to take for the one cookbook that is named.
    pub precise: Option<String>,
    /// Whether only what was fetched before is used.
    pub offline: bool,
}

/// The cookbooks whose locked commits don't count.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum UpdatedCookbooks {
    #[default]
    None,
    All,
    Named(Vec<String>),
}

impl UpdateWish {
    fn updates(&self, name: &str) -> bool {
        match &self.update {
            UpdatedCookbooks::None => false,
            UpdatedCookbooks::All => true,
            UpdatedCookbooks::Named(names) => names.iter().any(|named| named == name),
        }
    }

    fn precise(&self, name: &str) -> Option<&str> {
        self.precise.as_deref().filter(|_| self.updates(name))
    }
}

/// What one of those who ask for a cookbook wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct VersionRule {
    pub(super) pick: GitPick,
    pub(super) range: VersionRange,
    pub(super) by: String,
    pub(super) location: Location,
}

/// Chooses, in rounds, until what is asked for no longer changes.
pub(super) struct CommitChooser<'a> {
    pub(super) cache: &'a CacheDirectory,
    pub(super) root: &'a Utf8Path,
    pub(super) lock: &'a LockFile,
    pub(super) wish: &'a UpdateWish,
    /// What was asked for in the last round, by name.
    pub(super) rules: BTreeMap<String, Vec<VersionRule>>,
    /// What is asked for in this round.
    pub(super) asked: BTreeMap<String, Vec<VersionRule>>,
    /// The tags that were taken for their version: tag and version.
    pub(super) tagged: BTreeMap<String, (String, String)>,
    /// What counted for each: a tag, a branch, or a version.
    pub(super) picked: BTreeMap<String, GitPick>,
    fetched: BTreeMap<String, Result<(), Diagnostic>>,
    loaded: BTreeMap<(String, String, String), FoundContent>,
    taken: BTreeMap<String, FoundContent>,
}

/// A commit, and the tag that led to it.
struct ChosenCommit {
    commit: String,
    /// Tag and version.
    tag: Option<(String, String)>,
}

impl<'a> CommitChooser<'a> {
    pub(super) fn new(
        cache: &'a CacheDirectory,
        root: &'a Utf8Path,
        lock: &'a LockFile,
        wish: &'a UpdateWish,
    ) -> Self {
        Self {
            cache,
            root,
            lock,
            wish,
            rules: BTreeMap::new(),
            asked: BTreeMap::new(),
            tagged: BTreeMap::new(),
            picked: BTreeMap::new(),
            fetched: BTreeMap::new(),
            loaded: BTreeMap::new(),
            taken: BTreeMap::new(),
        }
    }

    /// Fetches a repository, once.
    fn fetch(&mut self, url: &str) -> Result<(), Diagnostic> {
        if let Some(done) = self.fetched.get(url) {
            return done.clone();
        }
        let clone = GitClone::of(self.cache, url);
        let done = match self.wish.offline {
            false => clone.fetch(None),
            true if clone.is_there() => Ok(()),
            true => Err(Diagnostic::error(format!("the repository `{url}` was never fetched"))
                .hint("leave out `--offline` once")),
        };
        self.fetched.insert(url.to_owned(), done.clone());
        done
    }

    /// The files at a commit, fetched if they are not there.
    fn load(&mut self, name: &str, origin: &GitOrigin, commit: &str) -> Result<FoundContent, Diagnostic> {
        let key = (origin.url.clone(), origin.subdirectory.clone(), commit.to_owned());
        if let Some(found) = self.loaded.get(&key) {
            return Ok(found.clone());
        }
        let clone = GitClone::of(self.cache, &origin.url);
        let commit = self.whole_commit(origin, commit)?;
        let sum = self.cache.put(&clone.files(&commit, &origin.subdirectory)?)?;
        let label = format!("{name}@{}", &commit[..12]);
        let found = FoundContent { directory: self.cache.tree(&sum), label, commit, sum };
        self.loaded.insert(key, found.clone());
        Ok(found)
    }

    /// The whole name of a commit, which is fetched if it is not there.
    fn whole_commit(&mut self, origin: &GitOrigin, revision: &str) -> Result<String, Diagnostic> {
        let clone = GitClone::of(self.cache, &origin.url);
        if clone.is_there()
            && let Some(commit) = clone.commit(revision)?
        {
            return Ok(commit);
        }
        self.fetch(&origin.url)?;
        if let Some(commit) = clone.commit(revision)? {
            return Ok(commit);
        }
        // Of a commit that no branch and no tag has, servers give the whole name at best.
        let is_asked = !self.wish.offline && revision.len() >= 40 && clone.fetch(Some(revision)).is_ok();
        match is_asked.then(|| clone.commit(revision)).transpose()?.flatten() {
            Some(commit) => Ok(commit),
            None => {
                Err(Diagnostic::error(format!("the repository `{}` has no commit {revision}", origin.url))
                    .note("it may have been there: a branch can be written anew, and a tag removed")
                    .hint("`chefrs update NAME` takes another one, if chefrs.toml does not name this commit"))
            }
        }
    }

    /// The locked commit with its files.
    fn load_locked(&mut self, name: &str, entry: &LockedCommit) -> Result<FoundContent, Diagnostic> {
        // What is damaged in the cache is fetched again.
        let found = content(self.root, name, entry, false).ok().flatten();
        if let Some(found) = found {
            return Ok(found);
        }
        let found = self.load(name, &entry.origin, &entry.commit)?;
        if found.sum == entry.sum {
            return Ok(found);
        }
        let message = format!("the files of `{name}` {} differ from their sum in {FILE}", entry.version);
        Err(Diagnostic::error(message)
            .note(format!("commit {} of {}", entry.commit, entry.origin.shown()))
            .note(format!("{FILE} has {}, the repository {}", entry.sum, found.sum))
            .hint(
                "one of them was changed: ask who did it; `chefrs update NAME` takes what the repository has",
            ))
    }

    fn names(&mut self, url: &str) -> Result<Vec<GitName>, Diagnostic> {
        self.fetch(url)?;
        GitClone::of(self.cache, url).names()
    }

    /// The commit of a tag or a branch.
    fn named(
        &mut self,
        asked: &SharedSource,
        origin: &GitOrigin,
        (kind, short): (&str, &str),
    ) -> Result<ChosenCommit, Diagnostic> {
        let names = self.names(&origin.url)?;
        let whole = format!("{kind}{short}");
        let found = names.iter().find(|known| known.name == whole);
        found.map(|known| ChosenCommit { commit: known.commit.clone(), tag: None }).ok_or_else(|| {
            let mut there: Vec<&str> =
                names.iter().filter_map(|known| known.name.strip_prefix(kind)).collect();
            there.reverse();
            let what = if kind == TAGS { "tag" } else { "branch" };
            let wrong = asked.wrong(format!("the repository `{}` has no {what} `{short}`", origin.url));
            if there.is_empty() { wrong } else { wrong.hint(format!("it has {}", list_some(&there, NAMED))) }
        })
    }

    /// The newest version in all ranges.
    fn newest(
        &mut self,
        asked: &SharedSource,
        origin: &GitOrigin,
        rules: &[VersionRule],
    ) -> Result<ChosenCommit, Diagnostic> {
        let versions = versions(&asked.name, origin, &self.names(&origin.url)?);
        let precise = self.wish.precise(&asked.name).map(str::to_owned);
        let fits = |version: &str| rules.iter().all(|rule| rule.range.allows(version));
        let chosen = match &precise {
            Some(precise) => versions.iter().find(|known| known.version == *precise),
            None => versions.iter().find(|known| fits(&known.version)),
        };
        if let Some(chosen) = chosen.filter(|chosen| fits(&chosen.version)) {
            let tag = Some((chosen.tag.clone(), chosen.version.clone()));
            return Ok(ChosenCommit { commit: chosen.commit.clone(), tag });
        }
        let there: Vec<&str> = versions.iter().map(|known| known.version.as_str()).collect();
        let message = match (&precise, there.is_empty()) {
            (_, true) => format!("{} has no tag with a version of `{}`", origin.shown(), asked.name),
            (Some(precise), _) if chosen.is_none() => {
                format!("there is no version {precise} of `{}` in {}", asked.name, origin.shown())
            }
            (Some(precise), _) => {
                format!("version {precise} of `{}` does not fit all who ask for it", asked.name)
            }
            (None, _) => format!("no version of `{}` fits all who ask for it", asked.name),
        };
        let mut wrong = asked.wrong(message);
        for rule in rules.iter().filter(|rule| !rule.range.is_any()) {
            wrong.notes.push(format!("{} asks for {}, at {}", rule.by, rule.range, rule.location));
        }
        if there.is_empty() {
            return Err(wrong.hint(format!(
                "a version is a tag such as `v1.0.0` or `{0}-v1.0.0`; if the cookbook is not called `{0}`, say its name \
                 with `cookbook`",
                asked.name
            ))
            .hint("or name a `tag`, a `branch` or a `revision`"));
        }
        let ranges = if rules.len() > 1 { "one of the ranges" } else { "the range" };
        Err(wrong
            .note(match there.as_slice() {
                [only] => format!("its only version is {only}"),
                several => format!("its versions are {}", list_some(several, NAMED)),
            })
            .hint(format!(
                "change {ranges}, or put a directory into the place of the cookbook: `[override]` in chefrs.toml"
            )))
    }

    /// The commit for all who ask.
    fn choose(
        &mut self,
        asked: &SharedSource,
        origin: &GitOrigin,
        rules: &[VersionRule],
    ) -> Result<FoundContent, Diagnostic> {
        let name = &asked.name;
        let exact = rules.iter().map(|rule| &rule.pick).find(|pick| **pick != GitPick::Version);
        let pick = exact.cloned().unwrap_or(GitPick::Version);
        self.picked.insert(name.clone(), pick.clone());
        self.tagged.remove(name);
        let locked = self.lock.commit(name).filter(|entry| entry.origin.is_same_place(origin)).cloned();
        let is_kept = |entry: &&LockedCommit| match &pick {
            GitPick::Revision(revision) => entry.commit.starts_with(revision.as_str()),
            GitPick::Beside(commit) => entry.commit == *commit,
            GitPick::Version => {
                !self.wish.updates(name)
                    && entry.origin.pick == GitPick::Version
                    && rules.iter().all(|rule| rule.range.allows(&entry.version))
            }
            named => !self.wish.updates(name) && *named == entry.origin.pick,
        };
        if let Some(entry) = locked.as_ref().filter(is_kept) {
            return self.load_locked(name, entry);
        }
        let chosen = match &pick {
            GitPick::Version => self.newest(asked, origin, rules)?,
            GitPick::Tag(tag) => self.named(asked, origin, (TAGS, tag))?,
            GitPick::Branch(branch) => self.named(asked, origin, (BRANCHES, branch))?,
            GitPick::Revision(commit) | GitPick::Beside(commit) => {
                ChosenCommit { commit: self.whole_commit(origin, commit)?, tag: None }
            }
        };
        let mut found = self.load(name, origin, &chosen.commit)?;
        // The tag that led to the lock, if it leads to other files now.
        let moved = locked.filter(|entry| entry.origin.pick == pick && entry.sum != found.sum);
        let moved = moved.filter(|_| self.wish.precise(name).is_none());
        let tag = match (&pick, &chosen.tag) {
            (GitPick::Tag(tag), _) => Some((tag, None)),
            (_, Some((tag, version))) => Some((tag, Some(version))),
            _ => None,
        };
        if let (Some(entry), Some((tag, version))) = (moved, tag)
            && version.is_none_or(|version| entry.version == *version)
        {
            return Err(asked
                .wrong(format!("the tag `{tag}` of `{}` was moved", origin.url))
                .note(format!("{FILE} has commit {}, the tag is at {} now", entry.commit, chosen.commit))
                .hint("ask who moved it, and why: a version should never change")
                .hint(format!("`chefrs update {name} --precise {}` takes the new commit", entry.version)));
        }
        if let Some((tag, version)) = chosen.tag {
            found.label = format!("{name}@{version}");
            self.tagged.insert(name.clone(), (tag, version));
        }
        Ok(found)
    }

    fn note(&mut self, asked: &SharedSource, origin: &GitOrigin) -> Vec<VersionRule> {
        let rule = VersionRule {
            pick: origin.pick.clone(),
            range: asked.version.clone(),
            by: asked.by.clone(),
            location: asked.location.clone(),
        };
        self.asked.entry(asked.name.clone()).or_default().push(rule.clone());
        let mut rules = self.rules.get(&asked.name).cloned().unwrap_or_default();
        if !rules.contains(&rule) {
            rules.push(rule);
        }
        rules
    }
}

impl ContentFinder for CommitChooser<'_> {
    fn find(&mut self, asked: &SharedSource, origin: &GitOrigin) -> Result<FoundContent, Diagnostic> {
        let rules = self.note(asked, origin);
        let found = self.choose(asked, origin, &rules)?;
        self.taken.insert(asked.name.clone(), found.clone());
        Ok(found)
    }

    fn settled(&self, _: &[(SharedSource, MemberPlace)]) -> Result<(), Diagnostic> {
        Ok(())
    }

    fn agree(&mut self, asked: &SharedSource, origin: &GitOrigin) -> Result<(), Diagnostic> {
        self.note(asked, origin);
        let Some(taken) = self.taken.get(&asked.name).cloned() else { return Ok(()) };
        let picked = self.picked.get(&asked.name).cloned().unwrap_or(GitPick::Version);
        let is_named = |pick: &GitPick| matches!(pick, GitPick::Tag(_) | GitPick::Branch(_));
        let sum = match &origin.pick {
            GitPick::Version => return Ok(()),
            pick if is_named(pick) && is_named(&picked) && *pick == picked => return Ok(()),
            pick if is_named(pick) => String::new(),
            GitPick::Revision(commit) if taken.commit.starts_with(commit.as_str()) => return Ok(()),
            GitPick::Beside(commit) if taken.commit == *commit => return Ok(()),
            // Another commit with the same files is as good.
            GitPick::Beside(commit) => self.load(&asked.name, origin, commit)?.sum,
            _ => String::new(),
        };
        if sum == taken.sum {
            return Ok(());
        }
        let message = format!("`{}` is asked for at two commits of {}", asked.name, origin.shown());
        let mut wrong = asked.wrong(message);
        let other =
            self.rules.get(&asked.name).into_iter().flatten().find(|rule| rule.location != asked.location);
        wrong.notes.extend(other.map(|rule| format!("{} asks for it too, at {}", rule.by, rule.location)));
        Err(wrong
            .hint("name one commit for both, or put a directory into its place: `[override]` in chefrs.toml"))
    }
}

const BRANCHES: &str = "refs/heads/";
