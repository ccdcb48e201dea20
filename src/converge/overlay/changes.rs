//! Adding to the predictions: certain changes, possible changes, and resources that can't be planned yet.

use std::borrow::Cow;

use camino::Utf8Path;
use rustc_hash::FxHashSet;

use super::Overlay;
use crate::converge::pending::Order;
use crate::converge::written_service::service;
use crate::model::change::{Change, Reach};
use crate::model::known::{LastComponent, Links};
use crate::model::package_manager::PACKAGE_MANAGERS;
use crate::model::query::{Answer, FileKind, Host, Query};
use crate::model::step::Step;

/// A change while it is added.
struct AddedChange<'a> {
    id: &'a str,
    order: Order,
    certain: bool,
    guessed: bool,
    /// Names of files that keep their content: only their attributes are set.
    kept: FxHashSet<&'a str>,
}

impl Overlay {
    /// Adds a planned change. `certain`: it will be made. `guessed`: it was planned from a state that is not known yet.
    /// `machine`: the symlinks on the target now.
    pub(in crate::converge) fn add(
        &mut self,
        id: &str,
        change: &Change,
        certain: bool,
        guessed: bool,
        host: Option<&Host>,
        machine: &Links,
    ) {
        let packages = change.steps.iter().any(|step| matches!(step, Step::Packages { .. }));
        let is_source = |path| PACKAGE_MANAGERS.iter().any(|manager| manager.is_source(path));
        let sources = change.steps.iter().filter_map(Step::path).any(is_source);
        let reach = if sources { change.reach().max(Reach::Offers) } else { change.reach() };
        let order = self.pending.add(id, reach, packages);
        // A change affects the name itself, not what a symlink at the path points to.
        let links = std::mem::take(&mut self.links);
        let place = |path: &Utf8Path| machine.real(&links, path, LastComponent::Kept).into_owned();
        self.obscured.extend(change.obscures.iter().map(|directory| (place(directory), order)));
        let sets = |(query, _): &(Query, Answer)| matches!(query, Query::Command(get) if get.reads_anything);
        let is_of_setting = change.then.iter().any(sets);
        for path in change.makes.iter().map(|path| place(path)) {
            self.obscured.insert(path.clone(), order);
            self.renewed.insert(path.clone(), order);
            if !is_of_setting {
                self.rewritten.insert(path.clone(), order);
            }
            self.made.extend(path.ancestors().map(|above| (above.to_owned(), order)));
            self.touch(&path, order);
        }
        // A change may have a step for each of a hundred thousand files.
        let (mut comes, mut linked, mut kept) = (Vec::new(), FxHashSet::default(), FxHashSet::default());
        for step in &change.steps {
            let Some(path) = step.path().map(place) else { continue };
            match step {
                Step::Remove { .. } if certain => {
                    self.removed.insert(path.clone(), order);
                }
                Step::Remove { .. } => {
                    self.obscured.insert(path.clone(), order);
                }
                Step::WriteFile(file) if certain => {
                    let service = host.and_then(|host| service(id, file, host));
                    self.services.extend(service.map(|(name, answer)| (name, (order, answer))));
                }
                Step::SetAttributes { path, .. } => kept.extend(path.file_name()),
                _ => {}
            }
            self.touch(&path, order);
            if certain {
                let link = leads_to(step);
                linked.extend(link.map(|_| path.clone()));
                comes.push((path, link));
            }
        }
        let planned = AddedChange { id, order, certain, guessed, kept };
        for (query, answer) in &change.then {
            let at = query.path().map(place);
            let named = at.as_deref().map_or(Cow::Borrowed(query), |at| Cow::Owned(query.of(at)));
            let behind = at.as_deref().is_some_and(|at| linked.contains(at));
            if behind && LastComponent::of(query) == LastComponent::Followed {
                // What the new symlink points to is predicted under its own name.
                continue;
            }
            self.tell(&named, answer, &planned);
        }
        self.links = links;
        for (path, leads_to) in comes {
            if leads_to.is_some() || self.links.is_link(&path) || machine.is_link(&path) {
                self.links.note(&path, leads_to);
            }
        }
    }

    /// Adds one predicted answer.
    fn tell(&mut self, query: &Query, answer: &Answer, planned: &AddedChange<'_>) {
        let AddedChange { id, order, certain, guessed, .. } = *planned;
        if let Query::Stat(path) = query {
            self.note_path(path, answer, planned);
        }
        // A change predicts one aspect of a service, but its state has others too; they stay unknown.
        if guessed && let Query::Service(name) = query {
            if self.told.contains_key(query) || self.unit(name).is_some() {
                self.open.insert(query.clone(), order);
            }
            return;
        }
        if certain {
            let answer = match answer {
                Answer::Present(_) => Answer::Present(id.to_owned()),
                Answer::Unknown(until) if until.is_empty() => Answer::Unknown(id.to_owned()),
                other => other.clone(),
            };
            self.told.insert(query.clone(), (order, answer));
        } else if self.told.get(query).is_none_or(|(_, told)| told != answer) {
            self.open.insert(query.clone(), order);
        }
    }

    /// Adds a resource whose changes can't be planned yet.
    pub(in crate::converge) fn doubt(
        &mut self,
        id: &str,
        subjects: &[&str],
        reach: Reach,
        packages: bool,
        machine: &Links,
    ) {
        let order = self.pending.add(id, reach, packages);
        for subject in subjects {
            let path = Utf8Path::new(subject);
            if path.is_absolute() {
                let path = machine.real(&self.links, path, LastComponent::Kept).into_owned();
                self.obscured.insert(path.clone(), order);
                self.renewed.insert(path.clone(), order);
                self.rewritten.insert(path.clone(), order);
                self.open.extend(Query::about(&path).map(|query| (query, order)));
                self.touch(&path, order);
            } else {
                let of_name = [Query::User, Query::Group, Query::Service];
                self.open.extend(
                    of_name.map(|question: fn(String) -> Query| (question((*subject).to_owned()), order)),
                );
            }
        }
    }

    /// The last change may install other packages than those that it names.
    pub(in crate::converge) fn end_transaction(&mut self) {
        self.pending.end_transaction();
    }

    fn note_path(&mut self, path: &Utf8Path, answer: &Answer, planned: &AddedChange<'_>) {
        let order = planned.order;
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
        if file && path.file_name().is_none_or(|name| !planned.kept.contains(name)) {
            self.renewed.insert(path.to_owned(), order);
            self.rewritten.insert(path.to_owned(), order);
        }
    }

    fn touch(&mut self, path: &Utf8Path, order: Order) {
        for path in path.ancestors() {
            self.touched.insert(path.to_owned(), order);
        }
    }
}

/// The target of the symlink that a step creates. A symlink with an owner may be refused later, so it has none.
fn leads_to(step: &Step) -> Option<&str> {
    match step {
        Step::Symlink { to, attributes, .. } if attributes.owner.is_none() => Some(to),
        _ => None,
    }
}
