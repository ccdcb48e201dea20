//! What a task of a cookbook is and takes, as lists and help show it.

use serde::{Deserialize, Serialize};

use super::schema::Schema;

/// The folder of a cookbook that has its tasks: `tasks/logs.lua`.
pub const FOLDER: &str = "tasks";

/// A task of a cookbook.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TaskCard {
    /// The cookbook that has it. Empty for the project.
    pub cookbook: String,
    /// Its name, which is that of its file: `logs`.
    pub name: String,
    /// Its description, and its arguments as properties.
    pub schema: Schema,
    /// Whether its command needs a terminal.
    pub terminal: bool,
}
