//! A borrowed query about a path, for lookups without a copy of the path.

use std::hash::{Hash, Hasher};
use std::mem::{Discriminant, discriminant};

use camino::{Utf8Path, Utf8PathBuf};
use indexmap::Equivalent;

use crate::model::query::{Query, hash_path};

/// A query about a borrowed path.
#[derive(Clone, Copy)]
pub(super) struct PathQuery<'a> {
    question: fn(Utf8PathBuf) -> Query,
    kind: Discriminant<Query>,
    path: &'a Utf8Path,
}

impl<'a> PathQuery<'a> {
    /// Creates a query from its constructor, such as `Query::Stat`.
    pub(super) fn new(question: fn(Utf8PathBuf) -> Query, path: &'a Utf8Path) -> Self {
        Self { question, kind: discriminant(&question(Utf8PathBuf::new())), path }
    }
}

impl From<PathQuery<'_>> for Query {
    fn from(query: PathQuery<'_>) -> Self {
        (query.question)(query.path.to_owned())
    }
}

impl Equivalent<Query> for PathQuery<'_> {
    fn equivalent(&self, query: &Query) -> bool {
        // Comparing the text first is faster: it is nearly always the same.
        let is_same = |path: &Utf8Path| path.as_str() == self.path.as_str() || path == self.path;
        discriminant(query) == self.kind && query.path().is_some_and(is_same)
    }
}

impl Hash for PathQuery<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.kind.hash(state);
        hash_path(self.path, state);
    }
}
