//! Kinds of rights, and lists of patterns.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Most patterns of a kind.
pub const MOST_PATTERNS: usize = 500;
/// Longest pattern, in bytes.
pub const LONGEST_PATTERN: usize = 1000;
/// Matches everything, and everything below.
pub(super) const ANYTHING: &str = "**";
/// What a value that is not known before the resource's turn stands for in a need.
pub(in crate::model) const LATER: char = '\u{fffc}';

/// A kind of rights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Capability {
    Package,
    Service,
    File,
    Read,
    User,
    Execute,
    Fetch,
    Secret,
    Attribute,
    System,
}

impl Capability {
    /// All kinds.
    pub const ALL: [Self; 10] = [
        Self::Package,
        Self::Service,
        Self::File,
        Self::Read,
        Self::User,
        Self::Execute,
        Self::Fetch,
        Self::Secret,
        Self::Attribute,
        Self::System,
    ];

    /// Its key in TOML.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Package => "package",
            Self::Service => "service",
            Self::File => "file",
            Self::Read => "read",
            Self::User => "user",
            Self::Execute => "execute",
            Self::Fetch => "fetch",
            Self::Secret => "secret",
            Self::Attribute => "attribute",
            Self::System => "system",
        }
    }

    /// What it allows, before the names.
    #[must_use]
    pub fn verb(self) -> &'static str {
        match self {
            Self::Package => "install, change and remove the packages",
            Self::Service => "start, stop, enable and disable the services",
            Self::File => "create, change and remove",
            Self::Read => "read",
            Self::User => "create, change and remove the users and groups",
            Self::Execute => "run as root",
            Self::Fetch => "download from",
            Self::Secret => "get the secrets",
            Self::Attribute => "set the attributes of other cookbooks",
            Self::System => "change of the system",
        }
    }
}

/// Patterns by kind. A kind that is not there has none.
pub type Capabilities = BTreeMap<Capability, Vec<String>>;
