//! Commits that somebody names by a tag, a branch or a commit, or by a cookbook beside them. They stay known from round to
//! round of a choice, so that whoever asks for a range may take one.

use std::collections::BTreeSet;

use super::fetcher::Fetcher;
use super::listed_version::ListedVersion;
use super::shared_origin::{FetchedOrigin, GitOrigin, GitPick, SharedSource};
use crate::model::error::Diagnostic;

/// All that is named.
#[derive(Debug, Default)]
pub(super) struct NamedCommits {
    commits: Vec<NamedCommit>,
    /// Cookbooks of which the locked one is named.
    locked: BTreeSet<String>,
    /// Whether something was added in this round that others should have known.
    pub(super) has_grown: bool,
}

/// A commit that somebody names.
#[derive(Debug)]
struct NamedCommit {
    /// Name of the cookbook.
    name: String,
    origin: GitOrigin,
    listed: ListedVersion,
    /// The sum of its files, if somebody needed it.
    sum: Option<String>,
}

impl NamedCommits {
    /// Says that the locked commit is named.
    pub(super) fn name_locked(&mut self, name: &str, matters: bool) {
        self.has_grown |= self.locked.insert(name.to_owned()) && matters;
    }

    /// Whether the locked commit is named.
    pub(super) fn has_locked(&self, name: &str) -> bool {
        self.locked.contains(name)
    }

    /// What is named of a place, each with a number.
    pub(super) fn of_place(&self, name: &str, origin: &FetchedOrigin) -> Vec<(u32, ListedVersion)> {
        let FetchedOrigin::Git(origin) = origin else { return Vec::new() };
        self.numbered(|named| named.is_at(name, origin))
    }

    fn numbered(&self, fits: impl Fn(&NamedCommit) -> bool) -> Vec<(u32, ListedVersion)> {
        let numbered = (0..).zip(&self.commits).filter(|(_, named)| fits(named));
        numbered.map(|(number, named)| (number, named.listed.clone())).collect()
    }

    /// The commit that a source names, and all that are as good, each with a number.
    pub(super) fn fitting(
        &mut self,
        fetcher: &mut Fetcher<'_>,
        asked: &SharedSource,
        origin: &GitOrigin,
    ) -> Result<(String, Vec<(u32, ListedVersion)>), Diagnostic> {
        let name = asked.key();
        let commit = fetcher.git.picked(asked, origin)?;
        let mut sum = None;
        if let GitPick::Beside(_) = &origin.pick {
            // Another commit with the same files is as good.
            sum = Some(fetcher.git.load(&name, origin, &commit)?.sum);
            for named in
                self.commits.iter_mut().filter(|named| named.is_at(&name, origin) && named.sum.is_none())
            {
                named.sum = Some(fetcher.git.load(&name, &named.origin, &named.listed.exact)?.sum);
            }
        }
        let fits = |named: &NamedCommit| {
            named.is_at(&name, origin)
                && match &origin.pick {
                    // Names of the same commit may lead to different ones tomorrow.
                    pick @ (GitPick::Tag(_) | GitPick::Branch(_)) => named.origin.pick == *pick,
                    _ => named.listed.exact == commit || (sum.is_some() && named.sum == sum),
                }
        };
        if !self.commits.iter().any(fits) {
            self.has_grown = true;
            let label = format!("{name}@{}", &commit[..commit.len().min(12)]);
            let mut listed = ListedVersion::new(String::new(), commit.clone(), label);
            // What can't be used is told when it is chosen.
            let needs = fetcher.git_needs(asked, origin, &listed)?;
            listed.version = needs.map_or_else(|_| "0.0.0".to_owned(), |needs| needs.version);
            let origin = origin.clone();
            self.commits.push(NamedCommit { name: name.clone(), origin, listed, sum: sum.clone() });
        }
        let found = self.numbered(fits);
        Ok((commit, found))
    }
}

impl NamedCommit {
    fn is_at(&self, name: &str, origin: &GitOrigin) -> bool {
        self.name == name && self.origin.url == origin.url && self.origin.subdirectory == origin.subdirectory
    }
}
