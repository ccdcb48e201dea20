//! Copies of locked cookbooks in the project, and what of them is out of date.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt as _;

use super::cache::{CacheDirectory, write_tree};
use super::commit_choice::{UpdateWish, UpdatedCookbooks};
use super::git::GitClone;
use super::lock_file::LockFile;
use super::locked_content::{VENDOR, content};
use super::sharing::{NewLock, SharedCookbooks};
use super::source::plain;
use super::tagged_version::versions;
use super::tree_sum::files_of_directory;
use crate::model::error::{Diagnostic, Diagnostics};
use crate::model::sorted;

/// What was written to `vendor/`.
#[derive(Debug, Default)]
pub struct VendoredCookbooks {
    /// The directories that are new or other than before.
    pub written: Vec<String>,
    /// How many were right already.
    pub kept: usize,
    /// Directories that the lock does not know.
    pub unknown: Vec<String>,
}

/// A cookbook with a newer version.
#[derive(Debug)]
pub struct OutdatedCookbook {
    pub name: String,
    pub locked: String,
    /// What an update would take.
    pub allowed: String,
    /// The newest version that there is, whatever is allowed.
    pub newest: String,
}

impl SharedCookbooks {
    /// Copies the files of all locked cookbooks of repositories to `vendor/NAME`, each as a whole.
    ///
    /// # Errors
    /// The directory can't be written.
    pub fn vendor(&self, new: &NewLock) -> Result<VendoredCookbooks, Diagnostics> {
        let folder = self.root.join(VENDOR);
        let mut done = VendoredCookbooks::default();
        let unwritten = |error: &std::io::Error| {
            Diagnostic::error(format!("`{folder}` can't be written: {}", plain(error)))
        };
        for (name, entry) in new.lock.entries.keys().filter_map(|name| Some((name, new.lock.commit(name)?))) {
            let Some(found) = content(&self.root, name, entry, false)? else { continue };
            let place = folder.join(name);
            if place.canonicalize_utf8().is_ok_and(|place| place == found.directory) {
                done.kept += 1;
                continue;
            }
            let files = files_of_directory(&found.directory).map_err(Diagnostic::error)?;
            DirBuilder::new()
                .recursive(true)
                .mode(0o777)
                .create(&folder)
                .map_err(|error| unwritten(&error))?;
            write_tree(&files, &folder, &place).map_err(|error| unwritten(&error))?;
            done.written.push(format!("{VENDOR}/{name}"));
        }
        for entry in folder.read_dir_utf8().into_iter().flatten().flatten() {
            if new.lock.commit(entry.file_name()).is_none() {
                done.unknown.push(format!("{VENDOR}/{}", entry.file_name()));
            }
        }
        sorted::sort_by(&mut done.unknown, Ord::cmp);
        Ok(done)
    }

    /// The locked cookbooks for which there are newer versions. Writes nothing into the project.
    ///
    /// # Errors
    /// As for an update.
    pub fn outdated(&self, offline: bool) -> Result<Vec<OutdatedCookbook>, Diagnostics> {
        let wish = UpdateWish { update: UpdatedCookbooks::All, precise: None, offline };
        let new = self.resolve(&wish)?;
        let cache = CacheDirectory::of_user()?;
        let none = LockFile::default();
        let old = self.lock.as_ref().unwrap_or(&none);
        let mut found = Vec::new();
        for name in old.entries.keys() {
            let (Some(locked), Some(allowed)) = (old.commit(name), new.lock.commit(name)) else { continue };
            let names = GitClone::of(&cache, &allowed.origin.url).names()?;
            let newest = versions(name, &allowed.origin, &names).into_iter().next();
            let newest = newest.map_or_else(|| allowed.version.clone(), |newest| newest.version);
            if locked.commit == allowed.commit && newest == locked.version {
                continue;
            }
            let shown = |version: &str, commit: &str| format!("{version} ({})", &commit[..7]);
            found.push(OutdatedCookbook {
                name: name.clone(),
                locked: shown(&locked.version, &locked.commit),
                allowed: shown(&allowed.version, &allowed.commit),
                newest,
            });
        }
        Ok(found)
    }
}
