//! Says why no choice of versions fits all: who asks for what, where, and the way out.

use std::collections::BTreeSet;

use pubgrub::{DerivationTree, External, Ranges};

use super::candidates::CandidatePlaces;
use super::choice_ground::{PROJECT, VersionAsk};
use super::members::two;
use super::shared_origin::GitPick;
use super::update_wish::UpdateWish;
use crate::model::english::count;
use crate::model::error::Diagnostic;
use crate::model::sorted::{self, sort_by};

/// Most notes about who asks.
const NOTES: usize = 12;

pub(super) type ConflictTree = DerivationTree<String, Ranges<u32>, String>;

/// What is known when nothing fits.
pub(super) struct NoChoice<'a> {
    /// What each cookbook asks for.
    pub(super) asks: &'a [VersionAsk],
    /// Why versions can't be used, by number.
    pub(super) refused: &'a [(u32, Diagnostic)],
    pub(super) wish: &'a UpdateWish,
}

/// What the tree was derived from.
#[derive(Default)]
struct Facts {
    /// Who depends on what: name, numbers, and the name that is needed.
    edges: Vec<(String, Ranges<u32>, String)>,
    refused: Vec<Ranges<u32>>,
}

/// An ask, and of how many versions of its cookbook.
struct ToldAsk {
    by: String,
    ask: VersionAsk,
    others: usize,
}

/// The error.
pub(super) fn explained(tree: &ConflictTree, choice: &NoChoice<'_>, places: &CandidatePlaces) -> Diagnostic {
    let facts = gathered(tree);
    let mut names: Vec<&str> = facts.edges.iter().map(|(_, _, needed)| needed.as_str()).collect();
    sort_by(&mut names, Ord::cmp);
    names.dedup();
    let all_told: Vec<(&str, Vec<ToldAsk>)> =
        names.iter().map(|name| (*name, told_of(name, &facts, choice.asks))).collect();
    let told = |name: &str| {
        let found = all_told.iter().find(|(of, _)| *of == name);
        found.map(|(_, told)| told.as_slice()).unwrap_or_default()
    };
    // What nothing fits is the cause. If it is a chain, the last part of it.
    let empty = |name: &str| {
        let mut sets = told(name).iter().map(|told| &told.ask.set);
        let first = sets.next().cloned();
        first.is_some_and(|first| sets.fold(first, |all, next| all.intersection(next)) == Ranges::empty())
    };
    let about = names
        .iter()
        .copied()
        .filter(|name| empty(name))
        .max_by_key(|name| told(name).iter().filter(|told| told.by != PROJECT).count())
        .or_else(|| names.iter().copied().max_by_key(|name| told(name).len()));
    // What can't be used is told as it is, unless what is asked for fits nothing anyway.
    let refused = choice.refused;
    let unusable = refused.iter().filter(|(id, _)| facts.refused.iter().any(|set| set.contains(id)));
    let unusable = unusable.max_by_key(|(id, _)| *id);
    if let Some((id, wrong)) = unusable.filter(|_| about.is_none_or(|about| !empty(about))) {
        let mut wrong = wrong.clone();
        if let Some(candidate) = places.get(*id) {
            let asked = &candidate.asked;
            let is_elsewhere = wrong.location.as_ref().is_some_and(|place| *place != asked.location);
            if is_elsewhere {
                wrong.notes.push(format!("{} asks for `{}`, at {}", asked.by, asked.name, asked.location));
            }
            wrong.location.get_or_insert_with(|| asked.location.clone());
        }
        return wrong;
    }
    let Some(about) = about else { return Diagnostic::error("no choice of versions fits") };
    let all = told(about);
    let Some(first) = all.first() else { return Diagnostic::error("no choice of versions fits") };
    if let Some(other) = all.iter().find(|other| !other.ask.place.is_same(&first.ask.place)) {
        return two(&other.ask.source, &other.ask.place, &first.ask.place.shown(), Some(&first.ask.source));
    }
    let is_named = |told: &&ToldAsk| told.ask.picked() != &GitPick::Version;
    let picked: Vec<&ToldAsk> = all.iter().filter(is_named).collect();
    if let [one, other, ..] = picked.as_slice() {
        let place = other.ask.place.shown();
        let wrong = other.ask.source.wrong(format!("`{about}` is asked for at two commits of {place}"));
        return wrong
            .note(format!("{} asks for it too, at {}", one.ask.source.by, one.ask.source.location))
            .hint(
                "name one commit for both, or put a directory into its place: `[override]` in chefrs.toml",
            );
    }
    let name = &first.ask.source.name;
    let message = match choice.wish.precise(about) {
        Some(precise) => format!("version {precise} of `{name}` does not fit all who ask for it"),
        None => format!("no version of `{name}` fits all who ask for it"),
    };
    let of_project = all.iter().find(|told| told.by == PROJECT).unwrap_or(first);
    let mut wrong = of_project.ask.source.wrong(message);
    let mut waiting = vec![about.to_owned()];
    let mut seen = sorted::collected::<BTreeSet<String>, _>([PROJECT.to_owned()]);
    while let Some(next) = waiting.pop() {
        if !seen.insert(next.clone()) {
            continue;
        }
        for told in told(&next) {
            if (!told.ask.source.version.is_any() || next != about) && wrong.notes.len() < NOTES {
                wrong.notes.push(line(told, (next != about).then_some(next.as_str())));
            }
            waiting.push(told.by.clone());
        }
    }
    wrong.notes.push(places.shown_versions(about));
    wrong.notes.extend(places.held_back(about));
    let ranges = if all.len() > 1 { "one of the ranges" } else { "the range" };
    wrong.hint(format!(
        "change {ranges}, or put a directory into the place of the cookbook: `[override]` in chefrs.toml"
    ))
}

/// `cookbook shop asks for ^2, at shop@1.0.0/cookbook.toml:4`, and of a cookbook that leads there with its name.
fn line(told: &ToldAsk, what: Option<&str>) -> String {
    let VersionAsk { source, .. } = &told.ask;
    let range = &source.version;
    let what = match what {
        Some(what) if range.is_any() => format!("any version of `{what}`"),
        Some(what) => format!("`{what}` {range}"),
        None => range.to_string(),
    };
    let others = match told.others {
        0 => String::new(),
        others => format!(" (and {} of it)", count(others, "older version")),
    };
    format!("{} asks for {what}, at {}{others}", source.by, source.location)
}

/// Who asks for a cookbook. What several versions of one ask for in the same way is told once.
fn told_of(name: &str, facts: &Facts, asks: &[VersionAsk]) -> Vec<ToldAsk> {
    let mut told: Vec<ToldAsk> = Vec::new();
    let mut seen = BTreeSet::new();
    for (by, set, _) in facts.edges.iter().filter(|(_, _, needed)| needed == name) {
        let of_asker = asks.iter().filter(|ask| ask.asker == *by && set.contains(&ask.id));
        let mut of_asker: Vec<&VersionAsk> = of_asker.filter(|ask| ask.source.key() == name).collect();
        // The newest version says it for all.
        sort_by(&mut of_asker, |one, other| other.id.cmp(&one.id));
        for ask in of_asker {
            let source = &ask.source;
            if !seen.insert(format!("{by} {} {} {}", ask.id, source.location, source.alias)) {
                continue;
            }
            let same = told.iter_mut().find(|known| {
                known.by == *by
                    && by != PROJECT
                    && known.ask.source.version == source.version
                    && known.ask.place.is_same(&ask.place)
            });
            match same {
                Some(known) => known.others += 1,
                None => told.push(ToldAsk { by: by.clone(), ask: ask.clone(), others: 0 }),
            }
        }
    }
    sort_by(&mut told, |one, other| one.by.cmp(&other.by));
    told
}

/// The names of all that the tree is about.
pub(super) fn names_in(tree: &ConflictTree) -> BTreeSet<String> {
    let facts = gathered(tree);
    sorted::collected(facts.edges.into_iter().flat_map(|(by, _, needed)| [by, needed]))
}

/// What a tree was derived from. It may be deep, and parts of it may be there many times.
fn gathered(tree: &ConflictTree) -> Facts {
    let mut facts = Facts::default();
    let mut seen = BTreeSet::new();
    let mut waiting = vec![tree];
    while let Some(next) = waiting.pop() {
        match next {
            DerivationTree::External(External::FromDependencyOf(by, set, needed, _)) => {
                facts.edges.push((by.clone(), set.clone(), needed.clone()));
            }
            DerivationTree::External(External::Custom(_, set, _)) => facts.refused.push(set.clone()),
            DerivationTree::External(_) => {}
            DerivationTree::Derived(derived) => {
                if derived.shared_id.is_none_or(|id| seen.insert(id)) {
                    waiting.extend([&*derived.cause1, &*derived.cause2]);
                }
            }
        }
    }
    facts
}
