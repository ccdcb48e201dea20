//! The versions that may be chosen, as numbers: those of one place lie together, newer ones above older ones. So a range is
//! a set of numbers, and two places of one name never fit each other.

use std::collections::BTreeSet;

use pubgrub::Ranges;

use super::candidate::{Candidate, CandidateKind};
use super::choice_ground::{ChoiceGround, VersionAsk};
use super::dependencies::Want;
use super::fetcher::Fetcher;
use super::listed_version::ListedVersion;
use super::lock_file::{LockedSource, LockedVersion};
use super::members::MemberPlace;
use super::named_commits::NamedCommits;
use super::range::by_age;
use super::scoped_name::answers_to;
use super::shared_origin::{FetchedOrigin, GitPick, Origin, SharedSource};
use crate::model::english::list_some;
use crate::model::error::Diagnostic;
use crate::model::sorted::sort_by;

/// Bits of the place in a number.
const PLACE: u32 = 16;
/// The rank of the lowest version. Below it are commits that somebody names.
const VERSIONS: u32 = 1000;
/// The locked version, if nothing lists it.
const LOCKED: u32 = VERSIONS - 1;
/// Most versions of one place, and commits that are named.
const MOST: usize = 60_000;
/// Most versions that a message names.
pub(super) const NAMED: usize = 5;

/// A place, and what it has.
#[derive(Debug)]
struct CandidatePlace {
    name: String,
    place: MemberPlace,
    is_listed: bool,
    /// By number, sorted.
    candidates: Vec<(u32, Candidate)>,
}

/// All places of a round.
#[derive(Debug)]
pub(super) struct CandidatePlaces {
    places: Vec<CandidatePlace>,
    /// Names of which more than the locked version counts.
    opened: BTreeSet<String>,
    named: NamedCommits,
}

impl CandidatePlaces {
    pub(super) fn new(mut named: NamedCommits, opened: BTreeSet<String>) -> Self {
        named.has_grown = false;
        Self { places: Vec::new(), opened, named }
    }

    pub(super) fn get(&self, id: u32) -> Option<&Candidate> {
        let candidates = &self.places.get(usize::try_from(id >> PLACE).ok()?)?.candidates;
        let index = candidates.binary_search_by_key(&id, |(id, _)| *id).ok()?;
        Some(&candidates[index].1)
    }

    /// The candidates of a name, in all places.
    pub(super) fn ids(&self, name: &str) -> impl Iterator<Item = u32> {
        let places = self.places.iter().filter(move |place| place.name == name);
        places.flat_map(|place| place.candidates.iter().map(|(id, _)| *id))
    }

    /// Whether something was named that was not known before.
    pub(super) fn has_grown(&self) -> bool {
        self.named.has_grown
    }

    pub(super) fn take_named(&mut self) -> NamedCommits {
        std::mem::take(&mut self.named)
    }

    /// Names of which the locked version was a candidate, and then others too.
    pub(super) fn listed_beside_lock(&self) -> Vec<String> {
        let both = |place: &&CandidatePlace| {
            place.is_listed && place.candidates.iter().any(|(_, candidate)| candidate.is_locked())
        };
        self.places.iter().filter(both).map(|place| place.name.clone()).collect()
    }

    /// Whether a locked version is a candidate.
    pub(super) fn has_locked(&self, name: &str) -> bool {
        self.ids(name).any(|id| self.get(id).is_some_and(Candidate::is_locked))
    }

    /// The versions that fit somebody who does not say where the cookbook is.
    pub(super) fn anywhere(&self, name: &str, want: &Want, by: &str) -> Option<VersionAsk> {
        let first = self.ids(name).find_map(|id| self.get(id))?;
        let fits = |id: &u32| {
            let version = self.get(*id).and_then(Candidate::version);
            version.is_none_or(|version| want.version.allows(version))
        };
        let source = SharedSource {
            alias: name.to_owned(),
            name: want.cookbook.clone(),
            origin: Origin::OfScope,
            version: want.version.clone(),
            by: by.to_owned(),
            location: want.location.clone(),
        };
        let set = set_of(&self.ids(name).filter(fits).collect::<Vec<_>>());
        Some(VersionAsk { asker: String::new(), id: 0, source, place: first.place.clone(), set })
    }

    fn index(&mut self, name: &str, place: &MemberPlace) -> usize {
        let known = self.places.iter().position(|known| known.name == name && known.place.is_same(place));
        if let Some(index) = known {
            return index;
        }
        self.places.push(CandidatePlace {
            name: name.to_owned(),
            place: place.clone(),
            is_listed: false,
            candidates: Vec::new(),
        });
        self.places.len() - 1
    }

    fn add(&mut self, index: usize, rank: u32, asked: &SharedSource, kind: CandidateKind) -> u32 {
        let id = (u32::try_from(index).unwrap_or(u32::MAX) << PLACE) | rank;
        let place = self.places[index].place.clone();
        let candidate = Candidate { asked: asked.clone(), place, kind };
        let candidates = &mut self.places[index].candidates;
        match candidates.binary_search_by_key(&id, |(id, _)| *id) {
            Ok(index) => candidates[index].1 = candidate,
            Err(index) => candidates.insert(index, (id, candidate)),
        }
        id
    }

    /// The candidates that fit a source.
    pub(super) fn set_for(
        &mut self,
        given: &ChoiceGround<'_>,
        fetcher: &mut Fetcher<'_>,
        asked: &SharedSource,
        place: &MemberPlace,
    ) -> Result<Ranges<u32>, Diagnostic> {
        let name = asked.key();
        let index = self.index(&name, place);
        let MemberPlace::Fetched(origin, _) = place else {
            return Ok(Ranges::singleton(self.add(index, VERSIONS, asked, CandidateKind::Directory)));
        };
        let entry = given.lock.entries.get(&name).filter(|entry| answers_to(&entry.name, &asked.name));
        let entry =
            entry.and_then(|_| given.lock.fetched(&name)).filter(|entry| entry.origin.is_same_place(origin));
        let kept = entry.filter(|entry| !given.wish.updates(&name) && entry.fits(asked, origin));
        match origin.pick() {
            GitPick::Version => {
                let is_open = self.opened.contains(&name) || self.places[index].is_listed;
                if let Some(entry) = kept.filter(|_| !is_open) {
                    return Ok(self.locked(index, asked, entry));
                }
                let locked = entry.filter(|_| !given.wish.updates(&name) && self.counts(&name, entry));
                self.list(index, fetcher, (asked, origin), locked)?;
                self.range(given, index, (asked, origin))
            }
            pick => {
                let locked = match pick {
                    GitPick::Revision(_) => kept,
                    GitPick::Beside(commit) => kept.filter(|entry| {
                        // That it has the same files was seen when the lock was written.
                        let is_known = entry.exact == *commit || is_locked_at(given, origin, commit);
                        is_known || fetcher.git_sum(origin, commit).is_ok_and(|sum| sum == entry.sum)
                    }),
                    _ => kept.filter(|entry| entry.origin.pick() == pick),
                };
                let Some(entry) = locked else { return self.named(index, fetcher, (asked, origin)) };
                // Whoever asks for a range may take it too.
                self.named.name_locked(&name, self.opened.contains(&name));
                Ok(self.locked(index, asked, entry))
            }
        }
    }

    fn locked(&mut self, index: usize, asked: &SharedSource, entry: &LockedVersion) -> Ranges<u32> {
        Ranges::singleton(self.add(index, LOCKED, asked, CandidateKind::Locked(entry.clone())))
    }

    /// Whether an entry of the lock counts for whoever asks for a range: it is a version, or somebody names it.
    fn counts(&self, name: &str, entry: Option<&LockedVersion>) -> bool {
        let is_version = entry.is_some_and(|entry| *entry.origin.pick() == GitPick::Version);
        is_version || self.named.has_locked(name)
    }

    /// Names of which the locked version is a candidate, but nobody names its tag, branch or commit any more.
    pub(super) fn named_by_nobody(&self, chosen: &[(&String, u32)]) -> Vec<String> {
        let is_left = |(name, id): &&(&String, u32)| match self.get(*id).map(|candidate| &candidate.kind) {
            Some(CandidateKind::Locked(entry)) => !self.counts(name, Some(entry)),
            _ => false,
        };
        chosen.iter().filter(is_left).map(|(name, _)| (*name).clone()).collect()
    }

    /// Adds all versions of a place.
    fn list(
        &mut self,
        index: usize,
        fetcher: &mut Fetcher<'_>,
        (asked, origin): (&SharedSource, &FetchedOrigin),
        locked: Option<&LockedVersion>,
    ) -> Result<(), Diagnostic> {
        if self.places[index].is_listed {
            return Ok(());
        }
        let name = asked.key();
        let commits = self.named.of_place(&name, origin);
        let versions = match fetcher.versions(asked, origin) {
            Ok(versions) => versions,
            // A commit that somebody names needs no tag.
            Err(_) if !commits.is_empty() => Vec::new(),
            Err(wrong) => return Err(wrong),
        };
        self.places[index].is_listed = true;
        for (rank, listed) in commits {
            self.add(index, rank.min(LOCKED - 1), asked, CandidateKind::Listed(listed));
        }
        for (rank, listed) in (VERSIONS..).zip(versions.into_iter().take(MOST).rev()) {
            // The lock wins over a tag that was moved.
            if locked.is_none_or(|locked| locked.version != listed.version) {
                self.add(index, rank, asked, CandidateKind::Listed(listed));
            }
        }
        if let Some(locked) = locked {
            self.locked(index, asked, locked);
        }
        Ok(())
    }

    /// The listed versions in a range.
    fn range(
        &self,
        given: &ChoiceGround<'_>,
        index: usize,
        (asked, origin): (&SharedSource, &FetchedOrigin),
    ) -> Result<Ranges<u32>, Diagnostic> {
        let candidates = &self.places[index].candidates;
        let precise = given.wish.precise(&asked.key());
        let is_precise =
            |candidate: &Candidate| precise.is_none_or(|precise| candidate.version() == Some(precise));
        if let Some(precise) =
            precise.filter(|_| !candidates.iter().any(|(_, candidate)| is_precise(candidate)))
        {
            let message = format!("there is no version {precise} of `{}` in {}", asked.name, origin.shown());
            return Err(asked.wrong(message).note(self.shown_versions(&asked.key())));
        }
        let fits = |candidate: &Candidate| {
            let is_free = match &candidate.kind {
                CandidateKind::Listed(listed) => {
                    listed.held_back.is_none() || precise == Some(&listed.version)
                }
                _ => true,
            };
            is_free
                && is_precise(candidate)
                && candidate.version().is_none_or(|version| asked.version.allows(version))
        };
        Ok(set_of(
            &candidates
                .iter()
                .filter(|(_, candidate)| fits(candidate))
                .map(|(id, _)| *id)
                .collect::<Vec<_>>(),
        ))
    }

    /// The candidate that somebody names by a tag, a branch or a commit.
    fn named(
        &mut self,
        index: usize,
        fetcher: &mut Fetcher<'_>,
        (asked, origin): (&SharedSource, &FetchedOrigin),
    ) -> Result<Ranges<u32>, Diagnostic> {
        let FetchedOrigin::Git(origin) = origin else { return Ok(Ranges::empty()) };
        let (commit, found) = self.named.fitting(fetcher, asked, origin)?;
        let mut ids = Vec::new();
        for (rank, listed) in found {
            ids.push(self.add(index, rank.min(LOCKED - 1), asked, CandidateKind::Listed(listed)));
        }
        if !matches!(origin.pick, GitPick::Tag(_) | GitPick::Branch(_)) {
            // A version with that commit is as good.
            let of_commit =
                self.places[index].candidates.iter().filter(|(_, candidate)| match &candidate.kind {
                    CandidateKind::Listed(listed) => listed.exact == commit,
                    CandidateKind::Locked(locked) => locked.exact == commit,
                    CandidateKind::Directory => false,
                });
            ids.extend(of_commit.map(|(id, _)| *id));
        }
        sort_by(&mut ids, Ord::cmp);
        ids.dedup();
        Ok(set_of(&ids))
    }

    /// Which versions there are, for messages.
    pub(super) fn shown_versions(&self, name: &str) -> String {
        let mut there: Vec<&str> = self.ids(name).filter_map(|id| self.get(id)?.version()).collect();
        sort_by(&mut there, |one, other| by_age(other, one));
        match there.as_slice() {
            [] => "it has no versions".to_owned(),
            [only] => format!("its only version is {only}"),
            several => format!("its versions are {}", list_some(several, NAMED)),
        }
    }

    /// Why versions of a name are not taken, though they are there.
    pub(super) fn held_back(&self, name: &str) -> Vec<String> {
        let mut found = Vec::new();
        for candidate in self.ids(name).filter_map(|id| self.get(id)) {
            if let CandidateKind::Listed(ListedVersion { version, held_back: Some(why), .. }) =
                &candidate.kind
            {
                found.push(format!("{version} is not taken: {why}"));
            }
        }
        found.reverse();
        found.truncate(NAMED);
        found
    }
}

/// Whether the lock has a cookbook of this repository at a commit, which stays.
fn is_locked_at(given: &ChoiceGround<'_>, origin: &FetchedOrigin, commit: &str) -> bool {
    let FetchedOrigin::Git(origin) = origin else { return false };
    given.lock.entries.iter().any(|(name, entry)| match &entry.source {
        LockedSource::Fetched(LockedVersion { origin: FetchedOrigin::Git(git), exact, .. }) => {
            git.url == origin.url && exact == commit && !given.wish.updates(name)
        }
        _ => false,
    })
}

/// The set of some numbers, which are sorted.
fn set_of(ids: &[u32]) -> Ranges<u32> {
    let mut set = Ranges::empty();
    let mut at = 0;
    while at < ids.len() {
        let mut end = at;
        while end + 1 < ids.len() && ids[end + 1] == ids[end] + 1 {
            end += 1;
        }
        set = set.union(&Ranges::between(ids[at], ids[end] + 1));
        at = end + 1;
    }
    set
}
