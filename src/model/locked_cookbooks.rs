//! The cookbooks from elsewhere that a run was compiled with, for the history.

use serde::{Deserialize, Serialize};

/// What `chefrs.lock` said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LockedCookbooks {
    /// SHA-256 of the file, in hexadecimal, as `sha256sum` prints it.
    pub digest: String,
    /// Name and version of each, by name. One of a directory has no version there.
    pub cookbooks: Vec<String>,
}

impl LockedCookbooks {
    /// In words: `chefrs.lock 5f0c9e2ab1d3: motd 1.0.0, base`.
    #[must_use]
    pub fn shown(&self) -> String {
        let short = &self.digest[..self.digest.len().min(12)];
        format!("chefrs.lock {short}: {}", self.cookbooks.join(", "))
    }
}
