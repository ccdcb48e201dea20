//! What a collection tells of the probes that it was compiled with.

use serde::{Deserialize, Serialize};

use super::error::Location;

/// A probe of a cookbook that a collection was compiled with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedProbe {
    pub cookbook: String,
    pub name: String,
    /// Whether the facts hold an answer of the machine. Otherwise the value is the example of the declaration, or nothing.
    pub answered: bool,
    /// SHA-256 of the value as JSON. None if there is nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// Where it is declared.
    pub location: Location,
}
