//! Cookbooks from OCI registries: versions are tags.

use jiff::Timestamp;

use super::archive::unpack;
use super::cache::CacheDirectory;
use super::fetch_registry::held_back;
use super::index_line::IndexLine;
use super::listed_version::ListedVersion;
use super::lock_file::LockedVersion;
use super::manifest::Needs;
use super::members::FoundContent;
use super::oci::{OciClient, OciCookbook, version_of};
use super::range::{by_age, is_version};
use super::shared_origin::SharedSource;
use super::tree_sum;
use super::update_wish::UpdateWish;
use crate::model::error::{Diagnostic, Location};
use crate::model::sorted;

/// Fetches from OCI registries, each artifact once.
#[derive(Debug)]
pub(super) struct OciFetcher<'a> {
    cache: &'a CacheDirectory,
    /// Seconds for which a version must have been published.
    min_age: i64,
    wish: &'a UpdateWish,
    client: OciClient,
    artifacts: Vec<(String, String, OciCookbook)>,
}

impl<'a> OciFetcher<'a> {
    pub(super) fn new(cache: &'a CacheDirectory, min_age: i64, wish: &'a UpdateWish) -> Self {
        Self { cache, min_age, wish, client: OciClient::default(), artifacts: Vec::new() }
    }

    /// The versions that its tags name, newest first.
    pub(super) fn versions(
        &mut self,
        asked: &SharedSource,
        name: &str,
    ) -> Result<Vec<ListedVersion>, Diagnostic> {
        if self.wish.offline {
            let message = format!("what `oci://{name}` has is not known without a network");
            return Err(asked.wrong(message).hint("leave out `--offline` once"));
        }
        let tags = self.client.tags(name)?.unwrap_or_default();
        let mut found: Vec<ListedVersion> = Vec::new();
        for tag in tags {
            let version = version_of(&tag);
            if is_version(&version) {
                let label = format!("{}@{version}", asked.key());
                found.push(ListedVersion { tag, ..ListedVersion::new(version, String::new(), label) });
            }
        }
        if found.is_empty() {
            let message = format!("`oci://{name}` has no tag that is a version");
            return Err(asked.wrong(message).hint("a version is a tag such as `1.2.0`; check the name"));
        }
        sorted::sort_by(&mut found, |one, other| by_age(&other.version, &one.version));
        Ok(found)
    }

    fn artifact(&mut self, asked: &SharedSource, name: &str, at: &str) -> Result<OciCookbook, Diagnostic> {
        let known = self.artifacts.iter().find(|(of, tag, _)| of == name && tag == at);
        if let Some((_, _, known)) = known {
            return Ok(known.clone());
        }
        let found = self.client.cookbook(name, at)?;
        let found = found.ok_or_else(|| asked.wrong(format!("`oci://{name}` has no `{at}` any more")))?;
        self.artifacts.push((name.to_owned(), at.to_owned(), found.clone()));
        Ok(found)
    }

    /// What an artifact says of itself.
    pub(super) fn config(
        &mut self,
        asked: &SharedSource,
        name: &str,
        tag: &str,
    ) -> Result<IndexLine, Diagnostic> {
        let found = self.artifact(asked, name, tag)?;
        IndexLine::read(&found.config, Location::new(format!("oci://{name}:{tag}"), 0))
            .map_err(|why| Diagnostic::error(format!("`oci://{name}:{tag}` is not a cookbook: {why}")))
    }

    /// What a version needs. The inner error is why it can't be used.
    pub(super) fn needs(
        &mut self,
        asked: &SharedSource,
        name: &str,
        listed: &ListedVersion,
    ) -> Result<Result<Needs, Diagnostic>, Diagnostic> {
        // What can't be had is not passed over for an older version.
        let line = self.config(asked, name, &listed.tag)?;
        if line.version != listed.version {
            let message =
                format!("the tag `{}` of `oci://{name}` holds version {}", listed.tag, line.version);
            return Ok(Err(Diagnostic::error(message)));
        }
        // What is named exactly, a person wants.
        let is_free = self.wish.precise(&asked.key()) == Some(&listed.version);
        let why = held_back(&line, self.min_age, Timestamp::now());
        if let Some(why) = why.filter(|_| !is_free) {
            let message = format!("`{}` {} of `oci://{name}` is not taken: {why}", line.name, line.version);
            return Ok(Err(asked.wrong(message).hint(format!(
                "`chefrs update {} --precise {}` takes it all the same",
                asked.key(),
                line.version
            ))));
        }
        Ok(line.needs(asked))
    }

    /// The files of a version.
    pub(super) fn load(
        &mut self,
        asked: &SharedSource,
        name: &str,
        listed: &ListedVersion,
    ) -> Result<FoundContent, Diagnostic> {
        let line = self.config(asked, name, &listed.tag)?;
        let found = self.artifact(asked, name, &listed.tag)?;
        self.content(asked, (name, &found), (&listed.version, &line.sum))
    }

    /// The files that the lock has.
    pub(super) fn load_locked(
        &mut self,
        asked: &SharedSource,
        name: &str,
        entry: &LockedVersion,
    ) -> Result<FoundContent, Diagnostic> {
        if self.wish.offline {
            let wrong = asked.wrong(format!("`oci://{name}` {} was never fetched", entry.version));
            return Err(wrong.hint("leave out `--offline` once"));
        }
        let found = self.artifact(asked, name, &entry.exact)?;
        self.content(asked, (name, &found), (&entry.version, &entry.sum))
    }

    fn content(
        &mut self,
        asked: &SharedSource,
        (name, found): (&str, &OciCookbook),
        (version, sum): (&str, &str),
    ) -> Result<FoundContent, Diagnostic> {
        let label = format!("{}@{version}", asked.key());
        let (directory, exact) = (self.cache.tree(sum), found.digest.clone());
        let content = FoundContent { directory, label, exact, sum: sum.to_owned() };
        if self.cache.has(sum) {
            return Ok(content);
        }
        let packed = self.client.layer(name, found)?;
        let files = unpack(&packed)
            .map_err(|why| asked.wrong(format!("`oci://{name}` {version} is refused: {why}")))?;
        let is = tree_sum::sum(&files);
        if is == sum {
            self.cache.put(&files)?;
            return Ok(content);
        }
        Err(asked
            .wrong(format!("`oci://{name}` {version} has other files than it says"))
            .note(format!("it says {sum}, its files have {is}"))
            .hint("ask whoever published it"))
    }
}
