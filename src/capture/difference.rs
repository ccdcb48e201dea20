//! How two captured machines differ.

use std::collections::BTreeMap;

use super::declaration::CapturedResource;

/// The resources that one machine has and the other has not, or has otherwise.
#[derive(Debug, Default, PartialEq)]
pub struct CapturedDifference {
    /// Those of the second machine alone.
    pub added: Vec<CapturedResource>,
    /// Those of the first machine alone.
    pub removed: Vec<CapturedResource>,
    /// Those of both: how the first has it, and how the second.
    pub changed: Vec<(CapturedResource, CapturedResource)>,
}

impl CapturedDifference {
    /// Compares by type and name. Comments do not count.
    #[must_use]
    pub fn between(one: &[CapturedResource], other: &[CapturedResource]) -> Self {
        let (mut before, after) = (by_id(one), by_id(other));
        let mut difference = Self::default();
        for (id, new) in after {
            match before.remove(&id) {
                None => difference.added.push(new),
                Some(old) if is_same(&old, &new) => {}
                Some(old) => difference.changed.push((old, new)),
            }
        }
        difference.removed = before.into_values().collect();
        difference
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty() && self.changed.is_empty()
    }
}

/// The resources by their keys, each package by its own.
pub(super) fn by_id<'a>(
    resources: impl IntoIterator<Item = &'a CapturedResource>,
) -> BTreeMap<String, CapturedResource> {
    let mut all = BTreeMap::new();
    for declaration in resources {
        for name in &declaration.names {
            let one = CapturedResource { names: vec![name.clone()], ..declaration.clone() };
            all.insert(one.key(), one);
        }
    }
    all
}

/// Whether two resources declare the same. Comments do not count.
pub(super) fn is_same(one: &CapturedResource, other: &CapturedResource) -> bool {
    let plain =
        |declaration: &CapturedResource| CapturedResource { evidence: Vec::new(), ..declaration.clone() };
    plain(one) == plain(other)
}
