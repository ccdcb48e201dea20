//! The nodes and groups that are known, by name.

use std::collections::BTreeMap;

use crate::cookbook::near::these;
use crate::model::address::Address;
use crate::model::engine::EngineChoice;
use crate::model::english;
use crate::model::error::{Diagnostic, Location};
use crate::model::node::AttributeSource;

/// All nodes and groups of a project.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Inventory {
    pub(super) nodes: BTreeMap<String, Node>,
    /// Groups, and the names of their nodes.
    pub(super) groups: BTreeMap<String, Vec<String>>,
}

/// One machine.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Its name; for a machine that the inventory does not know, the address as typed.
    pub name: String,
    /// How it is reached.
    pub address: Address,
    /// Whether to become root after the login; nothing where it is not said.
    pub r#become: Option<bool>,
    /// What is to work there; nothing where it is not said.
    pub engine: Option<EngineChoice>,
    /// Its groups, weakest first.
    pub groups: Vec<String>,
    /// Its attributes, weakest first: those of its groups, then its own. All of the layer `Node`.
    pub attributes: Vec<AttributeSource>,
    /// Where it is written; nothing for a machine that the inventory does not know.
    pub location: Option<Location>,
}

impl Inventory {
    /// All nodes, by name.
    pub fn nodes(&self) -> impl Iterator<Item = &Node> {
        self.nodes.values()
    }

    /// Names of all groups, sorted.
    pub fn groups(&self) -> impl Iterator<Item = &str> {
        self.groups.keys().map(String::as_str)
    }

    /// The node of that name.
    ///
    /// # Errors
    /// There is none: the nearest name, or those there are.
    pub fn node(&self, name: &str) -> Result<&Node, Diagnostic> {
        self.nodes.get(name).ok_or_else(|| {
            let wrong = Diagnostic::error(format!("there is no node `{}`", english::one_line(name)));
            match self.near(name) {
                Some(near) => wrong.hint(format!("did you mean `{near}`?")),
                None => wrong.hint(self.known()),
            }
        })
    }

    /// The node that was probably meant by a name that is not in the inventory.
    #[must_use]
    pub fn near(&self, name: &str) -> Option<&str> {
        english::nearest(name, self.nodes.keys().map(String::as_str))
    }

    /// What nodes there are, for a hint.
    pub(super) fn known(&self) -> String {
        match these(self.nodes.keys()) {
            Some(these) => format!("there is {these}"),
            None => "there are no nodes yet: write one to `nodes/NAME.toml`".to_owned(),
        }
    }
}
