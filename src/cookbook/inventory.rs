//! The machines that a project knows: `nodes/NAME.toml`, `groups/NAME.toml`, and what a program prints.
//!
//! A node's file says how it is reached and what is particular about it; every key is optional, so an empty file names
//! a host that ssh knows under the same name:
//!
//! ```toml
//! host = "192.0.2.7"        # or an alias of ssh_config; the node's own name unless said
//! user = "deploy"
//! port = 2222
//! # address = "container:web", "chroot:/srv/image" or "local", in the place of these three
//! groups = ["web", "paris"] # a later one wins over an earlier
//! become = true             # whether to become root after the login
//! engine = "shell"          # work through its shell; "agent" never does, "auto" where the agent can't run
//!
//! [attributes.nginx]
//! port = 81
//! ```
//!
//! A group is a file too, which may be empty; so a misspelt name is found. It holds `[attributes]`, and may list its
//! members itself: `nodes = ["web1", "db*"]`.
//!
//! With `inventory = ["./inventory.py"]` in `chefrs.toml`, a program adds to that what it prints as JSON, with the same
//! keys: `{ "nodes": { "web1": { "groups": ["web"] } }, "groups": { "web": { "attributes": {} } } }`. Groups that its
//! nodes name need no entry.

use std::collections::BTreeMap;
use std::time::Duration;

use super::Project;
use super::near::these;
use crate::model::address::Address;
use crate::model::engine::Engine;
use crate::model::english;
use crate::model::error::{Diagnostic, Diagnostics, Location};
use crate::model::node::AttributeSource;

mod files;
mod gather;
mod program;
mod record;
mod select;

use record::Records;

/// How long the inventory's program may take.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// All nodes and groups of a project.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Inventory {
    nodes: BTreeMap<String, Node>,
    /// Groups, and the names of their nodes.
    groups: BTreeMap<String, Vec<String>>,
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
    pub engine: Option<Engine>,
    /// Its groups, weakest first.
    pub groups: Vec<String>,
    /// Its attributes, weakest first: those of its groups, then its own. All of the layer `Node`.
    pub attributes: Vec<AttributeSource>,
    /// Where it is written; nothing for a machine that the inventory does not know.
    pub location: Option<Location>,
}

impl Inventory {
    /// Reads `nodes/` and `groups/`, and runs the inventory's program where `chefrs.toml` names one; `patience` is how
    /// long that may take, usually [`PATIENCE`].
    ///
    /// # Errors
    /// A file that can't be read or understood, a group or node that is not there, two nodes of one name or address, a
    /// program that fails; all of them at once.
    pub fn open(project: &Project, patience: Duration) -> Result<Self, Diagnostics> {
        let mut wrong = Vec::new();
        let mut records = Records::default();
        if let Some(program) = &project.inventory {
            match program::run(program, project.root(), patience) {
                Ok(printed) => records = record::of_program(&printed, &mut wrong),
                Err(mistake) => wrong.push(mistake),
            }
        }
        // What people write into files wins over what the program says of the same group.
        files::read(project, &mut records, &mut wrong);
        // Who belongs to which group can only be told from a list that is whole.
        if !wrong.is_empty() {
            return Err(Diagnostics(wrong));
        }
        gather::gather(records)
    }

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
    fn known(&self) -> String {
        match these(self.nodes.keys()) {
            Some(these) => format!("there is {these}"),
            None => "there are no nodes yet: write one to `nodes/NAME.toml`".to_owned(),
        }
    }
}
