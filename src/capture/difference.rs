//! How two captured machines differ.

use std::collections::BTreeMap;

use super::captured::Capture;
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
    pub fn between(one: &Capture, other: &Capture) -> Self {
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

/// The resources by their ids, each package by its own.
fn by_id(capture: &Capture) -> BTreeMap<String, CapturedResource> {
    let mut all = BTreeMap::new();
    for declaration in capture.declarations() {
        for name in &declaration.names {
            let one = CapturedResource { names: vec![name.clone()], ..declaration.clone() };
            let action = one.property("action").map_or(String::new(), ToString::to_string);
            // What is held is declared twice.
            let id = if one.r#type == "package" { format!("{} {action}", one.id()) } else { one.id() };
            all.insert(id, one);
        }
    }
    all
}

fn is_same(one: &CapturedResource, other: &CapturedResource) -> bool {
    let plain =
        |declaration: &CapturedResource| CapturedResource { evidence: Vec::new(), ..declaration.clone() };
    plain(one) == plain(other)
}
