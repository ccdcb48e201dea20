//! Predicted answers of a plan: what the target will answer when the changes planned so far have been made.
//!
//! All maps are keyed by query or path, so that each row of a plan costs the same.

use std::borrow::Cow;
use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use rustc_hash::FxHashMap;

use crate::model::known::{LastComponent, Links};
use crate::model::query::{Answer, Enabled, Query, ServiceState};
use crate::model::step::Command;

use super::pending::{Order, Pending};
use super::reads::{Reads, reads};
use super::written_service::template;

mod changes;

/// The effects of the changes planned so far.
#[derive(Debug, Default)]
pub(super) struct Overlay {
    pending: Pending,
    /// Answers that will hold, each with the change that brings it about.
    told: FxHashMap<Query, (Order, Answer)>,
    /// Queries whose answer depends on a change that may not be made.
    open: FxHashMap<Query, Order>,
    /// Directories whose content depends on a change.
    obscured: FxHashMap<Utf8PathBuf, Order>,
    /// Directories that will be removed.
    removed: FxHashMap<Utf8PathBuf, Order>,
    /// Names that are added to a directory (`true`) or removed from it.
    entries: FxHashMap<Utf8PathBuf, BTreeMap<String, (Order, bool)>>,
    /// Files that get unknown content from a change.
    renewed: FxHashMap<Utf8PathBuf, Order>,
    /// The same, without files that only commands of settings write: of those each is its own.
    rewritten: FxHashMap<Utf8PathBuf, Order>,
    /// Paths that changes may create, and the directories above them.
    made: FxHashMap<Utf8PathBuf, Order>,
    /// Paths that changes affect, and the directories above them.
    touched: FxHashMap<Utf8PathBuf, Order>,
    /// Services that will exist because their unit or script is written, with the answer of the init system.
    services: FxHashMap<String, (Order, Answer)>,
    /// Symlinks that are created, and paths where one is removed.
    links: Links,
}

/// What a plan assumes as the answer to a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Belief {
    /// The target's own answer.
    AsNow,
    /// This answer.
    Told(Answer),
    /// Unknown until this resource has converged.
    Unknown(String),
}

impl Overlay {
    /// The query with all symlinks in its path resolved, which is the key of the maps.
    pub(super) fn by_name<'q>(&self, query: &'q Query, machine: &Links) -> Cow<'q, Query> {
        let Some(path) = query.path() else { return Cow::Borrowed(query) };
        match machine.real(&self.links, path, LastComponent::of(query)) {
            Cow::Borrowed(_) => Cow::Borrowed(query),
            Cow::Owned(real) => Cow::Owned(query.of(&real)),
        }
    }

    /// The query as the target is asked it. The target resolves its own symlinks, but not those that are only planned.
    pub(super) fn asked_as(&self, query: &Query, machine: &Links) -> Query {
        match query.path() {
            Some(path) if !self.links.is_empty() => {
                let now = machine.real(&Links::default(), path, LastComponent::of(query));
                let then = machine.real(&self.links, path, LastComponent::of(query));
                if now == then { query.clone() } else { query.of(&then) }
            }
            _ => query.clone(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.pending.is_empty()
    }

    /// `type[name]` of the resource that makes a change.
    pub(super) fn id(&self, order: Order) -> &str {
        self.pending.id(order)
    }

    /// The last change of a resource.
    pub(super) fn order(&self, id: &str) -> Order {
        self.pending.order(id)
    }

    /// Whether a planned change predicts the answer.
    pub(super) fn tells(&self, query: &Query) -> bool {
        self.told.contains_key(query)
    }

    /// Whether the target need not be asked.
    pub(super) fn stands_alone(&self, query: &Query) -> bool {
        query.is_patient() || query.is_live() && self.told.contains_key(query)
    }

    /// The answer to assume, given the target's own answer `now`.
    pub(super) fn believe(&self, query: &Query, now: &Answer) -> Belief {
        let (since, told) = self.told(query, now);
        let answer = told.as_ref().unwrap_or(now);
        let doubted = self.pending.doubts(query, answer).max(self.may_be(query, answer));
        if doubted > since {
            return Belief::Unknown(self.id(doubted).to_owned());
        }
        if let (Query::List(directory), Answer::List(Some(names))) = (query, answer)
            && let Some(names) = self.listed(directory, since, names)
        {
            return Belief::Told(Answer::List(Some(names)));
        }
        match told {
            Some(Answer::Unknown(until)) => Belief::Unknown(until),
            Some(answer) => Belief::Told(answer),
            None => Belief::AsNow,
        }
    }

    /// The last change that may alter an answer after it was predicted; 0 if none.
    pub(super) fn alters(&self, query: &Query, answer: &Answer) -> Order {
        let (since, _) = self.told(query, answer);
        let mut order = self.pending.alters(query, answer).max(self.may_be(query, answer));
        if let Query::Command(command) = query {
            let words = command.argv.iter().map(Utf8Path::new).filter(|word| word.is_absolute());
            order =
                words.chain(command.cwd.as_deref()).map(|path| self.touched_at(path)).fold(order, Order::max);
        }
        if order > since { order } else { 0 }
    }

    /// The last change that may alter an answer, or create what does not exist.
    fn may_be(&self, query: &Query, answer: &Answer) -> Order {
        let open = self.open.get(query).copied().unwrap_or_default();
        let made = match (query, answer) {
            (Query::Stat(path) | Query::Resolve(path), Answer::Stat(None)) | (Query::List(path), _) => {
                self.made.get(path).copied().unwrap_or_default()
            }
            (Query::Command(command), _) if command.reads_anything => self.may_be_read(command),
            (Query::Command(command), _) => command.told_file().map_or(0, |path| self.touched_at(path)),
            _ => 0,
        };
        open.max(made)
    }

    /// The last change that may do anything, or brings a file that a command names.
    fn may_be_read(&self, command: &Command) -> Order {
        let program = command.argv.first().map(Utf8PathBuf::from);
        let files = program.into_iter().chain(command.paths_in_arguments());
        let brought = files.filter_map(|path| self.rewritten.get(&path).copied());
        brought.fold(self.pending.last_unbounded(), Order::max)
    }

    /// The change that the result of a cookbook's command depends on; 0 if none.
    pub(super) fn decides(
        &self,
        command: &Command,
        machine: &Links,
        mut now: impl FnMut(&Query) -> Answer,
    ) -> Order {
        let real = |path: &Utf8Path| machine.real(&self.links, path, LastComponent::Followed).into_owned();
        match reads(command) {
            Reads::Paths(paths) => {
                let order = |path: Utf8PathBuf| {
                    let now = now(&Query::Resolve(path.clone()));
                    let named = path;
                    let path = real(&named);
                    let query = Query::Resolve(path.clone());
                    let told = [&query, &Query::Resolve(named.clone())].map(|query| self.told.get(query));
                    let told = told.into_iter().flatten().map(|(order, _)| *order).max().unwrap_or_default();
                    let doubted = self.pending.doubts(&query, &now).max(self.may_be(&query, &now)).max(told);
                    // A symlink in the path may be replaced.
                    doubted.max(self.touched_at(&path)).max(self.touched_at(&named))
                };
                paths.into_iter().map(order).max().unwrap_or_default()
            }
            Reads::Anything(mentioned) => {
                let touched =
                    mentioned.iter().map(|path| self.touched_at(&real(path))).max().unwrap_or_default();
                match touched.max(self.pending.last_untold()) {
                    0 => self.pending.last(),
                    order => order,
                }
            }
        }
    }

    /// The last change that affects a path, something below it, or the content of a directory above it.
    fn touched_at(&self, path: &Utf8Path) -> Order {
        let at = self.touched.get(path).copied().unwrap_or_default();
        let (order, _) = self.above(path);
        at.max(order)
    }

    /// The last change that decides the content of a directory above the path. `true`: it removes the directory.
    fn above(&self, path: &Utf8Path) -> (Order, bool) {
        if self.obscured.is_empty() && self.removed.is_empty() {
            return (0, false);
        }
        let mut found = (0, false);
        for directory in path.ancestors().skip(1) {
            for (changes, gone) in [(&self.obscured, false), (&self.removed, true)] {
                if let Some(&order) = changes.get(directory).filter(|order| **order > found.0) {
                    found = (order, gone);
                }
            }
        }
        found
    }

    /// The predicted answer and its change; nothing if the target's own answer holds.
    fn told(&self, query: &Query, now: &Answer) -> (Order, Option<Answer>) {
        let mut found = (0, None);
        if let Some((order, answer)) = self.told.get(query) {
            found = (*order, Some(answer.clone()));
        }
        if let (Query::Service(name), Answer::Service(ServiceState { exists: false, .. })) = (query, now)
            && let Some((order, unit)) = self.unit(name).filter(|(order, _)| *order > found.0)
        {
            found = (*order, Some(with_unit(found.1, unit)));
        }
        let Some(path) = query.path().filter(|_| !matches!(query, Query::Writable(_))) else { return found };
        let (order, gone) = self.above(path);
        if order > found.0 {
            let inside = if gone { absent(query) } else { None };
            found = (order, inside.or_else(|| Some(Answer::Unknown(self.id(order).to_owned()))));
        }
        if let Query::Digest(path) | Query::Read(path) = query
            && let Some(&order) = self.renewed.get(path).filter(|order| **order > found.0)
        {
            found = (order, Some(Answer::Unknown(self.id(order).to_owned())));
        }
        found
    }

    /// The predicted state of a service whose unit is written by this plan.
    fn unit(&self, name: &str) -> Option<&(Order, Answer)> {
        let of =
            |name: &str| self.services.get(name).or_else(|| self.services.get(&format!("{name}.service")));
        of(name).or_else(|| of(&template(name)?))
    }

    /// The names in a directory, with the predicted additions and removals.
    fn listed(&self, directory: &Utf8Path, since: Order, names: &[String]) -> Option<Vec<String>> {
        let changed = self.entries.get(directory)?;
        let mut names = names.to_vec();
        for (name, (_, there)) in changed.iter().filter(|(_, (order, _))| *order > since) {
            names.retain(|other| other != name);
            names.extend(there.then(|| name.clone()));
        }
        names.sort();
        Some(names)
    }
}

/// The state of a service whose unit is written again. Whether it runs stays as predicted before.
fn with_unit(told: Option<Answer>, unit: &Answer) -> Answer {
    match (told, unit) {
        (Some(Answer::Service(told)), Answer::Service(unit)) => {
            let kept = matches!(told.enabled, Enabled::Yes | Enabled::Masked);
            let enabled = if kept { told.enabled } else { unit.enabled };
            Answer::Service(ServiceState { exists: true, enabled, ..told })
        }
        (Some(Answer::Unknown(until)), _) => Answer::Unknown(until),
        (_, unit) => unit.clone(),
    }
}

fn absent(query: &Query) -> Option<Answer> {
    Some(match query {
        Query::Stat(_) | Query::Resolve(_) => Answer::Stat(None),
        Query::Digest(_) => Answer::Digest(None),
        Query::Read(_) => Answer::Read(None),
        Query::List(_) => Answer::List(None),
        _ => return None,
    })
}
