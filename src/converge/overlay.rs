//! What a plan must believe: answers as they will be once the changes planned so far have been made.
//!
//! Everything is looked up by the question or by the path, so that a plan costs the same for each of its rows.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use rustc_hash::FxHashMap;

use crate::model::change::{Change, Reach};
use crate::model::query::{Answer, FileKind, Init, Query, ServiceState};
use crate::model::step::{Command, Step};

use super::pending::{Order, Pending};
use super::reads::{Reads, reads};
use super::unit::service;

/// The effects of the changes planned so far.
#[derive(Debug, Default)]
pub(super) struct Overlay {
    pending: Pending,
    /// Answers that will hold, and since which change.
    told: FxHashMap<Query, (Order, Answer)>,
    /// Questions whose answers a change alters that may not be made.
    open: FxHashMap<Query, Order>,
    /// Directories whose inside depends on a change.
    obscured: FxHashMap<Utf8PathBuf, Order>,
    /// Directories that will have been removed.
    removed: FxHashMap<Utf8PathBuf, Order>,
    /// Names that come into a directory, or go.
    entries: FxHashMap<Utf8PathBuf, BTreeMap<String, (Order, bool)>>,
    /// Files whose content a change makes without telling it.
    renewed: FxHashMap<Utf8PathBuf, Order>,
    /// Paths that changes may make, and the directories above them.
    made: FxHashMap<Utf8PathBuf, Order>,
    /// Paths that changes tell of, and the directories above them.
    touched: FxHashMap<Utf8PathBuf, Order>,
    /// Services that will be there once a file is, with what the init system will say of them.
    services: FxHashMap<String, (Order, Answer)>,
}

/// What a plan believes of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Belief {
    /// What the machine says now.
    AsNow,
    /// This.
    Told(Answer),
    /// It can't be known before the named resource has converged.
    Unknown(String),
}

impl Overlay {
    /// Takes a planned change in: one that will be made, or one that may be. `guessed` says that it was planned from a
    /// state that is not known yet.
    pub(super) fn add(
        &mut self,
        id: &str,
        change: &Change,
        certain: bool,
        guessed: bool,
        init: Option<Init>,
    ) {
        let packages = change.steps.iter().any(|step| matches!(step, Step::Packages { .. }));
        let sources = change.steps.iter().filter_map(Step::path).any(|path| path.starts_with("/etc/apt"));
        let reach = if sources { change.reach().max(Reach::Offers) } else { change.reach() };
        let order = self.pending.add(id, reach, packages);
        self.obscured.extend(change.obscures.iter().map(|directory| (directory.clone(), order)));
        for path in &change.makes {
            self.obscured.insert(path.clone(), order);
            self.renewed.insert(path.clone(), order);
            self.made.extend(path.ancestors().map(|above| (above.to_owned(), order)));
            self.touch(path, order);
        }
        for step in &change.steps {
            match step {
                Step::Remove { path, recursive: true, .. } if certain => {
                    self.removed.insert(path.clone(), order);
                }
                Step::Remove { path, recursive: true, .. } => {
                    self.obscured.insert(path.clone(), order);
                }
                Step::WriteFile(file) if certain => {
                    let service = init.and_then(|init| service(id, file, init));
                    self.services.extend(service.map(|(name, answer)| (name, (order, answer))));
                }
                _ => {}
            }
            if let Some(path) = step.path() {
                self.touch(path, order);
            }
        }
        for (query, answer) in &change.then {
            if let Query::Stat(path) = query {
                self.note_path(path, answer, change, order);
            }
            // Of a service the change tells one thing, and its state says others too: what is not known yet stays so.
            if guessed && let Query::Service(name) = query {
                if self.told.contains_key(query) || self.unit(name).is_some() {
                    self.open.insert(query.clone(), order);
                }
                continue;
            }
            if certain {
                let answer = match answer {
                    Answer::Present(_) => Answer::Present(id.to_owned()),
                    other => other.clone(),
                };
                self.told.insert(query.clone(), (order, answer));
            } else if self.told.get(query).is_none_or(|(_, told)| told != answer) {
                self.open.insert(query.clone(), order);
            }
        }
    }

    /// Takes in a resource of which nobody can tell yet what it will do, if anything.
    pub(super) fn doubt(&mut self, id: &str, subjects: &[&str], reach: Reach, packages: bool) {
        let order = self.pending.add(id, reach, packages);
        for subject in subjects {
            let path = Utf8Path::new(subject);
            if path.is_absolute() {
                self.obscured.insert(path.to_owned(), order);
                self.renewed.insert(path.to_owned(), order);
                self.open.extend(Query::about(path).map(|query| (query, order)));
                self.touch(path, order);
            } else {
                let of_name = [Query::User, Query::Group, Query::Service];
                self.open.extend(
                    of_name.map(|question: fn(String) -> Query| (question((*subject).to_owned()), order)),
                );
            }
        }
    }

    fn note_path(&mut self, path: &Utf8Path, answer: &Answer, change: &Change, order: Order) {
        self.touch(path, order);
        let (there, file) = match answer {
            Answer::Stat(stat) => {
                (stat.is_some(), stat.as_ref().is_some_and(|stat| stat.kind == FileKind::File))
            }
            Answer::Present(_) => (true, true),
            _ => return,
        };
        if let (Some(parent), Some(name)) = (path.parent(), path.file_name()) {
            let names = self.entries.entry(parent.to_owned()).or_default();
            names.insert(name.to_owned(), (order, there));
        }
        let kept = |step: &Step| matches!(step, Step::SetAttributes { path: set, .. } if set == path);
        if file && !change.steps.iter().any(kept) {
            self.renewed.insert(path.to_owned(), order);
        }
    }

    fn touch(&mut self, path: &Utf8Path, order: Order) {
        for path in path.ancestors() {
            self.touched.insert(path.to_owned(), order);
        }
    }

    /// Whether nothing is planned yet.
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

    /// Whether a change tells the answer.
    pub(super) fn tells(&self, query: &Query) -> bool {
        self.told.contains_key(query)
    }

    /// Whether the machine need not be asked.
    pub(super) fn stands_alone(&self, query: &Query) -> bool {
        matches!(query, Query::Http(_)) || query.is_live() && self.told.contains_key(query)
    }

    /// What to believe, given what the machine says now.
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

    /// The last change that may alter an answer at all, since it was told; 0 where none may.
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

    /// The last change that may alter an answer, or make what is not there.
    fn may_be(&self, query: &Query, answer: &Answer) -> Order {
        let open = self.open.get(query).copied().unwrap_or_default();
        let made = match (query, answer) {
            (Query::Stat(path) | Query::Resolve(path), Answer::Stat(None)) | (Query::List(path), _) => {
                self.made.get(path).copied().unwrap_or_default()
            }
            _ => 0,
        };
        open.max(made)
    }

    /// The change on which the end of a command depends that a cook wrote; 0 where none may matter to it.
    pub(super) fn decides(&self, command: &Command, mut now: impl FnMut(&Query) -> Answer) -> Order {
        match reads(command) {
            Reads::Paths(paths) => {
                let order = |path: Utf8PathBuf| {
                    let query = Query::Resolve(path.clone());
                    let now = now(&query);
                    let doubted = self.pending.doubts(&query, &now).max(self.may_be(&query, &now));
                    doubted.max(self.touched_at(&path))
                };
                paths.into_iter().map(order).max().unwrap_or_default()
            }
            Reads::Anything(mentioned) => {
                let touched = mentioned.iter().map(|path| self.touched_at(path)).max().unwrap_or_default();
                match touched.max(self.pending.last_untold()) {
                    0 => self.pending.last(),
                    order => order,
                }
            }
        }
    }

    /// The last change that tells of a path, of one below it, or of a directory above whose inside it decides.
    fn touched_at(&self, path: &Utf8Path) -> Order {
        let at = self.touched.get(path).copied().unwrap_or_default();
        let (order, _) = self.above(path);
        at.max(order)
    }

    /// The last change that decides the inside of a directory above; true where nothing is left of it.
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

    /// The answer that a change tells, and which; nothing where it is the machine's own.
    fn told(&self, query: &Query, now: &Answer) -> (Order, Option<Answer>) {
        let mut found = (0, None);
        if let Some((order, answer)) = self.told.get(query) {
            found = (*order, Some(answer.clone()));
        }
        if let (Query::Service(name), Answer::Service(ServiceState { exists: false, .. })) = (query, now)
            && let Some((order, answer)) = self.unit(name).filter(|(order, _)| *order > found.0)
        {
            found = (*order, Some(answer.clone()));
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

    /// What the init system will say of a service whose unit is written before.
    fn unit(&self, name: &str) -> Option<&(Order, Answer)> {
        self.services.get(name).or_else(|| self.services.get(&format!("{name}.service")))
    }

    /// The names in a directory, with those that come and without those that go.
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

fn absent(query: &Query) -> Option<Answer> {
    Some(match query {
        Query::Stat(_) | Query::Resolve(_) => Answer::Stat(None),
        Query::Digest(_) => Answer::Digest(None),
        Query::Read(_) => Answer::Read(None),
        Query::List(_) => Answer::List(None),
        _ => return None,
    })
}
