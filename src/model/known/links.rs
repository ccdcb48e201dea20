//! Symlinks that are known, and the other names that they give to paths.

use std::borrow::Cow;

use camino::{Utf8Path, Utf8PathBuf};
use rustc_hash::FxHashMap;

use crate::model::content::without_dots;
use crate::model::query::Query;

/// Longest chain of symlinks, as in the kernel. A longer chain counts as a loop.
const LONGEST: usize = 40;

/// Paths that were looked at. For a symlink: with its target.
#[derive(Debug, Default)]
pub struct Links {
    places: FxHashMap<Utf8PathBuf, Option<String>>,
    /// Number of symlinks among the paths. If it is 0, as it often is, every path has just one name.
    links: usize,
}

/// Whether a symlink as the last component of a path is followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LastComponent {
    /// The path means the symlink.
    Kept,
    /// The path means the target of the symlink.
    Followed,
}

impl LastComponent {
    /// How a query treats the last component of its path.
    #[must_use]
    pub fn of(query: &Query) -> Self {
        if matches!(query, Query::Stat(_) | Query::Writable(_)) { Self::Kept } else { Self::Followed }
    }
}

impl Links {
    /// Records what a path is: a symlink with this target, or something else.
    pub fn note(&mut self, place: &Utf8Path, leads_to: Option<&str>) {
        self.links += usize::from(leads_to.is_some());
        let before = self.places.insert(place.to_owned(), leads_to.map(str::to_owned));
        self.links -= usize::from(matches!(before, Some(Some(_))));
    }

    /// Removes a path.
    pub fn forget(&mut self, place: &Utf8Path) {
        self.links -= usize::from(matches!(self.places.remove(place), Some(Some(_))));
    }

    /// Removes all paths.
    pub fn clear(&mut self) {
        self.places.clear();
        self.links = 0;
    }

    /// Whether no symlink is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.links == 0
    }

    /// Whether a path was looked at.
    #[must_use]
    pub fn has(&self, place: &Utf8Path) -> bool {
        self.places.contains_key(place)
    }

    /// Whether a path is known to be a symlink.
    #[must_use]
    pub fn is_link(&self, place: &Utf8Path) -> bool {
        matches!(self.places.get(place), Some(Some(_)))
    }

    /// The paths on the way to a path that were not looked at.
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

    /// The other names of a path, according to the known symlinks. The last one has no known symlink in it.
    #[must_use]
    pub fn other_names(&self, path: &Utf8Path, last: LastComponent) -> Vec<Utf8PathBuf> {
        if self.is_empty() {
            return Vec::new();
        }
        walk(path, last, |place| self.places.get(place)?.as_deref())
    }

    /// The name of a path that has no known symlink in it. What `over` knows about a path takes precedence.
    #[must_use]
    pub fn real<'p>(&self, over: &Self, path: &'p Utf8Path, last: LastComponent) -> Cow<'p, Utf8Path> {
        if self.is_empty() && over.is_empty() {
            return Cow::Borrowed(path);
        }
        let names = walk(path, last, |place| over.places.get(place).or(self.places.get(place))?.as_deref());
        names.into_iter().next_back().map_or(Cow::Borrowed(path), Cow::Owned)
    }
}

/// Follows a path component by component. Returns the names of the path after each symlink on the way.
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
