//! Lists and fetches versions of cookbooks, wherever they are.

use camino::Utf8Path;

use super::archive::{PACKED, unpack};
use super::cache::CacheDirectory;
use super::candidate::{Candidate, CandidateKind};
use super::fetch_git::GitFetcher;
use super::fetch_oci::OciFetcher;
use super::fetch_registry::RegistryFetcher;
use super::index_place::fetched;
use super::listed_version::ListedVersion;
use super::lock_file::{FILE, LockFile, LockedSource, LockedVersion};
use super::locked_content::content;
use super::manifest::{self, Needs};
use super::members::{FoundContent, MemberPlace, SharingGround};
use super::shared_origin::{ArchiveOrigin, FetchedOrigin, GitOrigin, SharedSource};
use super::source::Source;
use super::tree_sum;
use super::update_wish::{UpdateWish, UpdatedCookbooks};
use crate::model::english::one_line;
use crate::model::error::Diagnostic;

/// Fetches, each thing once.
#[derive(Debug)]
pub(super) struct Fetcher<'a> {
    cache: &'a CacheDirectory,
    root: &'a Utf8Path,
    lock: &'a LockFile,
    offline: bool,
    pub(super) git: GitFetcher<'a>,
    pub(super) registry: RegistryFetcher<'a>,
    pub(super) oci: OciFetcher<'a>,
    archives: Vec<(String, FoundContent)>,
}

impl<'a> Fetcher<'a> {
    pub(super) fn new(
        cache: &'a CacheDirectory,
        ground: &SharingGround<'a>,
        lock: &'a LockFile,
        wish: &'a UpdateWish,
    ) -> Self {
        let (root, registries, offline) = (ground.root, ground.registries, wish.offline);
        Self {
            cache,
            root,
            lock,
            offline,
            git: GitFetcher::new(cache, offline),
            registry: RegistryFetcher::new(cache, root, registries, offline),
            oci: OciFetcher::new(cache, registries.min_age, wish),
            archives: Vec::new(),
        }
    }

    /// The versions that a place has, newest first.
    pub(super) fn versions(
        &mut self,
        asked: &SharedSource,
        origin: &FetchedOrigin,
    ) -> Result<Vec<ListedVersion>, Diagnostic> {
        match origin {
            FetchedOrigin::Git(origin) => self.git.versions(asked, origin),
            FetchedOrigin::Registry(index) => self.registry.versions(&mut self.git, asked, index),
            FetchedOrigin::Oci(name) => self.oci.versions(asked, name),
            FetchedOrigin::Archive(_) => {
                Ok(vec![ListedVersion::new(String::new(), String::new(), asked.key())])
            }
        }
    }

    /// What a candidate needs. The inner error is why it can't be used.
    pub(super) fn needs(
        &mut self,
        candidate: &Candidate,
        ground: &SharingGround<'_>,
    ) -> Result<Result<Needs, Diagnostic>, Diagnostic> {
        let asked = &candidate.asked;
        match (&candidate.kind, &candidate.place) {
            (CandidateKind::Directory, MemberPlace::Directory(real, written)) => {
                // What is wrong with it is told when all are read.
                Ok(Ok(of_directory(asked, ground, (real, written)).unwrap_or_default()))
            }
            (CandidateKind::Locked(entry), _) => {
                let found = self.load_locked(asked, entry)?;
                Ok(of_directory(asked, ground, (&found.directory, &found.label)))
            }
            (CandidateKind::Listed(listed), MemberPlace::Fetched(origin, _)) => match origin {
                FetchedOrigin::Git(origin) => self.git_needs(asked, origin, listed),
                FetchedOrigin::Registry(_) => {
                    Ok(listed.line.as_ref().map_or_else(|| Ok(Needs::default()), |line| line.needs(asked)))
                }
                FetchedOrigin::Oci(name) => self.oci.needs(asked, name, listed),
                FetchedOrigin::Archive(archive) => {
                    let found = self.archive(asked, archive)?;
                    Ok(of_directory(asked, ground, (&found.directory, &found.label)))
                }
            },
            _ => Ok(Ok(Needs::default())),
        }
    }

    /// The sum of the files at a commit.
    pub(super) fn git_sum(&mut self, origin: &FetchedOrigin, commit: &str) -> Result<String, Diagnostic> {
        match origin {
            FetchedOrigin::Git(origin) => Ok(self.git.load("", origin, commit)?.sum),
            _ => Err(Diagnostic::error("it is not in a repository")),
        }
    }

    /// What a commit needs.
    pub(super) fn git_needs(
        &mut self,
        asked: &SharedSource,
        origin: &GitOrigin,
        listed: &ListedVersion,
    ) -> Result<Result<Needs, Diagnostic>, Diagnostic> {
        let text = match self.git.manifest(origin, &listed.exact)? {
            Ok(text) => text,
            Err(wrong) => return Ok(Err(wrong)),
        };
        let Some(text) = text else {
            return Ok(Err(no_cookbook(asked, &origin.shown())
                .hint("`subdirectory` names the directory with `cookbook.toml`")));
        };
        Ok(manifest::needs(asked, &format!("{}/{}", listed.label, manifest::FILE), &text))
    }

    /// The files of a chosen version.
    pub(super) fn load(
        &mut self,
        asked: &SharedSource,
        origin: &FetchedOrigin,
        listed: &ListedVersion,
    ) -> Result<FoundContent, Diagnostic> {
        match origin {
            FetchedOrigin::Git(origin) => self.git.load(&listed.label, origin, &listed.exact),
            FetchedOrigin::Registry(index) => match &listed.line {
                Some(line) => self.registry.load(&mut self.git, index, line),
                None => Err(asked.wrong("it is not in the index")),
            },
            FetchedOrigin::Oci(name) => self.oci.load(asked, name, listed),
            FetchedOrigin::Archive(archive) => self.archive(asked, archive),
        }
    }

    /// The signature of a locked version, from where it was fetched.
    pub(super) fn signature(
        &mut self,
        name: &str,
        locked: &LockedVersion,
    ) -> Result<Option<String>, Diagnostic> {
        let asked = SharedSource::of_registry(name);
        match &locked.origin {
            FetchedOrigin::Git(origin) => self.git.signature(origin, &locked.exact),
            FetchedOrigin::Registry(index) => {
                let line = self.registry.line(&mut self.git, &asked, (index, &locked.version))?;
                Ok(line.signature.clone())
            }
            FetchedOrigin::Oci(reference) => Ok(self.oci.config(&asked, reference, &locked.exact)?.signature),
            FetchedOrigin::Archive(_) => Ok(None),
        }
    }

    /// The files of an archive, downloaded once.
    fn archive(&mut self, asked: &SharedSource, archive: &ArchiveOrigin) -> Result<FoundContent, Diagnostic> {
        let url = &archive.url;
        let found = |sum: &str| FoundContent {
            directory: self.cache.tree(sum),
            label: asked.key(),
            exact: String::new(),
            sum: sum.to_owned(),
        };
        if let Some(sum) = archive.sum.as_ref().filter(|sum| self.cache.has(sum)) {
            return Ok(found(sum));
        }
        if let Some((_, known)) = self.archives.iter().find(|(of, _)| of == url) {
            return Ok(known.clone());
        }
        if self.offline {
            let wrong = asked.wrong(format!("the archive `{url}` was never fetched"));
            return Err(wrong.hint("leave out `--offline` once"));
        }
        let packed = fetched(url, None, PACKED).map_err(|wrong| wrong.at(asked.location.clone()))?;
        let packed = packed.ok_or_else(|| asked.wrong(format!("there is no archive at `{url}`")))?;
        let files =
            unpack(&packed).map_err(|why| asked.wrong(format!("the archive `{url}` is refused: {why}")))?;
        let sum = tree_sum::sum(&files);
        if let Some(said) = archive.sum.as_ref().filter(|said| **said != sum) {
            return Err(asked
                .wrong(format!("the archive `{url}` has other files than `sum` says"))
                .note(format!("`sum` is {said}, the files have {sum}"))
                .hint("ask who changed it; if that is right, write the new sum"));
        }
        let found = found(&self.cache.put(&files)?);
        self.archives.push((url.clone(), found.clone()));
        Ok(found)
    }

    /// The files that the lock has.
    pub(super) fn load_locked(
        &mut self,
        asked: &SharedSource,
        entry: &LockedVersion,
    ) -> Result<FoundContent, Diagnostic> {
        // What is damaged in the cache is fetched again.
        let name = self.lock.entries.get(&asked.key()).map_or(&asked.name, |entry| &entry.name);
        if let Some(found) = content(self.root, name, entry, false).ok().flatten() {
            return Ok(found);
        }
        let found = match &entry.origin {
            FetchedOrigin::Git(origin) => {
                let label = format!("{}@{}", asked.key(), entry.version);
                self.git.load(&label, origin, &entry.exact)?
            }
            FetchedOrigin::Registry(index) => {
                self.registry.load_locked(&mut self.git, asked, (index, entry))?
            }
            FetchedOrigin::Oci(name) => self.oci.load_locked(asked, name, entry)?,
            FetchedOrigin::Archive(archive) => {
                let sum = Some(entry.sum.clone());
                self.archive(asked, &ArchiveOrigin { url: archive.url.clone(), sum })?
            }
        };
        if found.sum == entry.sum {
            return Ok(found);
        }
        let message =
            format!("the files of `{}` {} differ from their sum in {FILE}", asked.name, entry.version);
        let mut wrong = Diagnostic::error(message);
        if !entry.exact.is_empty() {
            wrong.notes.push(format!("commit {} of {}", entry.exact, entry.origin.shown()));
        }
        Err(wrong.note(format!("{FILE} has {}, the repository {}", entry.sum, found.sum)).hint(
            "one of them was changed: ask who did it; `chefrs update NAME` takes what the repository has",
        ))
    }
}

impl Fetcher<'_> {
    /// Warnings about versions that should not be used any more, as far as the registries were asked.
    pub(super) fn warnings(&mut self, lock: &LockFile, wish: &UpdateWish) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        for entry in lock.entries.values() {
            let LockedSource::Fetched(locked) = &entry.source else { continue };
            let FetchedOrigin::Registry(index) = &locked.origin else { continue };
            let asks = wish.update != UpdatedCookbooks::None && !wish.offline;
            let line = self.registry.known_line(&mut self.git, (&entry.name, index, &locked.version), asks);
            let Some(line) = line else { continue };
            let what = format!("`{}` {}", entry.name, locked.version);
            let said = |reason: &String| one_line(reason);
            if let Some(reason) = &line.yanked {
                let wrong = Diagnostic::warning(format!("{what} was yanked: {}", said(reason)));
                found.push(wrong.hint(format!("`chefrs update {}` takes another version", entry.name)));
            }
            if let Some(reason) = &line.deprecated {
                found.push(Diagnostic::warning(format!("{what} is deprecated: {}", said(reason))));
            }
        }
        found
    }
}

/// What the files of a directory need.
pub(super) fn of_directory(
    asked: &SharedSource,
    ground: &SharingGround<'_>,
    (real, label): (&Utf8Path, &str),
) -> Result<Needs, Diagnostic> {
    let source = Source::Directory {
        root: real.to_owned(),
        label: label.to_owned(),
        owners: ground.owners.clone(),
        typed: None,
    };
    let text = source.text(manifest::FILE)?;
    let text = text.ok_or_else(|| no_cookbook(asked, label))?;
    manifest::needs(asked, &source.label(manifest::FILE), &text)
}

fn no_cookbook(asked: &SharedSource, place: &str) -> Diagnostic {
    asked.wrong(format!("there is no cookbook for `{}` in {place}", asked.alias))
}
