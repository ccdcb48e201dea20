//! The files of the chosen versions, which are fetched.

use std::cell::RefCell;

use super::candidate::{Candidate, CandidateKind};
use super::choice_ground::{ChoiceGround, Chosen};
use super::fetch_registry::changed;
use super::fetcher::{Fetcher, of_directory};
use super::listed_version::ListedVersion;
use super::lock_file::{FILE, LockedVersion};
use super::manifest::Needs;
use super::members::{ContentFinder, FoundContent, MemberPlace};
use super::shared_origin::{FetchedOrigin, GitPick, SharedSource};
use crate::model::english::one_line;
use crate::model::error::Diagnostic;

/// Finds them.
pub(super) struct ChosenContent<'a, 'b> {
    pub(super) given: ChoiceGround<'a>,
    pub(super) fetcher: &'b RefCell<Fetcher<'a>>,
    pub(super) chosen: &'b Chosen,
}

impl ChosenContent<'_, '_> {
    fn loaded(
        &self,
        asked: &SharedSource,
        origin: &FetchedOrigin,
        listed: &ListedVersion,
    ) -> Result<FoundContent, Diagnostic> {
        let locked = self.given.lock.fetched(&asked.key());
        let locked = locked.filter(|entry| {
            entry.origin.is_same_place(origin)
                && entry.origin.pick() == origin.pick()
                && self.given.wish.precise(&asked.key()).is_none()
                && match origin.pick() {
                    GitPick::Version => listed.version == entry.version || listed.version.is_empty(),
                    GitPick::Tag(_) => true,
                    _ => false,
                }
        });
        // Before it is fetched: what the registry says is enough.
        if let (Some(entry), Some(line)) =
            (locked, listed.line.as_ref().filter(|_| origin.pick() == &GitPick::Version))
            && line.sum != entry.sum
        {
            return Err(changed(asked, line, &entry.sum));
        }
        let found = self.fetcher.borrow_mut().load(asked, origin, listed)?;
        let mut locked = locked.filter(|entry| entry.sum != found.sum);
        if let (Some(entry), FetchedOrigin::Archive(_)) = (locked, origin) {
            // What is there may be another version. That it can't be read is told by the walk.
            let needs = of_directory(asked, &self.given.ground, (&found.directory, &found.label));
            locked = locked.filter(|_| needs.is_ok_and(|needs| needs.version == entry.version));
        }
        match locked {
            Some(entry) => Err(moved(asked, origin, listed, entry, &found)),
            None => Ok(found),
        }
    }

    /// Checks that what was said of a version is what is in it.
    fn checked(
        &self,
        asked: &SharedSource,
        candidate: &Candidate,
        found: &FoundContent,
    ) -> Result<(), Diagnostic> {
        let MemberPlace::Fetched(origin @ (FetchedOrigin::Registry(_) | FetchedOrigin::Oci(_)), _) =
            &candidate.place
        else {
            return Ok(());
        };
        let mut fetcher = self.fetcher.borrow_mut();
        let needs = of_directory(asked, &self.given.ground, (&found.directory, &found.label))?;
        let CandidateKind::Listed(listed) = &candidate.kind else { return Ok(()) };
        let agrees = match (origin, &listed.line) {
            (_, Some(line)) => line.agrees_with(&needs),
            (FetchedOrigin::Oci(name), None) => {
                fetcher.oci.config(asked, name, &listed.tag)?.agrees_with(&needs)
            }
            _ => true,
        };
        if agrees {
            return Ok(());
        }
        let Needs { full_name, version, .. } = needs;
        Err(asked
            .wrong(format!(
                "{} says of `{}` {} what its files do not",
                origin.shown(),
                asked.name,
                listed.version
            ))
            .note(format!("its `cookbook.toml` is that of `{}` {}", one_line(&full_name), one_line(&version)))
            .note("name, version and dependencies must be the same in both")
            .hint("tell whoever published it"))
    }
}

impl ContentFinder for ChosenContent<'_, '_> {
    fn find(&mut self, asked: &SharedSource, origin: &FetchedOrigin) -> Result<FoundContent, Diagnostic> {
        let key = asked.key();
        let Some((_, candidate)) = self.chosen.iter().find(|(name, _)| *name == key) else {
            let message = format!(
                "{} asks for `{}`, which was not known when versions were chosen",
                asked.by, asked.name
            );
            return Err(asked
                .wrong(message)
                .hint("what is said of it elsewhere differs from its `cookbook.toml`"));
        };
        let found = match &candidate.kind {
            CandidateKind::Locked(entry) => self.fetcher.borrow_mut().load_locked(asked, entry)?,
            CandidateKind::Listed(listed) => self.loaded(asked, origin, listed)?,
            CandidateKind::Directory => return Err(asked.wrong("a directory is not fetched")),
        };
        self.checked(asked, candidate, &found)?;
        Ok(found)
    }

    fn settled(&self, _: &[(SharedSource, MemberPlace)]) -> Result<(), Diagnostic> {
        Ok(())
    }

    fn agree(&mut self, _: &SharedSource, _: &FetchedOrigin) -> Result<(), Diagnostic> {
        // The choice was made for all who ask.
        Ok(())
    }
}

/// The error for a tag, or an archive, that leads to other files than those of the lock.
fn moved(
    asked: &SharedSource,
    origin: &FetchedOrigin,
    listed: &ListedVersion,
    entry: &LockedVersion,
    found: &FoundContent,
) -> Diagnostic {
    let name = asked.key();
    let precise = format!("`chefrs update {name} --precise {}` takes ", entry.version);
    let ask = "ask who moved it, and why: a version should never change";
    match origin {
        FetchedOrigin::Git(git) => {
            let tag = match &git.pick {
                GitPick::Tag(tag) => tag,
                _ => &listed.tag,
            };
            asked
                .wrong(format!("the tag `{tag}` of `{}` was moved", git.url))
                .note(format!("{FILE} has commit {}, the tag is at {} now", entry.exact, found.exact))
                .hint(ask)
                .hint(format!("{precise}the new commit"))
        }
        _ => asked
            .wrong(format!("{} has other files under version {} than {FILE}", origin.shown(), entry.version))
            .note(format!("{FILE} has {}, it has {}", entry.sum, found.sum))
            .hint("ask who changed it, and why: a version should never change")
            .hint(format!("{precise}what is there now")),
    }
}
