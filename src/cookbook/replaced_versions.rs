//! The versions that a new lock puts others in the place of.

use camino::Utf8PathBuf;

use super::lock_file::{LockedSource, LockedVersion};
use super::locked_content::content;
use super::sharing::{NewLock, SharedCookbooks};

/// A version that was locked before, and whose files are still there.
#[derive(Debug)]
pub struct ReplacedVersion {
    /// The name in the project.
    pub name: String,
    pub directory: Utf8PathBuf,
}

impl SharedCookbooks {
    /// What of the present lock has other files in a new one.
    #[must_use]
    pub fn replaced_versions(&self, new: &NewLock) -> Vec<ReplacedVersion> {
        let mut found = Vec::new();
        for (key, entry) in self.lock.iter().flat_map(|lock| &lock.entries) {
            let LockedSource::Fetched(old) = &entry.source else { continue };
            let is_replaced = |new: &LockedVersion| new.sum != old.sum;
            if new.lock.fetched(key).is_some_and(is_replaced)
                && let Ok(Some(content)) = content(&self.root, &entry.name, old, false)
            {
                found.push(ReplacedVersion { name: key.clone(), directory: content.directory });
            }
        }
        found
    }
}
