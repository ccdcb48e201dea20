//! Symbolic links on the ways to paths, by which one thing has several names.

use std::borrow::Cow;

use camino::{Utf8Path, Utf8PathBuf};
use rustc_hash::FxHashMap;

use crate::model::content::without_dots;
use crate::model::query::Query;

/// Links followed on one way before it counts as a circle; the kernel's own limit.
const LONGEST: usize = 40;

/// Places that were looked at, and where those lead that are links.
#[derive(Debug, Default)]
pub struct Links {
    places: FxHashMap<Utf8PathBuf, Option<String>>,
    /// How many of the places are links: mostly none, and then every path is its own name.
    links: usize,
}

/// Whether the last component of a path is followed too, where it is a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LastComponent {
    /// The name itself is meant.
    Kept,
    /// What is behind it is meant.
    Followed,
}

impl LastComponent {
    /// What a question means by its path.
    #[must_use]
    pub fn of(query: &Query) -> Self {
        if matches!(query, Query::Stat(_) | Query::Writable(_)) { Self::Kept } else { Self::Followed }
    }
}

impl Links {
    /// Lays down what a place is: a link that leads there, or none.
    pub fn note(&mut self, place: &Utf8Path, leads_to: Option<&str>) {
        self.links += usize::from(leads_to.is_some());
        let before = self.places.insert(place.to_owned(), leads_to.map(str::to_owned));
        self.links -= usize::from(matches!(before, Some(Some(_))));
    }

    /// Forgets what a place is.
    pub fn forget(&mut self, place: &Utf8Path) {
        self.links -= usize::from(matches!(self.places.remove(place), Some(Some(_))));
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        self.places.clear();
        self.links = 0;
    }

    /// Whether there is no link.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.links == 0
    }

    /// Whether a place was looked at.
    #[must_use]
    pub fn has(&self, place: &Utf8Path) -> bool {
        self.places.contains_key(place)
    }

    /// Whether a place is a link.
    #[must_use]
    pub fn is_link(&self, place: &Utf8Path) -> bool {
        matches!(self.places.get(place), Some(Some(_)))
    }

    /// The places on the way to a path that nobody has looked at.
    #[must_use]
    pub fn unseen(&self, path: &Utf8Path, last: LastComponent) -> Vec<Utf8PathBuf> {
        let mut unseen = Vec::new();
        walk(path, last, |place| {
            if !self.has(place) {
                unseen.push(place.to_owned());
            }
            self.places.get(place)?.as_deref()
        });
        unseen
    }

    /// The other names of a path, as far as links are known; the last of them has no known link on its way.
    #[must_use]
    pub fn other_names(&self, path: &Utf8Path, last: LastComponent) -> Vec<Utf8PathBuf> {
        if self.is_empty() {
            return Vec::new();
        }
        walk(path, last, |place| self.places.get(place)?.as_deref())
    }

    /// The name of a path that has no known link on its way. What `over` knows of a place counts more.
    #[must_use]
    pub fn real<'p>(&self, over: &Self, path: &'p Utf8Path, last: LastComponent) -> Cow<'p, Utf8Path> {
        if self.is_empty() && over.is_empty() {
            return Cow::Borrowed(path);
        }
        let names = walk(path, last, |place| over.places.get(place).or(self.places.get(place))?.as_deref());
        names.into_iter().next_back().map_or(Cow::Borrowed(path), Cow::Owned)
    }
}

/// Goes along a path by what is told of each place; the names that the path has behind each link on the way.
fn walk<'t>(
    path: &Utf8Path,
    last: LastComponent,
    mut leads_to: impl FnMut(&Utf8Path) -> Option<&'t str>,
) -> Vec<Utf8PathBuf> {
    let reversed = |path: &str| path.split('/').rev().map(str::to_owned).collect::<Vec<_>>();
    let mut names = Vec::new();
    let mut at = Utf8PathBuf::from("/");
    let mut left = reversed(path.as_str());
    left.retain(|component| !component.is_empty() && component != ".");
    while let Some(component) = left.pop() {
        if component.is_empty() || component == "." {
            continue;
        }
        if component == ".." {
            at.pop();
            continue;
        }
        at.push(component);
        if left.is_empty() && last == LastComponent::Kept {
            break;
        }
        let Some(target) = leads_to(&at).filter(|_| names.len() < LONGEST) else { continue };
        at.pop();
        if target.starts_with('/') {
            at = Utf8PathBuf::from("/");
        }
        left.extend(reversed(target));
        names.push(without_dots(&left.iter().rev().fold(at.clone(), |path, part| path.join(part))));
    }
    names
}
