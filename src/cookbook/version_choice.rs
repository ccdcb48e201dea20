//! Chooses one version of each cookbook: the locked one, or else the newest that fits all who ask for it (PubGrub).

use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::fmt;

use pubgrub::{
    Dependencies, DependencyConstraints, DependencyProvider, PackageResolutionStatistics, PubGrubError,
    Ranges,
};

use super::candidate::Candidate;
use super::candidates::CandidatePlaces;
use super::choice_ground::{ChoiceGround, Chosen, PROJECT, VersionAsk};
use super::dependencies::Want;
use super::fetcher::Fetcher;
use super::manifest::Needs;
use super::members::{MemberPlace, place_of};
use super::named_commits::NamedCommits;
use super::no_choice::{NoChoice, explained, names_in};
use super::scoped_name::short;
use super::shared_origin::SharedSource;
use crate::model::error::Diagnostic;
use crate::model::sorted;

/// Most rounds until nothing more becomes known.
const ROUNDS: usize = 64;
/// Most steps of one round. A hundred cookbooks with thirty versions each need some hundreds.
const STEPS: usize = 20_000;
/// One round.
pub(super) struct VersionChoice<'a, 'b> {
    given: ChoiceGround<'a>,
    fetcher: &'b RefCell<Fetcher<'a>>,
    places: RefCell<CandidatePlaces>,
    /// Names for which ranges without a place count, because the round before had a place for them.
    wanted: BTreeSet<String>,
    asks: RefCell<Vec<VersionAsk>>,
    /// Why candidates can't be used.
    refused: RefCell<Vec<(u32, Diagnostic)>>,
    steps: RefCell<usize>,
}

/// The error that ends a round.
#[derive(Debug)]
pub(super) struct ChoiceStopped(Box<Diagnostic>);

impl fmt::Display for ChoiceStopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl std::error::Error for ChoiceStopped {}

impl From<Diagnostic> for ChoiceStopped {
    fn from(wrong: Diagnostic) -> Self {
        Self(Box::new(wrong))
    }
}

/// Chooses.
pub(super) fn choose<'a>(
    given: ChoiceGround<'a>,
    fetcher: &RefCell<Fetcher<'a>>,
) -> Result<Chosen, Diagnostic> {
    let (mut opened, mut commits, mut wanted) = (BTreeSet::new(), NamedCommits::default(), BTreeSet::new());
    for _ in 0..ROUNDS {
        let places = CandidatePlaces::new(std::mem::take(&mut commits), opened.clone());
        let round = VersionChoice {
            given,
            fetcher,
            places: RefCell::new(places),
            wanted: wanted.clone(),
            asks: RefCell::default(),
            refused: RefCell::default(),
            steps: RefCell::default(),
        };
        let found = pubgrub::resolve(&round, PROJECT.to_owned(), 0_u32);
        let (has_grown, before) = (round.places.borrow().has_grown(), opened.len());
        opened.extend(round.places.borrow().listed_beside_lock());
        match found {
            Ok(solution) => {
                let names = solution.keys().filter(|name| *name != PROJECT);
                let names = sorted::collected(names.filter(|name| !given.has_itself(name)).cloned());
                let chosen: Vec<(&String, u32)> = solution.iter().map(|(name, id)| (name, *id)).collect();
                opened.extend(round.places.borrow().named_by_nobody(&chosen));
                let is_same = names == wanted || !round.wants_any(&solution, &names);
                if opened.len() == before && !has_grown && is_same {
                    let places = round.places.borrow();
                    let chosen = solution.into_iter().filter(|(name, _)| name != PROJECT);
                    return Ok(chosen
                        .filter_map(|(name, id)| Some((name, places.get(id)?.clone())))
                        .collect());
                }
                wanted = names;
            }
            Err(PubGrubError::NoSolution(tree)) => {
                let places = round.places.borrow();
                for name in &names_in(&tree) {
                    if places.has_locked(name) {
                        opened.insert(name.clone());
                    }
                }
                if opened.len() == before && !has_grown {
                    let none = NoChoice {
                        asks: &round.asks.borrow(),
                        refused: &round.refused.borrow(),
                        wish: given.wish,
                    };
                    return Err(explained(&tree, &none, &places));
                }
            }
            Err(
                PubGrubError::ErrorRetrievingDependencies { source, .. }
                | PubGrubError::ErrorChoosingVersion { source, .. }
                | PubGrubError::ErrorInShouldCancel(source),
            ) => return Err(*source.0),
        }
        commits = round.places.borrow_mut().take_named();
    }
    Err(Diagnostic::error("the cookbooks ask for each other's versions in a way that has no end")
        .hint("name one of them in `[cookbooks]` of chefrs.toml, with `tag` or `revision`"))
}

impl VersionChoice<'_, '_> {
    /// What the project asks for, or a candidate does.
    fn needs(&self, id: u32) -> Result<Result<(Needs, MemberPlace), Diagnostic>, Diagnostic> {
        let candidate = self.places.borrow().get(id).cloned();
        let Some(candidate) = candidate else { return Ok(Err(Diagnostic::error("unknown"))) };
        let needs = self.fetcher.borrow_mut().needs(&candidate, &self.given.ground)?;
        Ok(needs.map(|needs| (needs, candidate.base())))
    }

    /// The sources of the project, each with what a path in it begins at.
    fn of_project(&self) -> Vec<(SharedSource, MemberPlace)> {
        self.given.ground.declared_sources()
    }

    fn ask(
        &self,
        source: SharedSource,
        base: &MemberPlace,
    ) -> Result<Option<(String, VersionAsk)>, Diagnostic> {
        let key = source.key();
        let located = |mut wrong: Diagnostic| {
            wrong.location.get_or_insert_with(|| source.location.clone());
            wrong
        };
        let place = place_of(&self.given.ground, &source, base).map_err(located)?;
        if self.given.has_itself(&key) {
            return Ok(None);
        }
        let mut places = self.places.borrow_mut();
        let set = places.set_for(&self.given, &mut self.fetcher.borrow_mut(), &source, &place);
        let set = set.map_err(located)?;
        Ok(Some((key, VersionAsk { asker: String::new(), id: 0, source: source.clone(), place, set })))
    }

    fn constraints(
        &self,
        asker: (&str, u32),
        sources: Vec<(SharedSource, MemberPlace)>,
        (wants, by): (&[Want], &str),
    ) -> Result<DependencyConstraints<String, Ranges<u32>>, Diagnostic> {
        let mut found = DependencyConstraints::<String, Ranges<u32>>::default();
        let mut asks = Vec::new();
        let mut add = |key: String, set: &Ranges<u32>| {
            let narrowed = found.get(&key).map_or_else(|| set.clone(), |known| known.intersection(set));
            found.insert(key, narrowed);
        };
        for (source, base) in sources {
            if let Some((key, ask)) = self.ask(source, &base)? {
                add(key, &ask.set);
                asks.push(ask);
            }
        }
        for want in wants {
            let key = short(&want.cookbook);
            if self.wanted.contains(&key)
                && let Some(ask) = self.places.borrow().anywhere(&key, want, by)
            {
                add(key, &ask.set);
                asks.push(ask);
            }
        }
        self.asks.borrow_mut().extend(asks.into_iter().map(|ask| VersionAsk {
            asker: asker.0.to_owned(),
            id: asker.1,
            ..ask
        }));
        Ok(found)
    }

    /// Whether somebody wants one of these without saying where it is.
    fn wants_any(&self, solution: &pubgrub::SelectedDependencies<Self>, names: &BTreeSet<String>) -> bool {
        let is_named = |want: &Want| names.contains(&short(&want.cookbook));
        let of_disk = self.given.ground.on_disk.values().flat_map(|listed| &listed.wants).any(is_named);
        of_disk
            || solution.iter().filter(|(name, _)| *name != PROJECT).any(
                |(_, id)| matches!(self.needs(*id), Ok(Ok((needs, _))) if needs.wants.iter().any(is_named)),
            )
    }
}

impl DependencyProvider for VersionChoice<'_, '_> {
    type P = String;
    type V = u32;
    type VS = Ranges<u32>;
    type Priority = (u32, Reverse<usize>);
    type M = String;
    type Err = ChoiceStopped;

    fn prioritize(
        &self,
        name: &String,
        range: &Ranges<u32>,
        conflicts: &PackageResolutionStatistics,
    ) -> Self::Priority {
        let count = self.places.borrow().ids(name).filter(|id| range.contains(id)).count();
        if count == 0 { (u32::MAX, Reverse(0)) } else { (conflicts.conflict_count(), Reverse(count)) }
    }

    fn choose_version(&self, name: &String, range: &Ranges<u32>) -> Result<Option<u32>, ChoiceStopped> {
        if name == PROJECT {
            return Ok(Some(0));
        }
        let places = self.places.borrow();
        let fits: Vec<u32> = places.ids(name).filter(|id| range.contains(id)).collect();
        let locked = fits.iter().copied().find(|id| places.get(*id).is_some_and(Candidate::is_locked));
        Ok(locked.or_else(|| fits.into_iter().max()))
    }

    fn get_dependencies(
        &self,
        name: &String,
        id: &u32,
    ) -> Result<Dependencies<String, Ranges<u32>, String>, ChoiceStopped> {
        let (sources, wants) = if name == PROJECT {
            (self.of_project(), Vec::new())
        } else {
            match self.needs(*id)? {
                Ok((needs, base)) => {
                    (needs.sources.into_iter().map(|source| (source, base.clone())).collect(), needs.wants)
                }
                Err(wrong) => {
                    let message = wrong.message.clone();
                    self.refused.borrow_mut().push((*id, wrong));
                    return Ok(Dependencies::Unavailable(message));
                }
            }
        };
        let mut found = self.constraints((name, *id), sources, (&wants, &format!("cookbook `{name}`")))?;
        // That they need each other in a circle is told later, with all of it.
        found.remove(name);
        if name == PROJECT {
            for listed in self.given.ground.on_disk.values() {
                let by = format!("cookbook `{}`", listed.cookbook.name);
                let more = self.constraints((PROJECT, 0), Vec::new(), (&listed.wants, &by))?;
                for (key, set) in more {
                    let narrowed =
                        found.get(&key).map_or_else(|| set.clone(), |known| known.intersection(&set));
                    found.insert(key, narrowed);
                }
            }
        }
        Ok(Dependencies::Available(found))
    }

    fn should_cancel(&self) -> Result<(), ChoiceStopped> {
        let mut steps = self.steps.borrow_mut();
        *steps += 1;
        if *steps > STEPS {
            let wrong = Diagnostic::error("the choice of versions was given up: there are too many ways");
            return Err(wrong.hint("write narrower ranges into `[cookbooks]` of chefrs.toml").into());
        }
        Ok(())
    }
}
