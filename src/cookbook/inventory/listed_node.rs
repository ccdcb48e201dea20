//! A node of the inventory as recipes see it.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A node, as a recipe reads it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ListedNode {
    pub name: String,
    /// Host name or address. The name of the node if it is not an ssh host.
    pub host: String,
    /// Its groups, weakest first.
    pub groups: Vec<String>,
    /// The attributes that its file and its groups set.
    pub attributes: Map<String, Value>,
}
