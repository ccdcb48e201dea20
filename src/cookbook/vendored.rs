//! Copies of locked cookbooks in the project, and what of them is out of date.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt as _;

use camino::Utf8Path;

use super::cache::write_tree;
use super::fetcher::Fetcher;
use super::listed_version::ListedVersion;
use super::lock_file::{LockFile, LockedSource};
use super::locked_content::{VENDOR, content};
use super::manifest::FILE;
use super::scoped_name::is_scope;
use super::shared_origin::SharedSource;
use super::sharing::{NewLock, SharedCookbooks};
use super::source::plain;
use super::tree_sum::files_of_directory;
use super::update_wish::{UpdateWish, UpdatedCookbooks};
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
    /// Copies the files of all locked cookbooks that are fetched to `vendor/NAME`, each as a whole.
    ///
    /// # Errors
    /// The directory can't be written.
    pub fn vendor(&self, new: &NewLock) -> Result<VendoredCookbooks, Diagnostics> {
        let folder = self.root.join(VENDOR);
        let mut done = VendoredCookbooks::default();
        let unwritten = |error: &std::io::Error| {
            Diagnostic::error(format!("`{folder}` can't be written: {}", plain(error)))
        };
        let mut known = BTreeSet::new();
        for entry in new.lock.entries.values() {
            let LockedSource::Fetched(locked) = &entry.source else { continue };
            let name = &entry.name;
            known.insert(name.clone());
            let Some(found) = content(&self.root, name, locked, false)? else { continue };
            let place = folder.join(name);
            if place.canonicalize_utf8().is_ok_and(|place| place == found.directory) {
                done.kept += 1;
                continue;
            }
            let files = files_of_directory(&found.directory).map_err(Diagnostic::error)?;
            // That of the scope, if the name has one.
            let above = place.parent().unwrap_or(&folder);
            DirBuilder::new().recursive(true).mode(0o777).create(above).map_err(|error| unwritten(&error))?;
            write_tree(&files, above, &place).map_err(|error| unwritten(&error))?;
            done.written.push(format!("{VENDOR}/{name}"));
        }
        let below = |folder: &Utf8Path| folder.read_dir_utf8().into_iter().flatten().flatten();
        for entry in below(&folder) {
            let name = entry.file_name();
            // A scope is a directory of others.
            if entry.path().is_dir() && !entry.path().join(FILE).exists() && is_scope(name) {
                let names = below(entry.path()).map(|inner| format!("{name}/{}", inner.file_name()));
                done.unknown.extend(names.filter(|name| !known.contains(name)));
            } else if !known.contains(name) {
                done.unknown.push(name.to_owned());
            }
        }
        for name in &mut done.unknown {
            *name = format!("{VENDOR}/{name}");
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
        let none = LockFile::default();
        let old = self.lock.as_ref().unwrap_or(&none);
        let mut newest = BTreeMap::new();
        let mut look = |fetcher: &mut Fetcher<'_>, lock: &LockFile| {
            for entry in lock.entries.values() {
                let LockedSource::Fetched(locked) = &entry.source else { continue };
                let versions = fetcher.versions(&SharedSource::of_registry(&entry.name), &locked.origin);
                // One that is named by a branch may have no versions.
                let free = |listed: &ListedVersion| listed.held_back.is_none();
                let first = versions.unwrap_or_default().into_iter().find(free);
                if let Some(first) = first.filter(|first| !first.version.is_empty()) {
                    newest.insert(entry.name.clone(), first.version);
                }
            }
        };
        let new = self.resolve_and(&wish, &mut look)?;
        let mut found = Vec::new();
        for entry in old.entries.values() {
            let name = &entry.name;
            let (Some(locked), Some(allowed)) = (old.fetched(name), new.lock.fetched(name)) else { continue };
            let newest = newest.get(name).unwrap_or(&allowed.version);
            if locked.exact == allowed.exact && locked.version == allowed.version && *newest == locked.version
            {
                continue;
            }
            found.push(OutdatedCookbook {
                name: name.clone(),
                locked: locked.exactly(),
                allowed: allowed.exactly(),
                newest: newest.clone(),
            });
        }
        Ok(found)
    }
}
