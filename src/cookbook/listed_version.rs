//! A version of a cookbook, as the place lists it that has it.

use std::rc::Rc;

use super::index_line::IndexLine;

/// The version.
#[derive(Debug, Clone)]
pub(super) struct ListedVersion {
    pub(super) version: String,
    /// The tag that names it, in a repository or an OCI registry.
    pub(super) tag: String,
    /// The commit, or the digest of the manifest in an OCI registry, if it is known.
    pub(super) exact: String,
    /// Its files, as messages show them.
    pub(super) label: String,
    /// What a registry says of it.
    pub(super) line: Option<Rc<IndexLine>>,
    /// Why it is not taken unless the lock has it.
    pub(super) held_back: Option<String>,
}

impl ListedVersion {
    pub(super) fn new(version: String, exact: String, label: String) -> Self {
        Self { version, tag: String::new(), exact, label, line: None, held_back: None }
    }
}
