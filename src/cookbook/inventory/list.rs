//! Lists nodes for recipes: `nodes "@web"`.

use std::collections::BTreeSet;

use serde_json::Map;

use super::expression::{Item, item};
use super::known::{Inventory, Node};
use super::listed_node::ListedNode;
use crate::model::address::Address;
use crate::model::error::{Diagnostic, Diagnostics};
use crate::model::node::{IDENTITY, merge};
use crate::model::pattern::is_pattern;

impl Inventory {
    /// The nodes that the words name, in the forms of `-t`, sorted by name. There may be none.
    ///
    /// # Errors
    /// A word names a node or a group that does not exist.
    pub fn list(&self, words: &str) -> Result<Vec<ListedNode>, Diagnostics> {
        let (mut chosen, mut excluded, mut wrong) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
        for written in words.split(',') {
            let found = item(written).and_then(|item| match item {
                Item::One(word) => self.named(word).map(|names| chosen.extend(names)),
                Item::Without(word) => self.named(word).map(|names| excluded.extend(names)),
                Item::All { first, others } => {
                    let mut left = self.named(first)?;
                    for (is_without, word) in others {
                        let other = self.named(word)?;
                        left.retain(|name| other.contains(name) != is_without);
                    }
                    chosen.extend(left);
                    Ok(())
                }
            });
            wrong.extend(found.err());
        }
        if !wrong.is_empty() {
            return Err(Diagnostics(wrong));
        }
        let names = chosen.difference(&excluded);
        Ok(names.filter_map(|name| self.nodes.get(name)).map(listed).collect())
    }

    /// The names of the nodes of one word.
    fn named(&self, word: &str) -> Result<BTreeSet<String>, Diagnostic> {
        let nodes = match word.strip_prefix('@') {
            Some(group) => self.members(group)?,
            None if is_pattern(word) => self.matching(word),
            None => vec![self.node(word)?.clone()],
        };
        Ok(nodes.into_iter().map(|node| node.name).collect())
    }
}

fn listed(node: &Node) -> ListedNode {
    let mut attributes = Map::new();
    for source in &node.attributes {
        merge(&mut attributes, &source.values);
    }
    attributes.retain(|key, _| !IDENTITY.contains(&key.as_str()));
    let host = match &node.address {
        Address::Ssh { host, .. } => host.clone(),
        _ => node.name.clone(),
    };
    ListedNode { name: node.name.clone(), host, groups: node.groups.clone(), attributes }
}
