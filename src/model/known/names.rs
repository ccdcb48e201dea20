//! Under which names a thing is known: what has to be asked about the ways to paths, and what comes of it.

use camino::Utf8PathBuf;

use super::Known;
use super::links::{LastComponent, Links};
use crate::model::query::{Answer, Query};

impl Known {
    /// What has to be asked beside these questions, to know which links are on the ways to their paths.
    #[must_use]
    pub fn ways<'q>(&self, queries: impl IntoIterator<Item = &'q Query>) -> Vec<Query> {
        let mut ways: Vec<Utf8PathBuf> = Vec::new();
        let mut before = None;
        for query in queries {
            let Some(path) = query.path().filter(|path| path.is_absolute()) else { continue };
            let parent = path.parent();
            // Many files in a row share a directory.
            if parent != before && parent.is_some_and(|parent| !self.links.has(parent)) {
                ways.extend(self.links.unseen(path, LastComponent::Kept));
            }
            before = parent;
            if matches!(query, Query::Resolve(_)) && !self.links.has(path) {
                ways.push(path.to_owned());
            }
            if !self.links.is_empty() {
                ways.extend(self.links.unseen(path, LastComponent::of(query)));
            }
        }
        ways.sort_unstable();
        ways.dedup();
        ways.into_iter().map(Query::Stat).collect()
    }

    /// Takes in what is at a place on a way.
    pub fn note_way(&mut self, place: &Query, answer: &Answer) {
        let (Query::Stat(place), Answer::Stat(stat)) = (place, answer) else { return };
        self.links.note(place, stat.as_ref().and_then(|stat| stat.target.as_deref()));
    }

    /// Notes under which other names the paths of these questions are known, once the ways to them are.
    pub fn note_names<'q>(&mut self, queries: impl IntoIterator<Item = &'q Query>) {
        for query in queries {
            let Some(path) = query.path().filter(|_| !self.links.is_empty()) else { continue };
            for name in self.links.other_names(path, LastComponent::of(query)) {
                if let Some(below) = &mut self.below {
                    below.add(&name);
                }
                let names = self.names.entry(name).or_default();
                if !names.iter().any(|other| other == path) {
                    names.push(path.to_owned());
                }
            }
        }
    }

    /// The links that are known.
    #[must_use]
    pub fn links(&self) -> &Links {
        &self.links
    }
}
