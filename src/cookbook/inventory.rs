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

use std::time::Duration;

use super::Project;
use crate::model::error::Diagnostics;

mod files;
mod gather;
mod known;
mod program;
mod record;
mod select;

pub use known::{Inventory, Node};
use record::Records;

/// How long the inventory's program may take.
pub const PATIENCE: Duration = Duration::from_secs(60);

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
            match program::run(program, project.root(), &project.owners, patience) {
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

    /// The inventory that the output of a program makes alone; `name` is the program's, for messages.
    ///
    /// # Errors
    /// It can't be understood, or names what is not there; all of it at once.
    pub fn of_program(name: &str, printed: &str) -> Result<Self, Diagnostics> {
        let mut wrong = Vec::new();
        let records = record::of_program(&program::read(name, printed)?, &mut wrong);
        if wrong.is_empty() { gather::gather(records) } else { Err(Diagnostics(wrong)) }
    }
}
