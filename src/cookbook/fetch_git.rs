//! Cookbooks from git repositories: versions are tags, and manifests are read without the other files.

use std::collections::BTreeMap;

use super::cache::CacheDirectory;
use super::git::{GitClone, GitName};
use super::listed_version::ListedVersion;
use super::manifest;
use super::members::FoundContent;
use super::shared_origin::{GitOrigin, GitPick, SharedSource};
use super::signature::in_message;
use super::tagged_version::{TAGS, versions};
use crate::model::english::list_some;
use crate::model::error::Diagnostic;

/// Prefix of the names of branches.
const BRANCHES: &str = "refs/heads/";
/// Most names in a message.
const NAMED: usize = 5;

/// Fetches from repositories, each once.
#[derive(Debug)]
pub(super) struct GitFetcher<'a> {
    cache: &'a CacheDirectory,
    offline: bool,
    fetched: BTreeMap<String, Result<(), Diagnostic>>,
    names: Vec<(String, Vec<GitName>)>,
    loaded: BTreeMap<(String, String, String), FoundContent>,
}

impl<'a> GitFetcher<'a> {
    pub(super) fn new(cache: &'a CacheDirectory, offline: bool) -> Self {
        Self { cache, offline, fetched: BTreeMap::new(), names: Vec::new(), loaded: BTreeMap::new() }
    }

    /// Fetches a repository, once.
    pub(super) fn fetch(&mut self, url: &str) -> Result<GitClone<'a>, Diagnostic> {
        let clone = GitClone::of(self.cache, url);
        if let Some(done) = self.fetched.get(url) {
            return done.clone().map(|()| clone);
        }
        let done = match self.offline {
            false => clone.fetch(None),
            true if clone.is_there() => Ok(()),
            true => Err(Diagnostic::error(format!("the repository `{url}` was never fetched"))
                .hint("leave out `--offline` once")),
        };
        self.fetched.insert(url.to_owned(), done.clone());
        done.map(|()| clone)
    }

    fn names(&mut self, url: &str) -> Result<&[GitName], Diagnostic> {
        let known = self.names.iter().position(|(of, _)| of == url);
        let index = match known {
            Some(index) => index,
            None => {
                let names = self.fetch(url)?.names()?;
                self.names.push((url.to_owned(), names));
                self.names.len() - 1
            }
        };
        Ok(&self.names[index].1)
    }

    /// The versions that tags name, newest first.
    pub(super) fn versions(
        &mut self,
        asked: &SharedSource,
        origin: &GitOrigin,
    ) -> Result<Vec<ListedVersion>, Diagnostic> {
        let name = asked.key();
        let found = versions(&name, origin, self.names(&origin.url)?);
        if found.is_empty() {
            let message = format!("{} has no tag with a version of `{name}`", origin.shown());
            return Err(asked
                .wrong(message)
                .hint(format!(
                    "a version is a tag such as `v1.0.0` or `{name}-v1.0.0`; if the cookbook is not called `{name}`, say \
                     its name with `cookbook`"
                ))
                .hint("or name a `tag`, a `branch` or a `revision`"));
        }
        let listed = |found: super::tagged_version::TaggedVersion| {
            let label = format!("{name}@{}", found.version);
            ListedVersion { tag: found.tag, ..ListedVersion::new(found.version, found.commit, label) }
        };
        Ok(found.into_iter().map(listed).collect())
    }

    /// The commit that is named by a tag, a branch, or itself.
    pub(super) fn picked(&mut self, asked: &SharedSource, origin: &GitOrigin) -> Result<String, Diagnostic> {
        let (kind, what, short) = match &origin.pick {
            GitPick::Tag(tag) => (TAGS, "tag", tag),
            GitPick::Branch(branch) => (BRANCHES, "branch", branch),
            GitPick::Revision(commit) | GitPick::Beside(commit) => return self.whole_commit(origin, commit),
            GitPick::Version => return Ok(String::new()),
        };
        let names = self.names(&origin.url)?;
        let whole = format!("{kind}{short}");
        if let Some(known) = names.iter().find(|known| known.name == whole) {
            return Ok(known.commit.clone());
        }
        let mut there: Vec<&str> = names.iter().filter_map(|known| known.name.strip_prefix(kind)).collect();
        there.reverse();
        let wrong = asked.wrong(format!("the repository `{}` has no {what} `{short}`", origin.url));
        Err(if there.is_empty() { wrong } else { wrong.hint(format!("it has {}", list_some(&there, NAMED))) })
    }

    /// The signature in the message of a tag of a commit, if there is one.
    pub(super) fn signature(
        &mut self,
        origin: &GitOrigin,
        commit: &str,
    ) -> Result<Option<String>, Diagnostic> {
        let messages = GitClone::of(self.cache, &origin.url).tag_messages(commit)?;
        Ok(messages.iter().find_map(|message| in_message(message)))
    }

    /// The manifest at a commit, if there is one. The inner error is why the directory can't be used.
    pub(super) fn manifest(
        &mut self,
        origin: &GitOrigin,
        commit: &str,
    ) -> Result<Result<Option<String>, Diagnostic>, Diagnostic> {
        let clone = GitClone::of(self.cache, &origin.url);
        let commit = self.whole_commit(origin, commit)?;
        let path = super::path::join(&origin.subdirectory, manifest::FILE);
        match clone.text(&commit, &path)? {
            Some(text) => Ok(Ok(Some(text))),
            // The error for a directory that is not there is a better one.
            None => Ok(clone.files(&commit, &origin.subdirectory).map(|_| None)),
        }
    }

    /// The files at a commit, fetched if they are not there.
    pub(super) fn load(
        &mut self,
        label: &str,
        origin: &GitOrigin,
        commit: &str,
    ) -> Result<FoundContent, Diagnostic> {
        let key = (origin.url.clone(), origin.subdirectory.clone(), commit.to_owned());
        if let Some(found) = self.loaded.get(&key) {
            return Ok(FoundContent { label: label.to_owned(), ..found.clone() });
        }
        let clone = GitClone::of(self.cache, &origin.url);
        let exact = self.whole_commit(origin, commit)?;
        let sum = self.cache.put(&clone.files(&exact, &origin.subdirectory)?)?;
        let label = label.to_owned();
        let found = FoundContent { directory: self.cache.tree(&sum), label, exact, sum };
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
        let is_asked = !self.offline && revision.len() >= 40 && clone.fetch(Some(revision)).is_ok();
        match is_asked.then(|| clone.commit(revision)).transpose()?.flatten() {
            Some(commit) => Ok(commit),
            None => {
                Err(Diagnostic::error(format!("the repository `{}` has no commit {revision}", origin.url))
                    .note("it may have been there: a branch can be written anew, and a tag removed")
                    .hint("`chefrs update NAME` takes another one, if chefrs.toml does not name this commit"))
            }
        }
    }
}
