//! The inventory: nodes and groups by name.

use std::collections::BTreeMap;

use crate::cookbook::near::these;
use crate::model::address::Address;
use crate::model::engine::EngineChoice;
use crate::model::english;
use crate::model::error::{Diagnostic, Location};
use crate::model::node::AttributeSource;
use crate::model::run_list::ListedRecipe;

/// All nodes and groups of a project.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Inventory {
    pub(super) nodes: BTreeMap<String, Node>,
    /// Groups with the names of their nodes.
    pub(super) groups: BTreeMap<String, Vec<String>>,
}

/// A machine.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Name of the node. For a machine that is not in the inventory: the address as typed.
    pub name: String,
    /// The address.
    pub address: Address,
    /// Whether to become root after the login. None if not set.
    pub r#become: Option<bool>,
    /// The engine. None if not set.
    pub engine: Option<EngineChoice>,
    /// Its groups, weakest first.
    pub groups: Vec<String>,
    /// What runs on it: the lists of its groups, then its own, each entry once.
    pub run_list: Vec<ListedRecipe>,
    /// Attributes, weakest first: those of the groups, then those of the node. All are in the layer `Node`.
    pub attributes: Vec<AttributeSource>,
    /// Where the node is defined. None if it is not in the inventory.
    pub location: Option<Location>,
}

impl Inventory {
    /// All nodes, sorted by name.
    pub fn nodes(&self) -> impl Iterator<Item = &Node> {
        self.nodes.values()
    }

    /// Names of all groups, sorted.
    pub fn groups(&self) -> impl Iterator<Item = &str> {
        self.groups.keys().map(String::as_str)
    }

    /// Finds a node by name.
    ///
    /// # Errors
    /// There is no such node. The error suggests a near name, or lists all.
    pub fn node(&self, name: &str) -> Result<&Node, Diagnostic> {
        self.nodes.get(name).ok_or_else(|| {
            let wrong = Diagnostic::error(format!("there is no node `{}`", english::one_line(name)));
            match self.near(name) {
                Some(near) => wrong.hint(format!("did you mean `{near}`?")),
                None => wrong.hint(self.known()),
            }
        })
    }

    /// The node with a name near to an unknown one.
    #[must_use]
    pub fn near(&self, name: &str) -> Option<&str> {
        english::nearest(name, self.nodes.keys().map(String::as_str))
    }

    /// A list of the nodes, for a hint.
    pub(super) fn known(&self) -> String {
        match these(self.nodes.keys()) {
            Some(these) => format!("there is {these}"),
            None => "there are no nodes yet: write one to `nodes/NAME.toml`".to_owned(),
        }
    }
}
