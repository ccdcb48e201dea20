//! The machines of a project: `nodes/NAME.toml`, `groups/NAME.toml`, and the output of an inventory program.
//!
//! The file of a node tells how to reach it, and its attributes. All keys are optional: an empty file is a host that
//! ssh knows under the same name:
//!
//! ```toml
//! host = "192.0.2.7"        # or an alias in ssh_config; default: the name of the node
//! user = "deploy"
//! port = 2222
//! # address = "container:web", "chroot:/srv/image" or "local", instead of these three
//! groups = ["web", "paris"] # a later group overrides an earlier one
//! run_list = ["monitoring"] # what runs on it, after the run lists of its groups
//! become = true             # whether to become root after the login
//! engine = "shell"          # "shell", "agent", or "auto": the shell only if the agent can't run
//!
//! [attributes.nginx]
//! port = 81
//! ```
//!
//! A group is a file too, which may be empty. So a misspelt name is found. The file has `[attributes]`, a `run_list`,
//! and may list its members: `nodes = ["web1", "db*"]`.
//!
//! With `inventory = ["./inventory.py"]` in `chefrs.toml`, a program adds more nodes and groups. It prints JSON with
//! the same keys: `{ "nodes": { "web1": { "groups": ["web"] } }, "groups": { "web": { "attributes": {} } } }`. Groups
//! that its nodes name need no entry.

use std::time::Duration;

use super::Project;
use crate::model::error::{Diagnostic, Diagnostics};

mod expression;
mod files;
pub(super) mod finder;
mod gather;
pub(super) mod known;
mod list;
pub(super) mod listed_node;
mod program;
mod record;
mod select;

pub use expression::{SELECTION_FORMS, SelectionForm};
use finder::InventoryFiles;
pub use finder::NodeFinder;
pub use known::{Inventory, Node};
pub use listed_node::ListedNode;
use record::Records;

/// Timeout of the inventory program.
const PATIENCE: Duration = Duration::from_secs(60);

impl InventoryFiles {
    /// The inventory. The files are read and the program is run once.
    fn read(&self, patience: Duration) -> Result<&Inventory, Diagnostics> {
        self.read.get_or_init(|| self.open(patience)).as_ref().map_err(Clone::clone)
    }

    fn open(&self, patience: Duration) -> Result<Inventory, Diagnostics> {
        let mut wrong = Vec::new();
        let mut records = Records::default();
        if let Some(program) = &self.program {
            match program::run(program, &self.root, &self.owners, patience) {
                Ok(printed) => records = record::of_program(&printed, &mut wrong),
                Err(mistake) => wrong.push(mistake),
            }
        }
        // Attributes in files override those from the program for the same group.
        files::read(self, &mut records, &mut wrong);
        // Members of groups can only be determined if all records are complete.
        if !wrong.is_empty() {
            return Err(Diagnostics(wrong));
        }
        gather::gather(records)
    }
}

impl Inventory {
    /// Parses the output of an inventory program, without files. `name` is the name of the program for messages.
    ///
    /// # Errors
    /// All errors in the output.
    pub fn of_program(name: &str, printed: &str) -> Result<Self, Diagnostics> {
        let mut wrong = Vec::new();
        let records = record::of_program(&program::read(name, printed)?, &mut wrong);
        if wrong.is_empty() { gather::gather(records) } else { Err(Diagnostics(wrong)) }
    }
}

impl NodeFinder {
    /// The nodes that the words name, sorted by name. There may be none.
    ///
    /// # Errors
    /// The inventory can't be read, or the words name a node or a group that does not exist.
    pub fn list(&self, words: &str) -> Result<Vec<ListedNode>, Diagnostics> {
        match self {
            Self::Files(files) => files.read(PATIENCE)?.list(words),
            Self::Away(lender) => lender.list_nodes(words),
        }
    }
}

impl Project {
    /// The inventory: `nodes/`, `groups/`, and what the inventory program prints if there is one. They are read once, when
    /// something needs them.
    ///
    /// # Errors
    /// All files that can't be read or parsed, unknown groups and nodes, nodes with the same name or address, and
    /// failures of the program.
    pub fn inventory(&self) -> Result<&Inventory, Diagnostics> {
        self.inventory_within(PATIENCE)
    }

    /// Like [`Self::inventory`], with another timeout of the program.
    ///
    /// # Errors
    /// As [`Self::inventory`].
    pub fn inventory_within(&self, patience: Duration) -> Result<&Inventory, Diagnostics> {
        match &self.nodes {
            NodeFinder::Files(files) => files.read(patience),
            NodeFinder::Away(_) => Err(Diagnostic::error("another process has the inventory").into()),
        }
    }

    /// Finds nodes for recipes.
    #[must_use]
    pub fn node_finder(&self) -> NodeFinder {
        self.nodes.clone()
    }
}
