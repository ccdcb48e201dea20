//! Finds the other names of paths: which queries are needed for that, and what follows from the answers.

use camino::Utf8PathBuf;

use super::Known;
use super::links::{LastComponent, Links};
use crate::model::query::{Answer, Query};
use crate::model::sorted;

impl Known {
    /// The queries that find out which symlinks are on the way to the paths of the given queries.
    #[must_use]
    pub fn ways<'q>(&self, queries: impl IntoIterator<Item = &'q Query>) -> Vec<Query> {
        let mut ways: Vec<Utf8PathBuf> = Vec::new();
        let mut before = None;
        for query in queries {
            let Some(path) = query.path().filter(|path| path.is_absolute()) else { continue };
            let parent = path.parent();
            // Skipping the same parent is enough, because consecutive files often share a directory.
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
        sorted::sort_by(&mut ways, Ord::cmp);
        ways.dedup();
        ways.into_iter().map(Query::Stat).collect()
    }

    /// Records the answer to a query about a path on the way.
    pub fn note_way(&mut self, place: &Query, answer: &Answer) {
        let (Query::Stat(place), Answer::Stat(stat)) = (place, answer) else { return };
        self.links.note(place, stat.as_ref().and_then(|stat| stat.target.as_deref()));
    }

    /// Records under which other names the paths of these queries are known. The symlinks on the way must be known
    /// already.
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

    /// The symlinks that are known.
    #[must_use]
    pub fn links(&self) -> &Links {
        &self.links
    }
}
