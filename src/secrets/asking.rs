//! Whose secrets are looked up.

use crate::cookbook::inventory::Node;
use crate::cookbook::secret_files::SecretPlace;

/// The node that asks for secrets, with its groups. Without a node, only what is for all nodes is given.
#[derive(Debug, Clone, Default)]
pub struct AskingNode {
    node: Option<String>,
    groups: Vec<String>,
}

impl AskingNode {
    /// A node of the inventory. A machine that is not in it has no secrets of its own.
    #[must_use]
    pub fn of(node: &Node) -> Self {
        let name = node.location.as_ref().map(|_| node.name.clone());
        Self { node: name, groups: node.groups.clone() }
    }

    /// The places of its secrets, nearest first. Those in one list are equal.
    pub(super) fn places(&self) -> [Vec<SecretPlace>; 3] {
        [
            self.node.iter().cloned().map(SecretPlace::Node).collect(),
            self.groups.iter().cloned().map(SecretPlace::Group).collect(),
            vec![SecretPlace::All],
        ]
    }
}
